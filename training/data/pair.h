// SPDX-License-Identifier: ISC
// What went into a device and what came out.
#ifndef GRUFF_TRAINING_DATA_PAIR_H
#define GRUFF_TRAINING_DATA_PAIR_H

#include <stddef.h>

// A pair as it was recorded: lengths may differ.
typedef struct Pair {
    int rate; // Hz
    const float *input;
    size_t input_frames;
    const float *target;
    size_t target_frames;
} Pair;

#endif
