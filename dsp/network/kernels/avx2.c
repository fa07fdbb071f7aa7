// SPDX-License-Identifier: ISC
#include "dsp/network/kernels/vec_avx2.h"

#include "dsp/network/kernels/dense_body.h"
#include "dsp/network/kernels/tables.h"

// Accumulators of a general kernel.
#define GENERAL_REGISTERS 12

// clang-format off
#define GRU_KERNELS(KERNEL)                                                         \
    KERNEL(mono_8, 8, 1, ORDER_UNITS, 1, 4, 4, EXCHANGED | UNROLLED)                \
    KERNEL(stereo_8, 8, 2, ORDER_UNITS, 1, 2, 2, EXCHANGED | UNROLLED)              \
    KERNEL(mono_16, 16, 1, ORDER_UNITS, 2, 2, 2, EXCHANGED | UNROLLED)              \
    KERNEL(stereo_16, 16, 2, ORDER_UNITS, 2, 1, 1, EXCHANGED | UNROLLED)            \
    KERNEL(mono_24, 24, 1, ORDER_UNITS, 3, 1, 1, 0)                                 \
    KERNEL(mono_32, 32, 1, ORDER_UNITS, 2, 2, 2, EXCHANGED)                         \
    KERNEL(mono_40, 40, 1, ORDER_PAIRS, 5, 1, 2, EXCHANGED)                         \
    KERNEL(mono_48, 48, 1, ORDER_PAIRS, 6, 1, 2, EXCHANGED)
// clang-format on

#include "dsp/network/kernels/gru_table.h"

// clang-format off
#define LSTM_KERNELS(KERNEL)                                                        \
    KERNEL(mono_8, 8, 1, ORDER_PAIRS, 1, 2, 2, EXCHANGED | UNROLLED | DEFERRED)     \
    KERNEL(stereo_8, 8, 2, ORDER_UNITS, 1, 1, 1, EXCHANGED | UNROLLED | DEFERRED)   \
    KERNEL(stereo_12, 12, 2, ORDER_PAIRS, 1, 2, 2, DEFERRED)                        \
    KERNEL(mono_16, 16, 1, ORDER_UNITS, 2, 1, 1, 0)                                 \
    KERNEL(stereo_16, 16, 2, ORDER_PAIRS, 1, 2, 2, DEFERRED)                        \
    KERNEL(mono_24, 24, 1, ORDER_UNITS, 3, 1, 1, 0)                                 \
    KERNEL(mono_32, 32, 1, ORDER_UNITS, 2, 1, 1, DEFERRED)                          \
    KERNEL(stereo_32, 32, 2, ORDER_PAIRS, 1, 2, 2, DEFERRED)                        \
    KERNEL(mono_40, 40, 1, ORDER_PAIRS, 5, 1, 1, EXCHANGED | DEFERRED)              \
    KERNEL(mono_48, 48, 1, ORDER_UNITS, 3, 1, 1, EXCHANGED | DEFERRED)              \
    KERNEL(mono_64, 64, 1, ORDER_UNITS, 2, 1, 1, ZIGZAG | DEFERRED)
#define RESET_BEFORE_KERNELS(KERNEL)                                                \
    KERNEL(mono_8, 8, 1, ORDER_PAIRS, 1, 4, 4, EXCHANGED | UNROLLED)                \
    KERNEL(stereo_8, 8, 2, ORDER_PAIRS, 1, 2, 4, EXCHANGED | UNROLLED)
// clang-format on

#include "dsp/network/kernels/cell_table.h"

static GruKernel gru(int hidden, int channels) {
    GruKernel kernel = special_gru(hidden, channels);
    return kernel.run ? kernel : general_gru(hidden, channels);
}

const Kernels KERNELS(avx2) = {
    .isa = ISA_AVX2,
    .fast = KERNELS_FAST,
    .number = sizeof(float),
    .lanes = LANES,
    .gru = gru,
    .reset_before = reset_before,
    .lstm = lstm,
    .dense = dense,
};
