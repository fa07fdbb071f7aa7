// SPDX-License-Identifier: ISC
// The tables, each defined in the file of its ISA.
#ifndef GRUFF_DSP_NETWORK_KERNELS_TABLES_H
#define GRUFF_DSP_NETWORK_KERNELS_TABLES_H

#include "dsp/network/kernels/kernels.h"

// The table of an ISA that is being compiled: FAST_ACTIVATIONS makes another one.
#ifdef FAST_ACTIVATIONS
#define KERNELS(isa) kernels_##isa##_fast
enum { KERNELS_FAST = 1 };
#else
#define KERNELS(isa) kernels_##isa
enum { KERNELS_FAST = 0 };
#endif

extern const Kernels kernels_scalar;
extern const Kernels kernels_sse2, kernels_sse2_fast;
extern const Kernels kernels_avx2, kernels_avx2_fast;
extern const Kernels kernels_avx512, kernels_avx512_fast;
extern const Kernels kernels_neon, kernels_neon_fast;

#endif
