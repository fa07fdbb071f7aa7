// SPDX-License-Identifier: ISC
#include "dsp/network/kernels/find.h"

#include "dsp/network/kernels/tables.h"

const Kernels *kernels_find(Isa isa, bool fast) {
    switch (isa) {
    case ISA_SCALAR:
        return fast ? NULL : &kernels_scalar;
#if defined(__x86_64__)
    case ISA_SSE2:
        return fast ? &kernels_sse2_fast : &kernels_sse2;
    case ISA_AVX2:
        return fast ? &kernels_avx2_fast : &kernels_avx2;
    case ISA_AVX512:
        return fast ? &kernels_avx512_fast : &kernels_avx512;
#elif defined(__aarch64__)
    case ISA_NEON:
        return fast ? &kernels_neon_fast : &kernels_neon;
#endif
    default:
        return NULL;
    }
}
