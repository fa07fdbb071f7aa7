// SPDX-License-Identifier: ISC
// What training makes small: a weighted mix of squared errors, each normalised by the target's
// energy in the same weighting, so that each is an error-to-signal ratio (Wright et al. 2019).
#ifndef GRUFF_TRAINING_NETWORK_LOSS_H
#define GRUFF_TRAINING_NETWORK_LOSS_H

#include <stddef.h>

enum { LOSS_SECTIONS = 6, LOSS_FILTERS = 2 };

// A cascade of first-order sections y[t] = b0 x[t] + b1 x[t-1] + a y[t-1].
typedef struct LossFilter {
    int sections;
    struct {
        double b0, b1, a;
    } section[LOSS_SECTIONS];
} LossFilter;

// Factors of the sums of squares that make the loss of one segment, with e = y - target:
//   plain * sum e^2 + sum_i factor[i] * sum (filter[i] e)^2 + dc * sum_lanes frames * mean(e)^2
//   + spectral_factor * sum_lanes spectral_loss
typedef struct LossScale {
    double plain, dc;
    int filters;
    double factor[LOSS_FILTERS];
    LossFilter filter[LOSS_FILTERS];
    struct Spectral *spectral; // of training/network/spectral.h; NULL: no such term
    double spectral_factor;
} LossScale;

// Pre-emphasis 1 - ESR_PREEMPHASIS z^-1 (Wright et al. 2020).
LossFilter loss_emphasis(void);

// A-weighting (IEC 61672-1, annex E) at `rate` Hz by the bilinear transform, 0 dB at 1 kHz.
LossFilter loss_a_weighting(double rate);

// Mean square of `samples` after the filter.
double loss_energy(const LossFilter *filter, const float *samples, size_t frames);

#endif
