// SPDX-License-Identifier: ISC
#include "dsp/kernels/vec_avx512.h"

#include "dsp/kernels/dense_body.h"
#include "dsp/kernels/tables.h"

// clang-format off
#define GRU_KERNELS(KERNEL)                                              \
    KERNEL(mono_16, 16, 1, ORDER_UNITS, 1, 4, 4, ROTATED | UNROLLED)         \
    KERNEL(mono_32, 32, 1, ORDER_UNITS, 2, 2, 2, ROTATED | UNROLLED)         \
    KERNEL(mono_64, 64, 1, ORDER_UNITS, 2, 2, 2, ZIGZAG)
// clang-format on

#include "dsp/kernels/gru_table.h"

static GruKernel gru(int hidden, int channels) {
    GruKernel kernel = special_gru(hidden, channels);
    return kernel.run ? kernel : general_gru(hidden, channels);
}

const Kernels kernels_avx512 = {
    .isa = ISA_AVX512,
    .number = sizeof(float),
    .lanes = LANES,
    .gru = gru,
    .dense = dense,
};
