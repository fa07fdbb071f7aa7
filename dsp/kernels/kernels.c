// SPDX-License-Identifier: ISC
#include "dsp/kernels/kernels.h"

#include "dsp/kernels/tables.h"

const Kernels *kernels_find(Isa isa) {
    switch (isa) {
    case ISA_SCALAR:
        return &kernels_scalar;
    default:
        return NULL;
    }
}
