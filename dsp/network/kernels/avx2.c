// SPDX-License-Identifier: ISC
#include "dsp/network/kernels/vec_avx2.h"

#include "dsp/network/kernels/dense.h"
#include "dsp/network/kernels/tables.h"

// clang-format off
#define SPECIAL_KERNELS(KERNEL)                                                                    \
    KERNEL(gru_8_mono, .cell = LAYER_GRU, .hidden = 8, .channels = 1,                              \
           .order = ORDER_UNITS, .set = 1, .accumulators = 4,                                      \
           .shuffled = true, .unrolled = true)                                                     \
    KERNEL(gru_8_stereo, .cell = LAYER_GRU, .hidden = 8, .channels = 2,                            \
           .order = ORDER_UNITS, .set = 1, .accumulators = 2,                                      \
           .shuffled = true, .unrolled = true)                                                     \
    KERNEL(gru_16_mono, .cell = LAYER_GRU, .hidden = 16, .channels = 1,                            \
           .order = ORDER_UNITS, .set = 2, .accumulators = 2,                                      \
           .shuffled = true, .unrolled = true)                                                     \
    KERNEL(gru_16_stereo, .cell = LAYER_GRU, .hidden = 16, .channels = 2,                          \
           .order = ORDER_UNITS, .set = 2, .accumulators = 1,                                      \
           .shuffled = true, .unrolled = true)                                                     \
    KERNEL(gru_24_mono, .cell = LAYER_GRU, .hidden = 24, .channels = 1,                            \
           .order = ORDER_UNITS, .set = 3, .accumulators = 1)                                      \
    KERNEL(gru_32_mono, .cell = LAYER_GRU, .hidden = 32, .channels = 1,                            \
           .order = ORDER_UNITS, .set = 2, .accumulators = 2,                                      \
           .shuffled = true)                                                                       \
    KERNEL(gru_40_mono, .cell = LAYER_GRU, .hidden = 40, .channels = 1,                            \
           .order = ORDER_PAIRS, .set = 5, .accumulators = 1, .candidate_accumulators = 2,         \
           .shuffled = true)                                                                       \
    KERNEL(gru_48_mono, .cell = LAYER_GRU, .hidden = 48, .channels = 1,                            \
           .order = ORDER_PAIRS, .set = 6, .accumulators = 1, .candidate_accumulators = 2,         \
           .shuffled = true)                                                                       \
    KERNEL(before_8_mono, .cell = LAYER_GRU_RESET_BEFORE, .hidden = 8, .channels = 1,              \
           .order = ORDER_PAIRS, .set = 1, .accumulators = 4,                                      \
           .shuffled = true, .unrolled = true)                                                     \
    KERNEL(before_8_stereo, .cell = LAYER_GRU_RESET_BEFORE, .hidden = 8, .channels = 2,            \
           .order = ORDER_PAIRS, .set = 1, .accumulators = 2, .candidate_accumulators = 4,         \
           .shuffled = true, .unrolled = true)                                                     \
    KERNEL(lstm_8_mono, .cell = LAYER_LSTM, .hidden = 8, .channels = 1,                            \
           .order = ORDER_PAIRS, .set = 1, .accumulators = 2,                                      \
           .shuffled = true, .unrolled = true, .deferred = true)                                   \
    KERNEL(lstm_8_stereo, .cell = LAYER_LSTM, .hidden = 8, .channels = 2,                          \
           .order = ORDER_UNITS, .set = 1, .accumulators = 1,                                      \
           .shuffled = true, .unrolled = true, .deferred = true)                                   \
    KERNEL(lstm_12_stereo, .cell = LAYER_LSTM, .hidden = 12, .channels = 2,                        \
           .order = ORDER_PAIRS, .set = 1, .accumulators = 2,                                      \
           .deferred = true)                                                                       \
    KERNEL(lstm_16_mono, .cell = LAYER_LSTM, .hidden = 16, .channels = 1,                          \
           .order = ORDER_UNITS, .set = 2, .accumulators = 1)                                      \
    KERNEL(lstm_16_stereo, .cell = LAYER_LSTM, .hidden = 16, .channels = 2,                        \
           .order = ORDER_PAIRS, .set = 1, .accumulators = 2,                                      \
           .deferred = true)                                                                       \
    KERNEL(lstm_24_mono, .cell = LAYER_LSTM, .hidden = 24, .channels = 1,                          \
           .order = ORDER_UNITS, .set = 3, .accumulators = 1)                                      \
    KERNEL(lstm_32_mono, .cell = LAYER_LSTM, .hidden = 32, .channels = 1,                          \
           .order = ORDER_UNITS, .set = 2, .accumulators = 1,                                      \
           .deferred = true)                                                                       \
    KERNEL(lstm_32_stereo, .cell = LAYER_LSTM, .hidden = 32, .channels = 2,                        \
           .order = ORDER_PAIRS, .set = 1, .accumulators = 2,                                      \
           .deferred = true)                                                                       \
    KERNEL(lstm_40_mono, .cell = LAYER_LSTM, .hidden = 40, .channels = 1,                          \
           .order = ORDER_PAIRS, .set = 5, .accumulators = 1,                                      \
           .shuffled = true, .deferred = true)                                                     \
    KERNEL(lstm_48_mono, .cell = LAYER_LSTM, .hidden = 48, .channels = 1,                          \
           .order = ORDER_UNITS, .set = 3, .accumulators = 1,                                      \
           .shuffled = true, .deferred = true)                                                     \
    KERNEL(lstm_64_mono, .cell = LAYER_LSTM, .hidden = 64, .channels = 1,                          \
           .order = ORDER_UNITS, .set = 2, .accumulators = 1,                                      \
           .alternating = true, .deferred = true)
// clang-format on

#include "dsp/network/kernels/selection.h"

// An LSTM of two channels, whatever its size: sets of three row blocks fill the registers.
INLINE CellShape stereo_lstm_shape(int hidden, int last_set) {
    return complete_shape((CellShape){
        .cell = LAYER_LSTM,
        .hidden = hidden,
        .channels = 2,
        .order = ORDER_PAIRS,
        .set = 3,
        .last_set = last_set,
        .accumulators = 1,
        .unroll_columns = true,
        .deferred = true,
    });
}

static void stereo_lstm_last_0(const CellJob *job) REALTIME {
    run_cell(job, stereo_lstm_shape(job->hidden, 0));
}

static void stereo_lstm_last_1(const CellJob *job) REALTIME {
    run_cell(job, stereo_lstm_shape(job->hidden, 1));
}

static void stereo_lstm_last_2(const CellJob *job) REALTIME {
    run_cell(job, stereo_lstm_shape(job->hidden, 2));
}

static CellKernel stereo_lstm(int hidden) {
    static void (*const run[])(const CellJob *job) REALTIME = {
        stereo_lstm_last_0,
        stereo_lstm_last_1,
        stereo_lstm_last_2,
    };
    int last_set = (hidden + LANES - 1) / LANES % 3;
    return (CellKernel){
        .layout = shape_layout(stereo_lstm_shape(hidden, last_set)),
        .run = run[last_set],
    };
}

static CellKernel cell_kernel(LayerKind cell, int hidden, int channels) {
    if (cell == LAYER_LSTM && channels == 2 && !special_kernel(cell, hidden, channels).run) {
        return stereo_lstm(hidden);
    }
    return usual_kernel(cell, hidden, channels);
}

const Kernels KERNELS(avx2) = {
    .isa = VEC_ISA,
    .fast = KERNELS_FAST,
    .number = sizeof(float),
    .lanes = LANES,
    .cell = cell_kernel,
    .dense = dense,
};
