// SPDX-License-Identifier: ISC
// What this machine can do at most with the vectors of an ISA, measured with loops that do nothing
// else: multiply and add in registers, and load from memory. One thread, by its own processor time.
#ifndef GRUFF_PLUGIN_TOOL_PROBE_H
#define GRUFF_PLUGIN_TOOL_PROBE_H

#include <stddef.h>

#include "dsp/base/status.h"
#include "dsp/network/isa.h"

typedef struct Probe {
    Isa isa;
    int number;               // bytes of a number: 8 for the scalar reference, otherwise 4
    double macs_per_ns;       // multiply-adds of one number
    double near_bytes_per_ns; // loads from the nearest cache
    float *memory;            // owned: what is loaded
} Probe;

// Bytes that surely stay in the nearest cache, and the most that probe_load_ns can measure.
enum { PROBE_NEAR = 16 << 10, PROBE_FAR = 4 << 20 };

// Measures `isa`, which must be available: about 10 ms. On success the caller ends it with
// probe_end; on failure there is nothing to end.
Status probe_begin(Probe *probe, Isa isa, Diagnostic *diagnostic);
void probe_end(Probe *probe);

// Time to load `bytes` again and again, in ns: measured when they do not fit PROBE_NEAR, going to
// and fro so that the caches serve as well as they can. About 3 ms.
double probe_load_ns(const Probe *probe, size_t bytes);

#endif
