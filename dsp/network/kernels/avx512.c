// SPDX-License-Identifier: ISC
#include "dsp/network/kernels/vec_avx512.h"

#include "dsp/network/kernels/dense.h"
#include "dsp/network/kernels/tables.h"

// clang-format off
#define SPECIAL_KERNELS(KERNEL)                                                                    \
    KERNEL(gru_12_mono, .cell = LAYER_GRU, .hidden = 12, .channels = 1,                            \
           .order = ORDER_GATES, .set = 1, .accumulators = 4,                                      \
           .shuffled = true, .unrolled = true)                                                     \
    KERNEL(gru_16_mono, .cell = LAYER_GRU, .hidden = 16, .channels = 1,                            \
           .order = ORDER_GATES, .set = 1, .accumulators = 4,                                      \
           .shuffled = true, .unrolled = true)                                                     \
    KERNEL(gru_16_stereo, .cell = LAYER_GRU, .hidden = 16, .channels = 2,                          \
           .order = ORDER_UNITS, .set = 1, .accumulators = 2,                                      \
           .shuffled = true, .unrolled = true)                                                     \
    KERNEL(gru_24_mono, .cell = LAYER_GRU, .hidden = 24, .channels = 1,                            \
           .order = ORDER_UNITS, .set = 2, .accumulators = 2)                                      \
    KERNEL(gru_32_mono, .cell = LAYER_GRU, .hidden = 32, .channels = 1,                            \
           .order = ORDER_UNITS, .set = 2, .accumulators = 2)                                      \
    KERNEL(gru_40_mono, .cell = LAYER_GRU, .hidden = 40, .channels = 1,                            \
           .order = ORDER_UNITS, .set = 3, .accumulators = 2)                                      \
    KERNEL(gru_48_mono, .cell = LAYER_GRU, .hidden = 48, .channels = 1,                            \
           .order = ORDER_UNITS, .set = 3, .accumulators = 2,                                      \
           .shuffled = true)                                                                       \
    KERNEL(before_16_mono, .cell = LAYER_GRU_RESET_BEFORE, .hidden = 16, .channels = 1,            \
           .order = ORDER_GATES, .set = 1, .accumulators = 4,                                      \
           .shuffled = true, .unrolled = true)                                                     \
    KERNEL(lstm_12_mono, .cell = LAYER_LSTM, .hidden = 12, .channels = 1,                          \
           .order = ORDER_PAIRS, .set = 1, .accumulators = 4,                                      \
           .deferred = true)                                                                       \
    KERNEL(lstm_12_stereo, .cell = LAYER_LSTM, .hidden = 12, .channels = 2,                        \
           .order = ORDER_PAIRS, .set = 1, .accumulators = 4,                                      \
           .deferred = true)                                                                       \
    KERNEL(lstm_16_mono, .cell = LAYER_LSTM, .hidden = 16, .channels = 1,                          \
           .order = ORDER_PAIRS, .set = 1, .accumulators = 4,                                      \
           .shuffled = true, .unrolled = true, .deferred = true)                                   \
    KERNEL(lstm_16_stereo, .cell = LAYER_LSTM, .hidden = 16, .channels = 2,                        \
           .order = ORDER_PAIRS, .set = 1, .accumulators = 4,                                      \
           .deferred = true)                                                                       \
    KERNEL(lstm_20_mono, .cell = LAYER_LSTM, .hidden = 20, .channels = 1,                          \
           .order = ORDER_UNITS, .set = 2, .accumulators = 2,                                      \
           .deferred = true)                                                                       \
    KERNEL(lstm_24_mono, .cell = LAYER_LSTM, .hidden = 24, .channels = 1,                          \
           .order = ORDER_UNITS, .set = 2, .accumulators = 2,                                      \
           .deferred = true)                                                                       \
    KERNEL(lstm_32_mono, .cell = LAYER_LSTM, .hidden = 32, .channels = 1,                          \
           .order = ORDER_UNITS, .set = 2, .accumulators = 2,                                      \
           .deferred = true)                                                                       \
    KERNEL(lstm_40_mono, .cell = LAYER_LSTM, .hidden = 40, .channels = 1,                          \
           .order = ORDER_PAIRS, .set = 3, .accumulators = 2,                                      \
           .deferred = true)                                                                       \
    KERNEL(lstm_48_mono, .cell = LAYER_LSTM, .hidden = 48, .channels = 1,                          \
           .order = ORDER_UNITS, .set = 3, .accumulators = 2,                                      \
           .shuffled = true)                                                                       \
    KERNEL(lstm_64_stereo, .cell = LAYER_LSTM, .hidden = 64, .channels = 2,                        \
           .order = ORDER_PAIRS, .set = 2, .accumulators = 2,                                      \
           .alternating = true, .deferred = true)                                                  \
    KERNEL(lstm_80_mono, .cell = LAYER_LSTM, .hidden = 80, .channels = 1,                          \
           .order = ORDER_UNITS, .set = 1, .accumulators = 4,                                      \
           .alternating = true, .deferred = true)                                                  \
    KERNEL(lstm_80_stereo, .cell = LAYER_LSTM, .hidden = 80, .channels = 2,                        \
           .order = ORDER_PAIRS, .set = 1, .accumulators = 4,                                      \
           .alternating = true, .deferred = true)                                                  \
    KERNEL(lstm_96_stereo, .cell = LAYER_LSTM, .hidden = 96, .channels = 2,                        \
           .order = ORDER_PAIRS, .set = 1, .accumulators = 4,                                      \
           .alternating = true, .deferred = true)                                                  \
    KERNEL(lstm_128_stereo, .cell = LAYER_LSTM, .hidden = 128, .channels = 2,                      \
           .order = ORDER_PAIRS, .set = 1, .accumulators = 4,                                      \
           .alternating = true, .deferred = true)
// clang-format on

#include "dsp/network/kernels/cell_lstm_pipelined.h"
#include "dsp/network/kernels/selection.h"

static void pipelined_lstm(const CellJob *job) REALTIME {
    run_pipelined_lstm(job);
}

static CellKernel cell_kernel(LayerKind cell, int hidden, int channels) {
    // Up to 8 units half a vector does the work, and its shuffles are quicker.
    if (hidden <= KERNELS(avx2).lanes) {
        return KERNELS(avx2).cell(cell, hidden, channels);
    }
    // Up to 52 units the general kernel, which leaves out columns, is faster.
    if (cell == LAYER_LSTM && channels == 1 && hidden > 52 && hidden <= PIPELINED_UNITS) {
        return (CellKernel){.layout = pipelined_lstm_layout(), .run = pipelined_lstm};
    }
    return usual_kernel(cell, hidden, channels);
}

const Kernels KERNELS(avx512) = {
    .isa = VEC_ISA,
    .fast = KERNELS_FAST,
    .number = sizeof(float),
    .lanes = LANES,
    .cell = cell_kernel,
    .dense = dense,
};
