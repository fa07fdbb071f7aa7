// SPDX-License-Identifier: ISC
// What happened to the time of a pair: clocks that drift apart, and places where one of the two
// recorders lost or added samples. Both come from the delay of moment after moment (track.h).
#ifndef GRUFF_TRAINING_DATA_TIMING_H
#define GRUFF_TRAINING_DATA_TIMING_H

#include <stdbool.h>
#include <stddef.h>

#include "dsp/base/status.h"
#include "dsp/base/thread_pool.h"
#include "training/data/slip.h"

enum { SLIPS_MOST = 32 };

typedef struct Timing {
    bool judged;  // the delay could be followed; else all below is 0
    double drift; // samples that it grows by in one sample, apart from slips; 0 when it does not
    double delay; // samples that the target is late at the first frame, without the drift, as slips
    double scatter; // samples: standard deviation of the delay about all that
    int slips;
    Slip slip[SLIPS_MOST]; // in order
} Timing;

Status timing_find(Timing *timing, const Pair *pair, ThreadPool *pool, Diagnostic *diagnostic);

#endif
