// SPDX-License-Identifier: ISC
// The error-to-signal ratio, sum (target - output)^2 / sum target^2 (Wright et al. 2019), as
// everything here reports it: without pre-emphasis, and over several recordings with both sums over
// all of them, so that each counts by its energy. Any thread.
#ifndef GRUFF_DSP_MEASURES_ESR_H
#define GRUFF_DSP_MEASURES_ESR_H

#include <stddef.h>

// Of 1 - ESR_PREEMPHASIS z^-1, for the pre-emphasised ESR that half of the loss is.
#define ESR_PREEMPHASIS 0.85

// Sums of squares over what was added; zeros before anything was.
typedef struct Esr {
    double error, energy;
} Esr;

void esr_add(Esr *esr, const float *target, const float *output, size_t frames);

// The ratio; NaN when the target is silent.
double esr_ratio(const Esr *esr);

// What an ESR means to an ear, "close" for instance. A constant text.
const char *esr_in_words(double ratio);

#endif
