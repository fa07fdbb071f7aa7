// SPDX-License-Identifier: ISC
// How late a recording is against what went into the device. Recorded pairs come with the delay of
// converters and drivers in them; a model must not learn it, since the player would hear it, and
// cannot learn a target that comes early.
#ifndef GRUFF_TRAINING_ALIGN_H
#define GRUFF_TRAINING_ALIGN_H

#include <stdbool.h>

#include "dsp/status.h"
#include "training/response.h"
#include "training/team.h"

// Delays are in samples; positive: the target is late.
typedef struct Alignment {
    double peak;       // of the impulse response over the whole file, within a second
    double confidence; // dB by which that peak stands above the rest of the response
    bool inverted;     // the target follows the input upside down
    int onset;         // by regression: see training/onset.h
    int delay;         // the verdict: target[n + delay] belongs to input[n]
    bool tried;        // trial fits were made:
    double error;      // the error that one reached at `delay`
    double swapped;    // the same with input and target exchanged
} Alignment;

// Without `trials` the verdict is the onset's, and it takes a third of the time (1 s).
Status align(Alignment *alignment, const Pair *pair, bool trials, Team *team,
             Diagnostic *diagnostic);

// The trial fits of `alignment` at `delay` alone, which becomes the verdict.
Status align_try(Alignment *alignment, const Pair *pair, int delay, Team *team,
                 Diagnostic *diagnostic);

// Samples that the target's delay grows by between the middles of the first and the last third of
// the pair: two clocks. The delay must be known to a few samples.
Status align_drift(double *drift, const Pair *pair, int delay, Diagnostic *diagnostic);

#endif
