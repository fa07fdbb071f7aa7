// SPDX-License-Identifier: ISC
// The Adam optimiser (Kingma & Ba 2015, algorithm 1) with the gradient's norm held below a bound
// (Pascanu et al. 2013) and an exponential average of the weights (Polyak & Juditsky 1992).
#ifndef GRUFF_TRAINING_LEARNING_ADAM_H
#define GRUFF_TRAINING_LEARNING_ADAM_H

#include <stdbool.h>
#include <stddef.h>

#include "dsp/base/status.h"

typedef struct Adam {
    size_t count;    // number of weights
    long updates;    // made so far
    double *first;   // [count] mean of the gradient, owned
    double *second;  // [count] mean of its square, owned
    double *average; // [count] averaged weights, owned
    double *step;    // [count] of the last gradient, at a rate of 1; owned
} Adam;

// Starts with zero moments and `weights` as the average. End with adam_clear.
Status adam_init(Adam *adam, const double *weights, size_t count, Diagnostic *diagnostic);
void adam_clear(Adam *adam);

// Forgets the moments and puts the average at `weights`.
void adam_restart(Adam *adam, const double *weights);

// Takes `gradient` into the moments and makes `step` of them. False, and nothing changed, when the
// gradient is not finite.
bool adam_accumulate(Adam *adam, const double *gradient);

// Moves `weights` against `step`, `rate` times, and `decay` times that towards zero (AdamW,
// Loshchilov & Hutter 2019).
void adam_apply(Adam *adam, double *weights, double rate, double decay);

// Both. False, and nothing changed, when the gradient is not finite.
bool adam_update(Adam *adam, double *weights, const double *gradient, double rate, double decay);

#endif
