// SPDX-License-Identifier: ISC
// Makes the GRU kernels of an ISA. Before this file come its vec_*.h, GENERAL_REGISTERS (how many
// accumulators a general kernel may have) and its list GRU_KERNELS(KERNEL): one
// KERNEL(name, hidden, channels, order, set, chains, chains_c, flags) for each size that a
// specialised kernel runs faster. `gruff-model bench` measures that.
#ifndef GRUFF_DSP_NETWORK_KERNELS_GRU_TABLE_H
#define GRUFF_DSP_NETWORK_KERNELS_GRU_TABLE_H

#include "dsp/network/kernels/gru_body.h"

// Flags of a kernel: the fields of GruShape with these names.
enum {
    EXCHANGED = 1,
    UNROLLED = 2,
    ZIGZAG = 4,
    DEFERRED = 8,
};

INLINE GruShape shape_of(int hidden, int channels, GruOrder order, int set, int chains,
                         int chains_c, int flags) {
    int blocks = (hidden + LANES - 1) / LANES;
    int columns = (hidden + COLUMNS_STEP - 1) / COLUMNS_STEP * COLUMNS_STEP;
    return (GruShape){
        .blocks = blocks,
        .columns = flags & EXCHANGED ? blocks * LANES : columns,
        .streams = channels,
        .order = order,
        .set = set,
        .chains = chains,
        .chains_c = chains_c,
        .exchanged = (flags & EXCHANGED) != 0,
        .unrolled = (flags & UNROLLED) != 0,
        .zigzag = (flags & ZIGZAG) != 0,
        .deferred = (flags & DEFERRED) != 0,
    };
}

// ---- The general kernels: sizes known at run time ----

// Row blocks of a gate that are summed together: few loads for each product, sums in registers.
static int general_set(int hidden, int channels) {
    int blocks = (hidden + LANES - 1) / LANES;
    for (int set = 2; set <= 3; set++) {
        if (blocks % set == 0 && GRU_GATES * set * channels <= GENERAL_REGISTERS) {
            return set;
        }
    }
    return 1;
}

// Weights that fit into the nearest cache (32 KiB on many machines) are read forwards only: a frame
// that goes backwards begins with the units that the frame before it has just ended with. So are
// weights for two channels where registers are few: their products leave time for the misses, while
// gcc keeps the sums of the backward loop in memory.
INLINE int general_flags(int hidden, int gates, int channels) {
    bool far = gates * hidden * hidden * (int)sizeof(float) > 32 * 1024;
    return far && (channels == 1 || GENERAL_REGISTERS > 12) ? ZIGZAG : 0;
}

// As many accumulators as hide the latency of a product and still fit into registers.
INLINE GruShape general_shape(int hidden, int channels, int set) {
    int chains = GENERAL_REGISTERS / (GRU_GATES * set * channels);
    chains = chains >= 4 ? 4 : chains >= 2 ? 2 : 1;
    return shape_of(hidden, channels, ORDER_UNITS, set, chains, chains,
                    general_flags(hidden, GRU_GATES, channels));
}

#define GENERAL_KERNEL(name, channels, set)                                                        \
    static void name(const GruJob *job) REALTIME {                                                 \
        run_gru(job, general_shape(job->hidden, channels, set));                                   \
    }
GENERAL_KERNEL(general_mono_1, 1, 1)
GENERAL_KERNEL(general_mono_2, 1, 2)
GENERAL_KERNEL(general_mono_3, 1, 3)
GENERAL_KERNEL(general_stereo_1, 2, 1)
GENERAL_KERNEL(general_stereo_2, 2, 2)
GENERAL_KERNEL(general_stereo_3, 2, 3)
#undef GENERAL_KERNEL

static GruKernel general_gru(int hidden, int channels) {
    static void (*const run[KERNEL_CHANNELS][3])(const GruJob *job) REALTIME = {
        {general_mono_1, general_mono_2, general_mono_3},
        {general_stereo_1, general_stereo_2, general_stereo_3},
    };
    int set = general_set(hidden, channels);
    return (GruKernel){
        .layout = gru_shape_layout(general_shape(hidden, channels, set)),
        .run = run[channels - 1][set - 1],
    };
}

// ---- The specialised kernels ----

#define KERNEL_FUNCTION(name, hidden, channels, ...)                                               \
    static void name(const GruJob *job) REALTIME {                                                 \
        run_gru(job, shape_of(hidden, channels, __VA_ARGS__));                                     \
    }
GRU_KERNELS(KERNEL_FUNCTION)
#undef KERNEL_FUNCTION

// The specialised kernel for a size; its `run` is NULL when there is none.
static GruKernel special_gru(int hidden, int channels) {
#define KERNEL_CASE(name, its_hidden, its_channels, ...)                                           \
    if (hidden == (its_hidden) && channels == (its_channels)) {                                    \
        GruShape shape = shape_of(its_hidden, its_channels, __VA_ARGS__);                          \
        return (GruKernel){.layout = gru_shape_layout(shape), .run = name};                        \
    }
    GRU_KERNELS(KERNEL_CASE)
#undef KERNEL_CASE
    (void)hidden;
    (void)channels;
    return (GruKernel){.run = NULL};
}

#endif
