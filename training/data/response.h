// SPDX-License-Identifier: ISC
// How one recording follows from another, as far as a linear system goes: cross-correlation and
// impulse response, over any stretch of two long recordings, a block at a time.
#ifndef GRUFF_TRAINING_DATA_RESPONSE_H
#define GRUFF_TRAINING_DATA_RESPONSE_H

#include <stddef.h>

#include "dsp/base/fourier.h"
#include "dsp/base/status.h"

// A pair as it was recorded: lengths may differ.
typedef struct Pair {
    int rate; // Hz
    const float *input;
    size_t input_frames;
    const float *target;
    size_t target_frames;
} Pair;

// Lags -reach .. reach stand at index 0 .. 2 * reach.
typedef struct Response {
    int reach;
    float *correlation; // sum_n input[n] target[n + lag] / sqrt(energies): -1 to 1; owned
    float *impulse;     // least-squares impulse response (Wiener): sharper; owned
} Response;

// The response of the frames begin .. end - 1 of the input. From `most` blocks on, evenly spaced
// ones stand for all, so that hours take no longer. On failure *response is all zero.
Status response_init(Response *response, const Pair *pair, size_t begin, size_t end, int reach,
                     int most, Diagnostic *diagnostic);
void response_clear(Response *response);

// Where values[count] is largest in size: the index with its fraction, by a parabola through the
// three largest.
double response_peak(const float *values, int count);

#endif
