// SPDX-License-Identifier: ISC
// The loops of the probe, one table for each ISA.
#ifndef GRUFF_PLUGIN_TOOL_PROBE_LOOPS_H
#define GRUFF_PLUGIN_TOOL_PROBE_LOOPS_H

#include <stddef.h>

typedef struct ProbeLoops {
    int lanes;  // numbers of a vector
    int number; // bytes of a number
    int sums;   // multiply-adds of vectors in a round of `multiply`
    // `rounds` times `sums` independent multiply-adds.
    void (*multiply)(long rounds);
    // `rounds` times all of `vectors` vectors at `memory`, forwards and backwards in turn;
    // `vectors` is a multiple of PROBE_STEP.
    void (*load)(const void *memory, long vectors, long rounds);
} ProbeLoops;

enum { PROBE_STEP = 8 }; // vectors that are loaded in one turn of the loop

extern const ProbeLoops probe_scalar;
extern const ProbeLoops probe_sse2;
extern const ProbeLoops probe_avx2;
extern const ProbeLoops probe_avx512;
extern const ProbeLoops probe_neon;

#endif
