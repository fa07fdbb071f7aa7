// SPDX-License-Identifier: ISC
// The impulse response of a loudspeaker cabinet (or a room), as its file has it.
#ifndef GRUFF_DSP_BASE_IMPULSE_RESPONSE_H
#define GRUFF_DSP_BASE_IMPULSE_RESPONSE_H

#include <stddef.h>

enum {
    IMPULSE_RESPONSE_MAX_CHANNELS = 2,
    IMPULSE_RESPONSE_MAX_SECONDS = 2,
};

typedef struct ImpulseResponse {
    int rate;     // Hz
    int channels; // 1 or 2
    size_t frames;
    float *samples[IMPULSE_RESPONSE_MAX_CHANNELS]; // owned
} ImpulseResponse;

// Frees the samples and zeroes *impulse. All zero is fine. Not the audio thread.
void impulse_response_clear(ImpulseResponse *impulse);

#endif
