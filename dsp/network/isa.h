// SPDX-License-Identifier: ISC
// The instruction sets that kernels are built for, and their names.
#ifndef GRUFF_DSP_NETWORK_ISA_H
#define GRUFF_DSP_NETWORK_ISA_H

#include <stdbool.h>

typedef enum Isa {
    ISA_SCALAR, // the reference: plain C, libm, no contraction
    ISA_SSE2,   // x86-64 baseline
    ISA_AVX2,   // AVX2 and FMA
    ISA_AVX512, // AVX-512 F, DQ, BW, VL
    ISA_NEON,   // 64-bit Arm
    ISA_COUNT
} Isa;

// "scalar", "sse2", "avx2", "avx512", "neon".
const char *isa_name(Isa isa);

// Reads a name as isa_name gives it; false when there is no such ISA.
bool isa_from_name(const char *name, Isa *isa);

#endif
