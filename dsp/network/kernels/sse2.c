// SPDX-License-Identifier: ISC
#include "dsp/network/kernels/vec_sse2.h"

#include "dsp/network/kernels/dense.h"
#include "dsp/network/kernels/tables.h"

#define SPECIAL_KERNELS(KERNEL) // the general kernels do for all sizes

#include "dsp/network/kernels/selection.h"

const Kernels KERNELS(sse2) = {
    .isa = VEC_ISA,
    .fast = KERNELS_FAST,
    .number = sizeof(float),
    .lanes = LANES,
    .cell = usual_kernel,
    .dense = dense,
};
