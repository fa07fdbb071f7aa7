// SPDX-License-Identifier: ISC
// Makes the recurrent kernels of an ISA and selects the one for a layer. Before this file come the
// ISA's vec_*.h and its list SPECIAL_KERNELS(KERNEL): a KERNEL(name, fields of CellShape ...) for
// each size that a kernel of its own runs faster. `gruff-model bench` measures that. All other
// sizes have general kernels, which learn the hidden size at run time.
#ifndef GRUFF_DSP_NETWORK_KERNELS_SELECTION_H
#define GRUFF_DSP_NETWORK_KERNELS_SELECTION_H

#include "dsp/network/kernels/cell_loop.h"

typedef struct ShapedKernel {
    CellShape shape;
    void (*run)(const CellJob *job) REALTIME;
} ShapedKernel;

#define KERNEL_ENTRY(name, ...) {.shape = {__VA_ARGS__}, .run = (name)},

// ---- Special kernels ----

#define SPECIAL_KERNEL(name, ...)                                                                  \
    static void name(const CellJob *job) REALTIME {                                                \
        run_cell(job, complete_shape((CellShape){__VA_ARGS__}));                                   \
    }
SPECIAL_KERNELS(SPECIAL_KERNEL)
#undef SPECIAL_KERNEL

// The special kernel for a layer; its `run` is NULL when there is none.
static CellKernel special_kernel(LayerKind cell, int hidden, int channels) {
    static const ShapedKernel kernels[] = {SPECIAL_KERNELS(KERNEL_ENTRY){.run = NULL}};
    for (const ShapedKernel *kernel = kernels; kernel->run; kernel++) {
        CellShape shape = kernel->shape;
        if (shape.cell == cell && shape.hidden == hidden && shape.channels == channels) {
            return (CellKernel){
                .layout = shape_layout(complete_shape(shape)),
                .run = kernel->run,
            };
        }
    }
    return (CellKernel){.run = NULL};
}

// ---- General kernels ----

// The accumulators that fit into registers beside what else a kernel needs there.
enum { ACCUMULATORS = VEC_REGISTERS - VEC_REGISTERS / 4 };

// As many accumulators for each of `sums` sums as hide the latency of a product and still fit.
INLINE int accumulators_for(int sums) {
    return sums * 4 <= ACCUMULATORS ? 4 : sums * 2 <= ACCUMULATORS ? 2 : 1;
}

// Gates that are summed together where the most are.
INLINE int summed_gates(LayerKind cell) {
    return cell == LAYER_LSTM ? LSTM_GATES : cell == LAYER_GRU ? GRU_GATES : 2;
}

// Weights that fit into the nearest cache (32 KiB on many machines) are read forwards only: a frame
// that goes backwards begins with the units that the frame before it has just ended with. So are
// weights for two channels where registers are few: their products leave time for the misses, while
// gcc keeps the sums of the backward loop in memory.
INLINE bool alternates(CellShape shape) {
    int gates = last_gate(shape) + 1;
    bool far = gates * shape.hidden * shape.hidden * (int)sizeof(float) > 32 * 1024;
    return far && (shape.channels == 1 || VEC_REGISTERS > 16);
}

// The shape of a general kernel, whose cell, channels and set are given, for a hidden size.
INLINE CellShape general_shape(CellShape shape, int hidden) {
    int sums = shape.set * shape.channels;
    shape.hidden = hidden;
    shape.alternating = alternates(shape);
    shape.order = ORDER_UNITS;
    shape.accumulators = accumulators_for(summed_gates(shape.cell) * sums);
    if (shape.cell == LAYER_GRU_RESET_BEFORE) {
        shape.order = ORDER_PAIRS;
        shape.candidate_accumulators = accumulators_for(sums);
    } else if (shape.cell == LAYER_LSTM && shape.set == 1) {
        // One vector of units at a time does not keep a processor busy with its activations.
        shape.order = ORDER_PAIRS;
        shape.accumulators = accumulators_for(2 * sums);
        shape.deferred = true;
    }
    return complete_shape(shape);
}

