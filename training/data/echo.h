// SPDX-License-Identifier: ISC
// An echo in the target: it repeats, after a while, what the input was. No pause is needed to find
// it: what follows from the input stands out where it has not happened yet, before it.
#ifndef GRUFF_TRAINING_DATA_ECHO_H
#define GRUFF_TRAINING_DATA_ECHO_H

#include "dsp/base/status.h"
#include "training/data/pair.h"

typedef struct Echo {
    double seconds; // after the sound; 0: there is none
    double level;   // dB beside it; -INFINITY when there is none
} Echo;

// `pair` is aligned.
Status echo_find(Echo *echo, const Pair *pair, Diagnostic *diagnostic);

#endif
