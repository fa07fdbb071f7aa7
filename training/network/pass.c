// SPDX-License-Identifier: ISC
#include "training/network/pass.h"

#include <stddef.h>

#if defined(__x86_64__)
extern const PassKernels pass_sse2, pass_avx2, pass_avx512;
#elif defined(__aarch64__)
extern const PassKernels pass_neon;
#endif

const PassKernels *pass_kernels(Isa isa) {
#if defined(__x86_64__)
    switch (isa) {
    case ISA_AVX512:
        return &pass_avx512;
    case ISA_AVX2:
        return &pass_avx2;
    case ISA_SSE2:
        return &pass_sse2;
    default:
        return &pass_double;
    }
#elif defined(__aarch64__)
    return isa == ISA_NEON ? &pass_neon : &pass_double;
#else
    (void)isa;
    return &pass_double;
#endif
}
