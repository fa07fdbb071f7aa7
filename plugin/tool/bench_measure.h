// SPDX-License-Identifier: ISC
// How long an engine takes, and how long it must take at least.
#ifndef GRUFF_PLUGIN_TOOL_BENCH_MEASURE_H
#define GRUFF_PLUGIN_TOOL_BENCH_MEASURE_H

#include "dsp/base/status.h"
#include "dsp/measures/speed.h"
#include "dsp/network/model.h"
#include "plugin/tool/probe.h"

enum {
    BENCH_RATE = 48000, // Hz, for the load
};

// One measurement.
typedef struct BenchResult {
    double ns;          // for a sample of one channel
    double times_first; // ns / ns of the first model that was measured with this one
    double load;        // of one core, for all channels at BENCH_RATE: 1 is all of it
    double limit;       // ns that a sample of one channel takes at least
    double share;       // limit / ns
} BenchResult;

// Makes a network of one layer of this kind and a linear head, with random weights of the usual
// scale. On success the caller owns *model.
Status bench_make_model(Model **model, LayerKind kind, int hidden, Diagnostic *diagnostic);

// Measures engines of the probe's ISA, which is that of *what, over `models`, as speed_measure. The
// limit takes each weight times each sample as one multiply-add, and each weight as loaded once for
// all channels; activations do not count.
Status bench_measure(BenchResult *results, const Model *const *models, int count,
                     const SpeedCase *what, const Probe *probe, Diagnostic *diagnostic);

#endif
