// SPDX-License-Identifier: ISC
// A pair at a fraction of its rate, for what need not be known to the sample.
#ifndef GRUFF_TRAINING_DATA_DECIMATE_H
#define GRUFF_TRAINING_DATA_DECIMATE_H

#include <stdbool.h>

#include "training/data/pair.h"

typedef struct CoarsePair {
    Pair pair;
    float *input, *target; // its samples, owned
} CoarsePair;

// Takes every `factor`-th sample of a mean over about twice as many. False without memory; clear it
// in any case.
bool coarse_pair_init(CoarsePair *coarse, const Pair *pair, int factor);
void coarse_pair_clear(CoarsePair *coarse);

#endif
