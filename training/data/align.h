// SPDX-License-Identifier: ISC
// How late a recording is against what went into the device. Recorded pairs come with the delay of
// converters and drivers in them; a model must not learn it, since the player would hear it, and
// cannot learn a target that comes early.
#ifndef GRUFF_TRAINING_DATA_ALIGN_H
#define GRUFF_TRAINING_DATA_ALIGN_H

#include <stdbool.h>

#include "dsp/base/status.h"
#include "dsp/base/thread_pool.h"
#include "training/data/pair.h"

// Delays are in samples; positive: the target is late.
typedef struct Alignment {
    double peak;       // of the impulse response over the whole file, within a second
    double confidence; // dB by which that peak stands above the rest of the response
    bool inverted;     // the target follows the input upside down
    int onset;         // by regression: see training/data/onset.h
    bool late;         // as align was asked
    int delay;         // the verdict: target[n + delay] belongs to input[n]
    bool tried;        // fits were made:
    double error;      // the error that one reached at `delay`
    double swapped;    // the same with input and target exchanged
} Alignment;

// Fits one small network for each of `count` delays and puts into errors[count] what each came to
// when target[n + delays[i]] belongs to input[n]: delay_fit_errors of training/learning, which
// stands above this room.
typedef Status DelayFits(double *errors, const Pair *pair, const int *delays, int count,
                         int updates, ThreadPool *pool, Diagnostic *diagnostic);

// A model of a pair without a delay is to have none; with `late` it may be late by as many samples
// as one of any other pair. With fits NULL the verdict is the onset's, and it takes a third of the
// time (1 s).
Status align(Alignment *alignment, const Pair *pair, DelayFits *fits, bool late, ThreadPool *pool,
             Diagnostic *diagnostic);

// The fits of `alignment` at `delay` alone, which becomes the verdict.
Status align_try(Alignment *alignment, const Pair *pair, int delay, DelayFits *fits,
                 ThreadPool *pool, Diagnostic *diagnostic);

#endif
