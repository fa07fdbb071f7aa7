// SPDX-License-Identifier: ISC
// Replays the test batch of a model file (doc/formats.md: input_batch, output_batch) and recognises
// the mistakes that converters of the field make. Never the audio thread.
#ifndef GRUFF_DSP_NETWORK_SELFTEST_H
#define GRUFF_DSP_NETWORK_SELFTEST_H

#include <stdbool.h>

#include "dsp/base/status.h"
#include "dsp/network/isa.h"
#include "dsp/network/model.h"

// Mistakes, as bits.
typedef enum SelftestFault {
    FAULT_GATES_SWAPPED = 1,   // update and reset gates of the GRUs stand in each other's place
    FAULT_BIASES_REVERSED = 2, // so do the two rows of biases
    FAULT_SKIP_MISSING = 4,    // the input ought to be added to the output
} SelftestFault;

// Each with its names: in JSON, and in words.
enum { SELFTEST_FAULTS = 3 };
typedef struct SelftestFaultNames {
    SelftestFault fault;
    const char *name, *words;
} SelftestFaultNames;
extern const SelftestFaultNames selftest_faults[SELFTEST_FAULTS];

enum { SELFTEST_MAX_FRAMES = 1 << 15 }; // replayed of longer batches, so that loading stays quick

typedef struct Selftest {
    int frames;      // replayed; 0: the file has no test, nothing below counts
    bool passed;     // the model gives what the file says
    double max_abs;  // largest difference from what the file says
    double rms;      // of the difference
    unsigned faults; // mistakes that explain the difference: without them the model would pass
} Selftest;

// Replays the test with the kernels of `isa`. STATUS_OK whatever comes out of it; a failure when
// the model cannot be run.
Status selftest_run(Selftest *result, const Model *model, Isa isa, Diagnostic *diagnostic);

// Undoes `faults` in a model that is not shared.
void selftest_repair(Model *model, unsigned faults);

// Writes a line on the result into `text`: what passed, or what is wrong and what to do.
void selftest_describe(const Selftest *result, Diagnostic *text);

#endif
