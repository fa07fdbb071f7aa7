// SPDX-License-Identifier: ISC
#include "dsp/network/isa_choice.h"

#include <stdio.h>
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

static const char *from_environment(void) {
    return getenv("GRUFF_ISA");
}

static bool is_available_by_name(const char *name, Isa *isa) {
    return isa_from_name(name, isa) && isa_available(*isa);
}

Status isa_check_environment(Diagnostic *diagnostic) {
    const char *asked = from_environment();
    Isa isa;
    if (!asked || !*asked || is_available_by_name(asked, &isa)) {
        return STATUS_OK;
    }
    char names[128] = "";
    size_t length = 0;
    for (int i = 0; i < ISA_COUNT; i++) {
        if (isa_available((Isa)i) && length < sizeof names) {
            length += (size_t)snprintf(names + length, sizeof names - length, "%s%s",
                                       length > 0 ? ", " : "", isa_name((Isa)i));
        }
    }
    return diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                    "GRUFF_ISA is '%s' in the environment; this machine has %s", asked, names);
}

Isa isa_best(void) {
    const char *forced = from_environment();
    Isa isa;
    if (forced && is_available_by_name(forced, &isa)) {
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
