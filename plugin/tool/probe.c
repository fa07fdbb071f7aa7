// SPDX-License-Identifier: ISC
#include "plugin/tool/probe.h"

#include <math.h>

#include "dsp/base/clock.h"
#include "dsp/base/memory.h"
#include "plugin/tool/probe_loops.h"

enum {
    TRIES = 30,
    TRY_NS = 100000, // short, so that some tries are not disturbed
};

static const ProbeLoops *find_loops(Isa isa) {
    switch (isa) {
#if defined(__x86_64__)
    case ISA_SSE2:
        return &probe_sse2;
    case ISA_AVX2:
        return &probe_avx2;
    case ISA_AVX512:
        return &probe_avx512;
#elif defined(__aarch64__)
    case ISA_NEON:
        return &probe_neon;
#endif
    default:
        return &probe_scalar;
    }
}

// One of the loops with what it works on.
typedef struct Work {
    const ProbeLoops *loops;
    const void *memory; // NULL: multiply
    long vectors;
} Work;

static double run(const Work *work, long rounds) {
    double start = clock_thread();
    if (work->memory) {
        work->loops->load(work->memory, work->vectors, rounds);
    } else {
        work->loops->multiply(rounds);
    }
    return 1e9 * (clock_thread() - start);
}

// The shortest time of a round in ns: a limit is what the machine does undisturbed.
static double round_ns(const Work *work) {
    long rounds = 2;
    while (run(work, rounds) < TRY_NS && rounds < 1L << 40) {
        rounds *= 2;
    }
    double best = INFINITY;
    for (int i = 0; i < TRIES; i++) {
        best = fmin(best, run(work, rounds) / (double)rounds);
    }
    return best;
}

// Loads of `bytes`, in whole steps of the loop.
static double load_ns(const Probe *probe, size_t bytes) {
    const ProbeLoops *loops = find_loops(probe->isa);
    size_t step = (size_t)(PROBE_STEP * loops->lanes * loops->number);
    size_t steps = bytes / step;
    Work work = {.loops = loops, .memory = probe->memory, .vectors = (long)steps * PROBE_STEP};
    return round_ns(&work) * (double)bytes / (double)(steps * step);
}

Status probe_begin(Probe *probe, Isa isa, Diagnostic *diagnostic) {
    const ProbeLoops *loops = find_loops(isa);
    float *memory = memory_new(PROBE_FAR, 1);
    if (!memory) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory to measure the machine with");
    }
    *probe = (Probe){.isa = isa, .number = loops->number, .memory = memory};
    Work multiply = {.loops = loops};
    probe->macs_per_ns = (double)(loops->sums * loops->lanes) / round_ns(&multiply);
    probe->near_bytes_per_ns = (double)PROBE_NEAR / load_ns(probe, PROBE_NEAR);
    return STATUS_OK;
}

void probe_end(Probe *probe) {
    memory_free(probe->memory);
    *probe = (Probe){0};
}

double probe_load_ns(const Probe *probe, size_t bytes) {
    if (bytes <= PROBE_NEAR) {
        return (double)bytes / probe->near_bytes_per_ns;
    }
    return load_ns(probe, bytes < PROBE_FAR ? bytes : PROBE_FAR) *
           fmax(1.0, (double)bytes / (double)PROBE_FAR);
}
