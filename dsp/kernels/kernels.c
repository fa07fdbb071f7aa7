// SPDX-License-Identifier: ISC
#include "dsp/kernels/kernels.h"

#include "dsp/kernels/tables.h"

const Kernels *kernels_find(Isa isa) {
    switch (isa) {
    case ISA_SCALAR:
        return &kernels_scalar;
#if defined(__x86_64__)
    case ISA_SSE2:
        return &kernels_sse2;
    case ISA_AVX2:
        return &kernels_avx2;
    case ISA_AVX512:
        return &kernels_avx512;
#elif defined(__aarch64__)
    case ISA_NEON:
        return &kernels_neon;
#endif
    default:
        return NULL;
    }
}
