// SPDX-License-Identifier: ISC
// How long an engine takes, and how long it must take at least.
#ifndef GRUFF_PLUGIN_TOOL_BENCH_H
#define GRUFF_PLUGIN_TOOL_BENCH_H

#include <stdbool.h>

#include "dsp/model.h"
#include "dsp/status.h"
#include "plugin/tool/probe.h"

enum {
    BENCH_RATE = 48000,     // Hz, for the load
    BENCH_RUNS = 7,         // the median of these counts
    BENCH_MAX_BLOCK = 4096, // frames
};

// One measurement.
typedef struct BenchResult {
    int channels;
    int block;    // frames of a call
    bool fast;    // approximate activations
    double ns;    // for a sample of one channel
    double load;  // of one core, for all channels at BENCH_RATE: 1 is all of it
    double limit; // ns that a sample of one channel takes at least
    double share; // limit / ns
} BenchResult;

// Makes a network of one layer of this kind and a linear head, with random weights of the usual
// scale. On success the caller owns *model.
Status bench_make_model(Model **model, LayerKind kind, int hidden, Diagnostic *diagnostic);

// Time in ns that an engine of `isa` over `model` takes for a sample of one channel: the median of
// BENCH_RUNS, in calls of `block` frames; `fast` as engine_new_fast. About 30 ms, more for networks
// of many microseconds.
Status bench_time(double *ns, const Model *model, Isa isa, bool fast, int channels, int block,
                  Diagnostic *diagnostic);

// Measures an engine of the probe's ISA over `model`; `channels`, `block` and `fast` of *result are
// given. About 50 ms. The limit takes each weight times each sample as one multiply-add, and each
// weight as loaded once for all channels; activations do not count.
Status bench_measure(BenchResult *result, const Model *model, const Probe *probe,
                     Diagnostic *diagnostic);

#endif
