// SPDX-License-Identifier: ISC
#include "dsp/network/kernels/vec_avx512.h"

#include "dsp/network/kernels/dense_body.h"
#include "dsp/network/kernels/tables.h"

// Accumulators of a general kernel.
#define GENERAL_REGISTERS 24

// clang-format off
#define GRU_KERNELS(KERNEL)                                                         \
    KERNEL(mono_12, 12, 1, ORDER_GATES, 1, 4, 4, EXCHANGED | UNROLLED)              \
    KERNEL(mono_16, 16, 1, ORDER_GATES, 1, 4, 4, EXCHANGED | UNROLLED)              \
    KERNEL(stereo_16, 16, 2, ORDER_UNITS, 1, 2, 2, EXCHANGED | UNROLLED)            \
    KERNEL(mono_24, 24, 1, ORDER_UNITS, 2, 2, 2, 0)                                 \
    KERNEL(mono_32, 32, 1, ORDER_UNITS, 2, 2, 2, 0)                                 \
    KERNEL(mono_40, 40, 1, ORDER_UNITS, 3, 2, 2, 0)                                 \
    KERNEL(mono_48, 48, 1, ORDER_UNITS, 3, 2, 2, EXCHANGED)
// clang-format on

#include "dsp/network/kernels/gru_table.h"

// clang-format off
#define LSTM_KERNELS(KERNEL)                                                        \
    KERNEL(mono_12, 12, 1, ORDER_PAIRS, 1, 4, 4, DEFERRED)                          \
    KERNEL(stereo_12, 12, 2, ORDER_PAIRS, 1, 4, 4, DEFERRED)                        \
    KERNEL(mono_16, 16, 1, ORDER_PAIRS, 1, 4, 4, EXCHANGED | UNROLLED | DEFERRED)   \
    KERNEL(stereo_16, 16, 2, ORDER_PAIRS, 1, 4, 4, DEFERRED)                        \
    KERNEL(mono_20, 20, 1, ORDER_UNITS, 2, 2, 2, DEFERRED)                          \
    KERNEL(mono_24, 24, 1, ORDER_UNITS, 2, 2, 2, DEFERRED)                          \
    KERNEL(mono_32, 32, 1, ORDER_UNITS, 2, 2, 2, DEFERRED)                          \
    KERNEL(mono_40, 40, 1, ORDER_PAIRS, 3, 2, 2, DEFERRED)                          \
    KERNEL(mono_48, 48, 1, ORDER_UNITS, 3, 2, 2, EXCHANGED)                         \
    KERNEL(stereo_64, 64, 2, ORDER_PAIRS, 2, 2, 2, ZIGZAG | DEFERRED)               \
    KERNEL(mono_80, 80, 1, ORDER_UNITS, 1, 4, 4, ZIGZAG | DEFERRED)                 \
    KERNEL(stereo_80, 80, 2, ORDER_PAIRS, 1, 4, 4, ZIGZAG | DEFERRED)               \
    KERNEL(stereo_96, 96, 2, ORDER_PAIRS, 1, 4, 4, ZIGZAG | DEFERRED)               \
    KERNEL(stereo_128, 128, 2, ORDER_PAIRS, 1, 4, 4, ZIGZAG | DEFERRED)
#define RESET_BEFORE_KERNELS(KERNEL)                                                \
    KERNEL(mono_16, 16, 1, ORDER_GATES, 1, 4, 4, EXCHANGED | UNROLLED)
// clang-format on

#include "dsp/network/kernels/cell_table.h"
#include "dsp/network/kernels/lstm_spread_body.h"

static void spread_lstm(const CellJob *job) REALTIME {
    run_spread_lstm(job);
}

// Up to 52 units the general kernel, which leaves out columns, is faster.
static CellKernel spread_or_general_lstm(int hidden, int channels) {
    if (channels == 1 && hidden > 52 && hidden <= SPREAD_WIDTH) {
        return (CellKernel){.layout = spread_lstm_layout(), .run = spread_lstm};
    }
    return lstm(hidden, channels);
}

static GruKernel gru(int hidden, int channels) {
    GruKernel kernel = special_gru(hidden, channels);
    return kernel.run ? kernel : general_gru(hidden, channels);
}

// Up to 8 units half a vector does the work, and its exchanges are quicker.
#define NARROW_FIRST(cell, wide)                                                                   \
    static CellKernel narrow_or_##cell(int hidden, int channels) {                                 \
        return hidden <= KERNELS(avx2).lanes ? KERNELS(avx2).cell(hidden, channels)                \
                                             : wide(hidden, channels);                             \
    }
NARROW_FIRST(gru, gru)
NARROW_FIRST(lstm, spread_or_general_lstm)
NARROW_FIRST(reset_before, reset_before)

const Kernels KERNELS(avx512) = {
    .isa = ISA_AVX512,
    .fast = KERNELS_FAST,
    .number = sizeof(float),
    .lanes = LANES,
    .gru = narrow_or_gru,
    .reset_before = narrow_or_reset_before,
    .lstm = narrow_or_lstm,
    .dense = dense,
};
