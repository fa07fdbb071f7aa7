// SPDX-License-Identifier: ISC
// How loud samples are. Any thread.
#ifndef GRUFF_DSP_BASE_LEVEL_H
#define GRUFF_DSP_BASE_LEVEL_H

#include <stddef.h>

// Largest |sample|; 0 for no frames.
float level_peak(const float *samples, size_t frames);

// Mean of the squared samples, summed in double precision; 0 for no frames.
double level_mean_square(const float *samples, size_t frames);

#endif
