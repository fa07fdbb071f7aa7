// SPDX-License-Identifier: ISC
// Makes the kernels of the LSTM and of the GRU that resets before the product, as gru_table.h does
// for the GRU, from the lists LSTM_KERNELS(KERNEL) and RESET_BEFORE_KERNELS(KERNEL), which come
// before this file.
#ifndef GRUFF_DSP_NETWORK_KERNELS_CELL_TABLE_H
#define GRUFF_DSP_NETWORK_KERNELS_CELL_TABLE_H

#include "dsp/network/kernels/gru_table.h"
#include "dsp/network/kernels/lstm_body.h"
#include "dsp/network/kernels/reset_before_body.h"

#define CELL_FUNCTION(cell, name, hidden, channels, ...)                                           \
    static void cell##_##name(const CellJob *job) REALTIME {                                       \
        run_##cell(job, shape_of(hidden, channels, __VA_ARGS__));                                  \
    }
#define CELL_CASE(cell, name, its_hidden, its_channels, ...)                                       \
    if (hidden == (its_hidden) && channels == (its_channels)) {                                    \
        GruShape shape = shape_of(its_hidden, its_channels, __VA_ARGS__);                          \
        return (CellKernel){.layout = cell##_layout(shape), .run = cell##_##name};                 \
    }
#define LSTM_FUNCTION(...) CELL_FUNCTION(lstm, __VA_ARGS__)
#define LSTM_CASE(...) CELL_CASE(lstm, __VA_ARGS__)
#define RESET_BEFORE_FUNCTION(...) CELL_FUNCTION(reset_before, __VA_ARGS__)
#define RESET_BEFORE_CASE(...) CELL_CASE(reset_before, __VA_ARGS__)

// As general_set, for groups of `gates` gates.
static int set_for(int hidden, int channels, int gates, int most) {
    int blocks = (hidden + LANES - 1) / LANES;
    for (int set = most; set > 1; set--) {
        if (blocks % set == 0 && gates * set * channels <= GENERAL_REGISTERS) {
            return set;
        }
    }
    return 1;
}

// As many accumulators for each of `sums` sums as hide the latency of a product and still fit into
// registers.
INLINE int chains_for(int sums) {
    return sums * 4 <= GENERAL_REGISTERS ? 4 : sums * 2 <= GENERAL_REGISTERS ? 2 : 1;
}

// ---- LSTM ----

// One vector of units at a time does not keep a processor busy with its activations.
INLINE GruShape general_lstm_shape(int hidden, int channels, int set) {
    int flags = general_flags(hidden, LSTM_GATES, channels);
    if (set == 1) {
        int chains = chains_for(2 * channels);
        return shape_of(hidden, channels, ORDER_PAIRS, set, chains, chains, flags | DEFERRED);
    }
    int chains = chains_for(LSTM_GATES * set * channels);
    return shape_of(hidden, channels, ORDER_UNITS, set, chains, chains, flags);
}

#define GENERAL_LSTM(name, channels, set)                                                          \
    static void name(const CellJob *job) REALTIME {                                                \
        run_lstm(job, general_lstm_shape(job->hidden, channels, set));                             \
    }
GENERAL_LSTM(general_lstm_mono_1, 1, 1)
GENERAL_LSTM(general_lstm_mono_2, 1, 2)
GENERAL_LSTM(general_lstm_mono_3, 1, 3)
GENERAL_LSTM(general_lstm_stereo_1, 2, 1)
GENERAL_LSTM(general_lstm_stereo_2, 2, 2)
GENERAL_LSTM(general_lstm_stereo_3, 2, 3)
#undef GENERAL_LSTM

// For two channels with AVX2: sets of three row blocks fill the registers. (Without FMA they would
// be too many.)
INLINE GruShape paired_lstm_shape(int hidden, int rest) {
    GruShape shape = shape_of(hidden, 2, ORDER_PAIRS, 3, 1, 1, DEFERRED);
    shape.rest = rest;
    shape.doubled = true;
    return shape;
}

#define PAIRED_LSTM(rest)                                                                          \
    static void paired_lstm_##rest(const CellJob *job) REALTIME {                                  \
        run_lstm(job, paired_lstm_shape(job->hidden, rest));                                       \
    }
