// SPDX-License-Identifier: ISC
// A place where one of two recorders lost or added samples: where it is, how many there were, and
// on which side.
#ifndef GRUFF_TRAINING_DATA_SLIP_H
#define GRUFF_TRAINING_DATA_SLIP_H

#include <stdbool.h>
#include <stddef.h>

#include "dsp/base/status.h"
#include "training/data/pair.h"

// A place from which on the target is later or earlier than before.
typedef struct Slip {
    size_t at;    // frame of the input, within some 20 ms
    long samples; // that the delay grows by: below 0 the target lost them, or the input got them
    bool added;   // they are there; else they are missing on the other side
} Slip;

// What is known of one.
typedef struct SlipSearch {
    const float *response; // of the device: see training/data/track.h
    long lags[2];          // samples that the target is late before and after
    long samples;          // that the delay grows by
    bool unsure;           // these may be off by some
    size_t first, end;     // frames of the input that it is between
    size_t after;          // frame of the one before it; 0: there is none
} SlipSearch;

Status slip_find(Slip *slip, const Pair *pair, const SlipSearch *search, Diagnostic *diagnostic);

// Frames begin .. end - 1 of the input, where the target is some `lag` samples late.
typedef struct Stretch {
    long long begin, end;
    long lag;
} Stretch;

// By how many samples more than their lags say the target is later in the second of two stretches,
// by the device's whole response in each; 0 where that cannot be told.
Status stretch_compare(double *later, const Pair *pair, const Stretch stretches[2],
                       Diagnostic *diagnostic);

#endif
