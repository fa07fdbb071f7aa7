// SPDX-License-Identifier: ISC
// How far one signal is from another. Pure functions over mono samples, sums in double precision.
#ifndef GRUFF_DSP_MEASURES_MEASURE_H
#define GRUFF_DSP_MEASURES_MEASURE_H

#include <stddef.h>

// Ratios to the reference are NaN when the reference is silent, as far as they need it.
typedef struct Measure {
    double esr;             // of dsp/measures/esr.h
    double esr_preemphasis; // the same after 1 - ESR_PREEMPHASIS z^-1 on both
    double max_abs;         // largest |ref - other|
    size_t max_at;          // the frame of it
    double rms_difference;  // of ref - other
    double rms_reference;
    double rms_other;
    double peak_reference; // largest |ref|
    double peak_other;
    double dc;          // mean of other - mean of ref
    double correlation; // sum ref*other / sqrt(sum ref^2 * sum other^2); NaN when either is silent
    double gain;        // g with the least sum (ref*g - other)^2
} Measure;

// Compares `frames` samples. No frames: all zero, ratios NaN. Any thread.
void measure(Measure *result, const float *reference, const float *other, size_t frames);

#endif
