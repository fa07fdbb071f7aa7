// SPDX-License-Identifier: ISC
// Short digital silence in the midst of sound, while the other side sounds on: samples that a
// recorder lost and left empty.
#ifndef GRUFF_TRAINING_DATA_GAPS_H
#define GRUFF_TRAINING_DATA_GAPS_H

#include <stddef.h>

#include "training/data/pair.h"

enum { GAPS_MOST = 24 };

// Frames begin .. end - 1.
typedef struct Gap {
    size_t begin, end;
} Gap;

typedef struct Gaps {
    int count;
    Gap gap[GAPS_MOST]; // in order
} Gaps;

// Finds those of the input, gaps[0], and of the target, gaps[1], which is `late` samples behind.
// More than GAPS_MOST are none: a device that is silent about zero.
void gaps_find(Gaps gaps[2], const Pair *pair, long late);

#endif