PAIRED_LSTM(0)
PAIRED_LSTM(1)
PAIRED_LSTM(2)
#undef PAIRED_LSTM

static CellKernel paired_lstm(int hidden) {
    static void (*const run[])(const CellJob *job) REALTIME = {
        paired_lstm_0,
        paired_lstm_1,
        paired_lstm_2,
    };
    int rest = (hidden + LANES - 1) / LANES % 3;
    return (CellKernel){
        .layout = lstm_layout(paired_lstm_shape(hidden, rest)),
        .run = run[rest],
    };
}

LSTM_KERNELS(LSTM_FUNCTION)

// Weights that the nearest cache cannot hold (48 KiB at most) come faster in a narrow stream, if it
// leaves registers for four accumulators of each sum.
static int lstm_sets(int hidden) {
    bool far = hidden * hidden * LSTM_GATES * (int)sizeof(float) > 48 * 1024;
    return far && GENERAL_REGISTERS >= 4 * LSTM_GATES ? 1 : 3;
}

static CellKernel lstm(int hidden, int channels) {
    static void (*const run[KERNEL_CHANNELS][3])(const CellJob *job) REALTIME = {
        {general_lstm_mono_1, general_lstm_mono_2, general_lstm_mono_3},
        {general_lstm_stereo_1, general_lstm_stereo_2, general_lstm_stereo_3},
    };
    LSTM_KERNELS(LSTM_CASE)
    if (channels == 2 && LANES == 8) {
        return paired_lstm(hidden);
    }
    int set = set_for(hidden, channels, LSTM_GATES, lstm_sets(hidden));
    return (CellKernel){
        .layout = lstm_layout(general_lstm_shape(hidden, channels, set)),
        .run = run[channels - 1][set - 1],
    };
}

// ---- GRU, reset before the product ----

INLINE GruShape general_reset_before_shape(int hidden, int channels, int set) {
    int chains = chains_for(2 * set * channels);
    int chains_c = chains_for(set * channels);
    return shape_of(hidden, channels, ORDER_PAIRS, set, chains, chains_c,
                    general_flags(hidden, GRU_GATES, channels));
}

#define GENERAL_RESET_BEFORE(name, channels, set)                                                  \
    static void name(const CellJob *job) REALTIME {                                                \
        run_reset_before(job, general_reset_before_shape(job->hidden, channels, set));             \
    }
GENERAL_RESET_BEFORE(general_reset_before_mono_1, 1, 1)
GENERAL_RESET_BEFORE(general_reset_before_mono_2, 1, 2)
GENERAL_RESET_BEFORE(general_reset_before_mono_3, 1, 3)
GENERAL_RESET_BEFORE(general_reset_before_mono_4, 1, 4)
GENERAL_RESET_BEFORE(general_reset_before_stereo_1, 2, 1)
GENERAL_RESET_BEFORE(general_reset_before_stereo_2, 2, 2)
GENERAL_RESET_BEFORE(general_reset_before_stereo_3, 2, 3)
GENERAL_RESET_BEFORE(general_reset_before_stereo_4, 2, 4)
#undef GENERAL_RESET_BEFORE

RESET_BEFORE_KERNELS(RESET_BEFORE_FUNCTION)

static CellKernel reset_before(int hidden, int channels) {
    static void (*const run[KERNEL_CHANNELS][4])(const CellJob *job) REALTIME = {
        {general_reset_before_mono_1, general_reset_before_mono_2, general_reset_before_mono_3,
         general_reset_before_mono_4},
        {general_reset_before_stereo_1, general_reset_before_stereo_2,
         general_reset_before_stereo_3, general_reset_before_stereo_4},
    };
    RESET_BEFORE_KERNELS(RESET_BEFORE_CASE)
    int set = set_for(hidden, channels, 2, 4);
    return (CellKernel){
        .layout = reset_before_layout(general_reset_before_shape(hidden, channels, set)),
        .run = run[channels - 1][set - 1],
    };
}

#endif
