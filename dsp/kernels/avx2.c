// SPDX-License-Identifier: ISC
#include "dsp/kernels/vec_avx2.h"

#include "dsp/kernels/dense_body.h"
#include "dsp/kernels/tables.h"

// clang-format off
#define GRU_KERNELS(KERNEL)                                              \
    KERNEL(mono_8, 8, 1, ORDER_UNITS, 1, 4, 4, ROTATED | UNROLLED)         \
    KERNEL(mono_16, 16, 1, ORDER_UNITS, 2, 2, 2, ROTATED | UNROLLED)         \
    KERNEL(mono_64, 64, 1, ORDER_UNITS, 2, 2, 2, ZIGZAG)
// clang-format on

#include "dsp/kernels/gru_table.h"

static GruKernel gru(int hidden, int channels) {
    GruKernel kernel = special_gru(hidden, channels);
    return kernel.run ? kernel : general_gru(hidden, channels);
}

const Kernels kernels_avx2 = {
    .isa = ISA_AVX2,
    .number = sizeof(float),
    .lanes = LANES,
    .gru = gru,
    .dense = dense,
};
