// SPDX-License-Identifier: ISC
// A section that a recording holds twice, sample for sample: what a device makes of it the second
// time tells whether it stayed the same.
#ifndef GRUFF_TRAINING_DATA_REPEAT_H
#define GRUFF_TRAINING_DATA_REPEAT_H

#include <stddef.h>

#include "dsp/base/status.h"

typedef struct Repeat {
    size_t first, second; // frames that the section begins at, first < second
    size_t frames;        // 0: there is none
} Repeat;

// Finds the longest section of at least a second that comes back a second or more after it began.
Status repeat_find(Repeat *repeat, const float *samples, size_t frames, int rate,
                   Diagnostic *diagnostic);

#endif
