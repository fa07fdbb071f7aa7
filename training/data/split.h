// SPDX-License-Identifier: ISC
// What of a recording is held out.
#ifndef GRUFF_TRAINING_DATA_SPLIT_H
#define GRUFF_TRAINING_DATA_SPLIT_H

#include "dsp/base/status.h"
#include "training/data/ranges.h"

#define SPLIT_SHARE 0.15 // of what is usable of a recording is held out; but 20 s at most

enum {
    SPLIT_STRETCHES = 10, // at most, that this is spread over
};

typedef struct Splittable {
    const float *input; // [frames]
    size_t frames;
    int rate;      // Hz
    Ranges usable; // of it
} Splittable;

// Together they are what is usable.
typedef struct Split {
    Ranges training, held_out;
} Split;

// Holds out stretches of 2 s and more, spread over the recording so that together they sound as all
// of it does, as loud, as high, as often struck; where there would be one only, the end.
Status split_by_sound(Split *split, const Splittable *whole, Diagnostic *diagnostic);

#endif
