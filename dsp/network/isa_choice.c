// SPDX-License-Identifier: ISC
#include "dsp/network/isa_choice.h"

#include <stdlib.h>

#include "dsp/network/kernels/find.h"

// The compiler's run-time library also asks the system whether it saves the wide registers.
static bool machine_has(Isa isa) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    switch (isa) {
    case ISA_SCALAR:
    case ISA_SSE2:
        return true;
    case ISA_AVX2:
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case ISA_AVX512:
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
               __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    default:
        return false;
    }
#elif defined(__aarch64__)
    return isa == ISA_SCALAR || isa == ISA_NEON;
#else
    return isa == ISA_SCALAR;
#endif
}

bool isa_available(Isa isa) {
    return kernels_find(isa, false) && machine_has(isa);
}

Isa isa_best(void) {
    const char *forced = getenv("GRUFF_ISA");
    Isa isa;
    if (forced && isa_from_name(forced, &isa) && isa_available(isa)) {
        return isa;
    }
    static const Isa fastest_first[] = {ISA_AVX512, ISA_AVX2, ISA_NEON, ISA_SSE2};
    for (size_t i = 0; i < sizeof fastest_first / sizeof *fastest_first; i++) {
        if (isa_available(fastest_first[i])) {
            return fastest_first[i];
        }
    }
    return ISA_SCALAR;
}
