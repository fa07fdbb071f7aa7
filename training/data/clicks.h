// SPDX-License-Identifier: ISC
// Clicks and crackle in the target: moments that are far sharper than all about them, which nothing
// in the input explains.
#ifndef GRUFF_TRAINING_DATA_CLICKS_H
#define GRUFF_TRAINING_DATA_CLICKS_H

#include "dsp/base/status.h"
#include "training/data/repair.h"

enum { CLICKS_MOST = 1000 };

typedef struct Clicks {
    int count;              // at most CLICKS_MOST
    size_t at[CLICKS_MOST]; // frames of the target, in order
} Clicks;

// `pair` is aligned; where it lacks one of the `count` cuts there is none.
Status clicks_find(Clicks *clicks, const Pair *pair, const Cut *cuts, int count,
                   Diagnostic *diagnostic);

#endif