#define GENERAL_KERNELS(KERNEL)                                                                    \
    KERNEL(general_gru_mono_1, .cell = LAYER_GRU, .channels = 1, .set = 1)                         \
    KERNEL(general_gru_mono_2, .cell = LAYER_GRU, .channels = 1, .set = 2)                         \
    KERNEL(general_gru_mono_3, .cell = LAYER_GRU, .channels = 1, .set = 3)                         \
    KERNEL(general_gru_stereo_1, .cell = LAYER_GRU, .channels = 2, .set = 1)                       \
    KERNEL(general_gru_stereo_2, .cell = LAYER_GRU, .channels = 2, .set = 2)                       \
    KERNEL(general_gru_stereo_3, .cell = LAYER_GRU, .channels = 2, .set = 3)                       \
    KERNEL(general_before_mono_1, .cell = LAYER_GRU_RESET_BEFORE, .channels = 1, .set = 1)         \
    KERNEL(general_before_mono_2, .cell = LAYER_GRU_RESET_BEFORE, .channels = 1, .set = 2)         \
    KERNEL(general_before_mono_3, .cell = LAYER_GRU_RESET_BEFORE, .channels = 1, .set = 3)         \
    KERNEL(general_before_mono_4, .cell = LAYER_GRU_RESET_BEFORE, .channels = 1, .set = 4)         \
    KERNEL(general_before_stereo_1, .cell = LAYER_GRU_RESET_BEFORE, .channels = 2, .set = 1)       \
    KERNEL(general_before_stereo_2, .cell = LAYER_GRU_RESET_BEFORE, .channels = 2, .set = 2)       \
    KERNEL(general_before_stereo_3, .cell = LAYER_GRU_RESET_BEFORE, .channels = 2, .set = 3)       \
    KERNEL(general_before_stereo_4, .cell = LAYER_GRU_RESET_BEFORE, .channels = 2, .set = 4)       \
    KERNEL(general_lstm_mono_1, .cell = LAYER_LSTM, .channels = 1, .set = 1)                       \
    KERNEL(general_lstm_mono_2, .cell = LAYER_LSTM, .channels = 1, .set = 2)                       \
    KERNEL(general_lstm_mono_3, .cell = LAYER_LSTM, .channels = 1, .set = 3)                       \
    KERNEL(general_lstm_stereo_1, .cell = LAYER_LSTM, .channels = 2, .set = 1)                     \
    KERNEL(general_lstm_stereo_2, .cell = LAYER_LSTM, .channels = 2, .set = 2)                     \
    KERNEL(general_lstm_stereo_3, .cell = LAYER_LSTM, .channels = 2, .set = 3)

// Whether the sums of a set fit into registers.
INLINE bool set_fits(CellShape shape) {
    return summed_gates(shape.cell) * shape.set * shape.channels <= ACCUMULATORS;
}

// (Those whose sets do not fit are never selected and have no code.)
#define GENERAL_KERNEL(name, ...)                                                                  \
    static void name(const CellJob *job) REALTIME {                                                \
        const CellShape given = {__VA_ARGS__};                                                     \
        if (given.set == 1 || set_fits(given)) {                                                   \
            run_cell(job, general_shape(given, job->hidden));                                      \
        }                                                                                          \
    }
GENERAL_KERNELS(GENERAL_KERNEL)
#undef GENERAL_KERNEL

static const ShapedKernel general_kernels[] = {GENERAL_KERNELS(KERNEL_ENTRY)};

// The most row blocks of a set. Weights of an LSTM that the nearest cache cannot hold (48 KiB at
// most) come faster in a narrow stream, if it leaves registers for four accumulators of each sum.
static int widest_set(LayerKind cell, int hidden) {
    bool far = hidden * hidden * LSTM_GATES * (int)sizeof(float) > 48 * 1024;
    if (cell == LAYER_LSTM && far && ACCUMULATORS >= 4 * LSTM_GATES) {
        return 1;
    }
    return cell == LAYER_GRU_RESET_BEFORE ? 4 : 3;
}

// Row blocks of a gate that are summed together: few loads for each product, sums in registers.
static int general_set(LayerKind cell, int hidden, int channels) {
    int blocks = (hidden + LANES - 1) / LANES;
    int widest = widest_set(cell, hidden);
    int best = 1;
    for (int set = 2; set <= widest; set++) {
        CellShape shape = {.cell = cell, .channels = channels, .set = set};
        // (A GRU's smallest, the others' largest.)
        if (blocks % set == 0 && set_fits(shape) && (best == 1 || cell != LAYER_GRU)) {
            best = set;
        }
    }
    return best;
}

static CellKernel general_kernel(LayerKind cell, int hidden, int channels) {
    int set = general_set(cell, hidden, channels);
    const ShapedKernel *kernel = general_kernels;
    while (kernel->shape.cell != cell || kernel->shape.channels != channels ||
           kernel->shape.set != set) {
        kernel++;
    }
    return (CellKernel){
        .layout = shape_layout(general_shape(kernel->shape, hidden)),
        .run = kernel->run,
    };
}

// ---- The choice ----

static CellKernel usual_kernel(LayerKind cell, int hidden, int channels) {
    CellKernel special = special_kernel(cell, hidden, channels);
    return special.run ? special : general_kernel(cell, hidden, channels);
}

#endif
