// SPDX-License-Identifier: ISC
// Fourier transforms of real signals: the only module that knows kissfft.
#ifndef GRUFF_DSP_BASE_FOURIER_H
#define GRUFF_DSP_BASE_FOURIER_H

#include <stddef.h>

#include "dsp/base/realtime.h"
#include "dsp/base/status.h"

// One frequency of a spectrum.
typedef struct Bin {
    float re, im;
} Bin;

// Transforms of one size. One thread at a time.
typedef struct Fourier Fourier;

// For `size` samples, 4 to 2^24, even and a product of twos, threes and fives: kissfft allocates
// while it transforms others. STATUS_BAD_ARGUMENT for those. The caller owns it.
Status fourier_new(Fourier **fourier, int size, Diagnostic *diagnostic);

// NULL is fine.
void fourier_free(Fourier *fourier);

// A Hann window of one period, `size` samples.
void fourier_hann(float *window, int size);

// bins[size / 2 + 1] of samples[size]: sum_n samples[n] exp(-2 pi i k n / size).
void fourier_forward(Fourier *fourier, const float *samples, Bin *bins) REALTIME;

// samples[size] of bins[size / 2 + 1]: undoes fourier_forward, the scale included.
void fourier_inverse(Fourier *fourier, const Bin *bins, float *samples) REALTIME;

#endif
