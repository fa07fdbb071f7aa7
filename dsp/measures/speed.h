// SPDX-License-Identifier: ISC
// How fast models run in the engine on this machine.
#ifndef GRUFF_DSP_MEASURES_SPEED_H
#define GRUFF_DSP_MEASURES_SPEED_H

#include <stdbool.h>

#include "dsp/base/status.h"
#include "dsp/network/isa.h"
#include "dsp/network/model.h"

enum {
    SPEED_BLOCK = 64,       // frames of a block, as a host would have it
    SPEED_MAX_BLOCK = 4096, // frames
    SPEED_RUNS = 7,         // the median of these counts
    SPEED_MAX_MODELS = 3,   // measured together
};

// How an engine is run.
typedef struct SpeedCase {
    Isa isa;
    bool fast;    // approximate activations
    int channels; // 1 or 2
    int block;    // frames of a call, up to SPEED_MAX_BLOCK
} SpeedCase;

// As a host with one channel runs it: the best ISA, exact, blocks of SPEED_BLOCK.
SpeedCase speed_usual(void);

// Puts into times[count] the CPU time in s that an engine over each of `count` models, up to
// SPEED_MAX_MODELS, takes for a sample of one channel: the median of SPEED_RUNS. They run in turns,
// so that their ratios hold on a machine whose clock wanders. About 30 ms for each model, more for
// networks of many microseconds.
Status speed_measure(double *times, const Model *const *models, int count, const SpeedCase *what,
                     Diagnostic *diagnostic);

// The median of times[count], which are sorted.
double speed_median(double *times, int count);

#endif
