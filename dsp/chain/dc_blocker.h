// SPDX-License-Identifier: ISC
// Takes the constant part out of a signal: a first-order high-pass at 5 Hz.
#ifndef GRUFF_DSP_CHAIN_DC_BLOCKER_H
#define GRUFF_DSP_CHAIN_DC_BLOCKER_H

#include "dsp/base/realtime.h"

typedef struct DcBlocker {
    double coefficient; // of the one-pole filter that follows the mean
    double mean;        // of the recent past
} DcBlocker;

// For a session of `sample_rate` Hz.
void dc_blocker_init(DcBlocker *blocker, double sample_rate);

void dc_blocker_reset(DcBlocker *blocker) REALTIME;

// In place. `amount` tells for each frame how much of the constant part goes, 0 to 1; where it is
// 0 the signal stays as it is, bit by bit.
void dc_blocker_run(DcBlocker *blocker, float *signal, const float *amount, int frames) REALTIME;

#endif
