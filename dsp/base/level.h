// SPDX-License-Identifier: ISC
// How loud samples are. Any thread.
#ifndef GRUFF_DSP_BASE_LEVEL_H
#define GRUFF_DSP_BASE_LEVEL_H

#include <stddef.h>

// Largest |sample|; 0 for no frames.
float level_peak(const float *samples, size_t frames);

// Mean of the squared samples, summed in double precision; 0 for no frames.
double level_mean_square(const float *samples, size_t frames);

// The same about their mean.
double level_variance(const float *samples, size_t frames);

// Where the `length` frames (1 or more) with the most energy begin, among those that begin after
// whole times of `step` frames: the first of equal ones, 0 when there are not so many frames.
size_t level_loudest(const float *samples, size_t frames, size_t length, size_t step);

#endif
