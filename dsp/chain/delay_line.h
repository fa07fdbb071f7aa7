// SPDX-License-Identifier: ISC
// A delay for two channels, whose length changes by a cross-fade. At length 0 the signal stays as
// it is, bit by bit.
#ifndef GRUFF_DSP_CHAIN_DELAY_LINE_H
#define GRUFF_DSP_CHAIN_DELAY_LINE_H

#include "dsp/base/realtime.h"

enum {
    DELAY_LINE_MAX = 8191, // frames
    DELAY_LINE_CHANNELS = 2,
};

// All zero is one of length 0.
typedef struct DelayLine {
    float ring[DELAY_LINE_CHANNELS][DELAY_LINE_MAX + 1];
    unsigned next; // place of the next frame
    int now, old;  // lengths
    int left;      // frames of the cross-fade that are left
} DelayLine;

// Silence, at length `length` at once.
void delay_line_reset(DelayLine *line, int length) REALTIME;

// In place: `frames` frames of each of `channels` channels. Fades to `length`, 0 to DELAY_LINE_MAX,
// in `fade` frames, after a fade that is under way.
void delay_line_run(DelayLine *line, float *const *signal, int channels, int length, int fade,
                    int frames) REALTIME;

#endif
