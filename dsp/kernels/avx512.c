// SPDX-License-Identifier: ISC
#include "dsp/kernels/vec_avx512.h"

#include "dsp/kernels/dense_body.h"
#include "dsp/kernels/tables.h"

// Accumulators of a general kernel.
#define GENERAL_REGISTERS 24

// clang-format off
#define GRU_KERNELS(KERNEL)                                                 \
    KERNEL(mono_12, 12, 1, ORDER_GATES, 1, 4, 4, 0)                         \
    KERNEL(mono_16, 16, 1, ORDER_GATES, 1, 4, 4, ROTATED | UNROLLED)        \
    KERNEL(stereo_16, 16, 2, ORDER_UNITS, 1, 2, 2, ROTATED | UNROLLED)
// clang-format on

#include "dsp/kernels/gru_table.h"

// clang-format off
#define LSTM_KERNELS(KERNEL)                                                \
    KERNEL(mono_16, 16, 1, ORDER_PAIRS, 1, 4, 4, ROTATED | UNROLLED)        \
    KERNEL(mono_64, 64, 1, ORDER_UNITS, 2, 2, 2, ZIGZAG | SPREAD)           \
    KERNEL(stereo_64, 64, 2, ORDER_UNITS, 2, 1, 1, ZIGZAG | SPREAD)
#define RESET_BEFORE_KERNELS(KERNEL)                                        \
    KERNEL(mono_16, 16, 1, ORDER_GATES, 1, 4, 4, ROTATED | UNROLLED)
// clang-format on

#include "dsp/kernels/cell_table.h"

// Up to 8 units half a vector does the work, and its rotations are quicker.
static GruKernel gru(int hidden, int channels) {
    if (hidden <= KERNELS(avx2).lanes) {
        return KERNELS(avx2).gru(hidden, channels);
    }
    GruKernel kernel = special_gru(hidden, channels);
    return kernel.run ? kernel : general_gru(hidden, channels);
}

const Kernels KERNELS(avx512) = {
    .isa = ISA_AVX512,
    .fast = KERNELS_FAST,
    .number = sizeof(float),
    .lanes = LANES,
    .gru = gru,
    .reset_before = reset_before,
    .lstm = lstm,
    .dense = dense,
};
