// SPDX-License-Identifier: ISC
// What happened to the time of a pair: clocks that drift apart, and places where one of the two
// recorders lost or added samples. Both come from the delay of moment after moment (track.h).
#ifndef GRUFF_TRAINING_DATA_TIMING_H
#define GRUFF_TRAINING_DATA_TIMING_H

#include <stdbool.h>
#include <stddef.h>

#include "dsp/base/status.h"
#include "dsp/base/thread_pool.h"
#include "training/data/pair.h"

enum { SLIPS_MOST = 32 };

// A place from which on the target is later or earlier than before.
typedef struct Slip {
    size_t at;    // frame of the input, within some 20 ms
    long samples; // that the delay grows by: below 0 the target lost them, or the input got them
    bool added;   // they are there, empty or repeated; else they are missing on the other side
} Slip;

typedef struct Timing {
    bool judged;  // the delay could be followed; else all below is 0
    double drift; // samples that it grows by in one sample, apart from slips; 0 when it does not
    double delay; // samples that the target is late at the first frame, without the drift, as slips
    int slips;
    Slip slip[SLIPS_MOST]; // in order
} Timing;

Status timing_find(Timing *timing, const Pair *pair, ThreadPool *pool, Diagnostic *diagnostic);

#endif
