// SPDX-License-Identifier: ISC
// Multi-resolution STFT loss (Yamamoto et al. 2020; Steinmetz & Reiss 2021): how far the magnitudes
// of two signals' short-time spectra are apart, linearly and in their logarithms. For the last
// phase of a training, in small doses.
#ifndef GRUFF_TRAINING_NETWORK_SPECTRAL_H
#define GRUFF_TRAINING_NETWORK_SPECTRAL_H

#include "dsp/base/status.h"

enum { SPECTRAL_LONGEST = 1024 }; // samples of the longest window; a segment should hold as many

typedef struct Spectral Spectral;

// `energy`: mean square of the training targets, which normalises the loss. One thread at a time.
// The caller owns it.
Status spectral_new(Spectral **spectral, double energy, Diagnostic *diagnostic);

// NULL is fine.
void spectral_free(Spectral *spectral);

// The loss of output[frames] against target[frames], a mean over windows, frequencies and
// resolutions; adds `factor` times its gradient by the output to gradient[frames]. Windows that do
// not fit are left out; 0 when none fits.
double spectral_loss(Spectral *spectral, const float *output, const float *target, int frames,
                     double factor, float *gradient);

#endif
