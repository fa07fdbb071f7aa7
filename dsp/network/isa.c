// SPDX-License-Identifier: ISC
#include "dsp/network/isa.h"

#include <string.h>

static const char *const names[ISA_COUNT] = {
    [ISA_SCALAR] = "scalar", [ISA_SSE2] = "sse2", [ISA_AVX2] = "avx2",
    [ISA_AVX512] = "avx512", [ISA_NEON] = "neon",
};

const char *isa_name(Isa isa) {
    return (unsigned)isa < ISA_COUNT ? names[isa] : "unknown";
}

bool isa_from_name(const char *name, Isa *isa) {
    for (int i = 0; i < ISA_COUNT; i++) {
        if (strcmp(name, names[i]) == 0) {
            *isa = (Isa)i;
            return true;
        }
    }
    return false;
}
