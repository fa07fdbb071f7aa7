// SPDX-License-Identifier: ISC
// How one signal follows from another, as far as a linear system goes: cross-correlation and
// impulse response, over any stretch of two long signals, a block at a time. Any thread.
#ifndef GRUFF_DSP_BASE_CORRELATION_H
#define GRUFF_DSP_BASE_CORRELATION_H

#include <stddef.h>

#include "dsp/base/status.h"

// Two signals that begin together; lengths may differ. What lies outside of them is silence.
typedef struct SignalPair {
    const float *input;
    size_t input_frames;
    const float *target;
    size_t target_frames;
} SignalPair;

// Lags -reach .. reach stand at index 0 .. 2 * reach; positive: the target is late.
typedef struct Correlation {
    int reach;
    float *normalised; // sum_n input[n] target[n + lag] / sqrt(energies): -1 to 1; owned
    float *impulse;    // least-squares impulse response (Wiener): sharper; owned
} Correlation;

// Correlates the frames begin .. end - 1 of the input with the target. From `most` blocks on (2 *
// reach samples or more each), evenly spaced ones stand for all, so that hours take no longer. All
// zeros when either is silent. On failure *correlation is all zero.
Status correlation_init(Correlation *correlation, const SignalPair *pair, size_t begin, size_t end,
                        int reach, int most, Diagnostic *diagnostic);
void correlation_clear(Correlation *correlation);

// Where values[count] is largest in size: the index with its fraction, by a parabola through the
// three largest.
double correlation_peak(const float *values, int count);

#endif
