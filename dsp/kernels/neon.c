// SPDX-License-Identifier: ISC
#include "dsp/kernels/vec_neon.h"

#include "dsp/kernels/dense_body.h"
#include "dsp/kernels/tables.h"

// clang-format off
#define GRU_KERNELS(KERNEL)                                              \
    KERNEL(mono_8, 8, 1, ORDER_UNITS, 2, 2, 2, ROTATED | UNROLLED)
// clang-format on

#include "dsp/kernels/gru_table.h"

static GruKernel gru(int hidden, int channels) {
    GruKernel kernel = special_gru(hidden, channels);
    return kernel.run ? kernel : general_gru(hidden, channels);
}

const Kernels kernels_neon = {
    .isa = ISA_NEON,
    .number = sizeof(float),
    .lanes = LANES,
    .gru = gru,
    .dense = dense,
};
