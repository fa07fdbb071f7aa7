// SPDX-License-Identifier: ISC
// The loops, for any ISA whose vectors (as in dsp/network/kernels/vec_*.h) and whose Number come
// before this file.
#ifndef GRUFF_PLUGIN_TOOL_PROBE_BODY_H
#define GRUFF_PLUGIN_TOOL_PROBE_BODY_H

#include "plugin/tool/probe_loops.h"

// Independent sums: they hide the latency of the units, four units of four cycles at most, and fit
// the registers.
#if defined(__AVX512F__) || defined(__aarch64__)
enum { SUMS = 24 };
#else
enum { SUMS = 12 };
#endif

#if defined(__AVX512F__)
#define REGISTER "v" // all 32; "x" are 16
#elif defined(__x86_64__)
#define REGISTER "x"
#elif defined(__aarch64__)
#define REGISTER "w"
#else
#define REGISTER "m"
#endif

// The compiler must have *v ready here, and knows nothing of it afterwards.
INLINE void keep(Vec *v) {
    __asm__ volatile("" : "+" REGISTER(*v));
}

static void multiply(long rounds) {
    Vec sums[SUMS];
    UNROLL for (int i = 0; i < SUMS; i++) {
        sums[i] = vec_set(0);
    }
    Vec a = vec_set(0.5f), b = vec_set(0.25f);
    NO_UNROLL for (long round = 0; round < rounds; round++) {
        UNROLL for (int i = 0; i < SUMS; i++) {
            keep(&a);
            sums[i] = vec_fma(a, b, sums[i]);
        }
    }
    UNROLL for (int i = 0; i < SUMS; i++) {
        keep(&sums[i]);
    }
}

INLINE void load_step(const Number *at) {
    UNROLL for (int i = 0; i < PROBE_STEP; i++) {
        Vec v = vec_load(at + i * LANES);
        keep(&v);
    }
}

static void load(const void *memory, long vectors, long rounds) {
    const Number *numbers = memory;
    NO_UNROLL for (long round = 0; round < rounds; round++) {
        if (round % 2 == 0) {
            NO_UNROLL for (long at = 0; at < vectors; at += PROBE_STEP) {
                load_step(numbers + at * LANES);
            }
        } else {
            NO_UNROLL for (long at = vectors - PROBE_STEP; at >= 0; at -= PROBE_STEP) {
                load_step(numbers + at * LANES);
            }
        }
    }
}

#define PROBE_TABLE                                                                                \
    { .lanes = LANES, .number = sizeof(Number), .sums = SUMS, .multiply = multiply, .load = load }

#endif
