// SPDX-License-Identifier: ISC
// The impulse response of a loudspeaker cabinet (or a room), as its file has it.
#ifndef GRUFF_DSP_BASE_IMPULSE_H
#define GRUFF_DSP_BASE_IMPULSE_H

#include <stddef.h>

enum {
    IMPULSE_MAX_CHANNELS = 2,
    IMPULSE_MAX_SECONDS = 2,
};

typedef struct Impulse {
    int rate;     // Hz
    int channels; // 1 or 2
    size_t frames;
    float *samples[IMPULSE_MAX_CHANNELS]; // owned
} Impulse;

// Frees the samples and zeroes *impulse. All zero is fine. Not the audio thread.
void impulse_clear(Impulse *impulse);

#endif
