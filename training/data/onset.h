// SPDX-License-Identifier: ISC
// Where a distorting device's answer begins: the target is explained, by least squares, through
// taps on the input and on two distorted copies of it, from ever earlier delays on. As long as a
// delay too early is added the residual stays; once the first delays that belong to the answer are
// missing it rises steeply.
#ifndef GRUFF_TRAINING_DATA_ONSET_H
#define GRUFF_TRAINING_DATA_ONSET_H

#include "dsp/base/status.h"
#include "training/data/pair.h"

typedef struct Onset {
    int delay;       // the latest from which on the taps still explain all that can be explained
    double residual; // share of the (pre-emphasised) target's energy that stays unexplained
} Onset;

// Looks 48 samples to either side of `near`, on up to a minute's worth of blocks from all over the
// pair.
Status onset_find(Onset *onset, const Pair *pair, int near, Diagnostic *diagnostic);

#endif
