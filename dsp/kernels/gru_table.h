// SPDX-License-Identifier: ISC
// Makes the GRU kernels of an ISA from its list GRU_KERNELS(KERNEL), which comes before this file:
// one KERNEL(name, hidden, channels, shape...) for each specialised kernel, where the shape is the
// rest of a GruShape. All other sizes run through the general kernel.
#ifndef GRUFF_DSP_KERNELS_GRU_TABLE_H
#define GRUFF_DSP_KERNELS_GRU_TABLE_H

#include "dsp/kernels/gru_body.h"

enum {
    ROTATED = 1,
    UNROLLED = 2,
    ZIGZAG = 4,
};

INLINE GruShape shape_of(int hidden, int channels, GruOrder order, int set, int chains,
                         int chains_c, int flags) {
    int blocks = (hidden + LANES - 1) / LANES;
    int columns = (hidden + COLUMNS_STEP - 1) / COLUMNS_STEP * COLUMNS_STEP;
    return (GruShape){
        .blocks = blocks,
        .columns = flags & ROTATED ? blocks * LANES : columns,
        .streams = channels,
        .order = order,
        .set = set,
        .chains = chains,
        .chains_c = chains_c,
        .rotated = (flags & ROTATED) != 0,
        .unrolled = (flags & UNROLLED) != 0,
        .zigzag = (flags & ZIGZAG) != 0,
    };
}

// ---- The general kernel: sizes known at run time ----

// Row blocks that it sums together.
static int general_set(int hidden) {
    int blocks = (hidden + LANES - 1) / LANES;
    return blocks % 2 == 0 ? 2 : 1;
}

INLINE GruShape general_shape(int hidden, int channels, int set) {
    return shape_of(hidden, channels, ORDER_UNITS, set, set == 1 && channels == 1 ? 4 : 1, 1,
                    ZIGZAG);
}

static void general_mono_1(const GruJob *job) REALTIME {
    run_gru(job, general_shape(job->hidden, 1, 1));
}

static void general_mono_2(const GruJob *job) REALTIME {
    run_gru(job, general_shape(job->hidden, 1, 2));
}

static void general_stereo_1(const GruJob *job) REALTIME {
    run_gru(job, general_shape(job->hidden, 2, 1));
}

static void general_stereo_2(const GruJob *job) REALTIME {
    run_gru(job, general_shape(job->hidden, 2, 2));
}

static GruKernel general_gru(int hidden, int channels) {
    static void (*const run[KERNEL_CHANNELS][2])(const GruJob *job) REALTIME = {
        {general_mono_1, general_mono_2},
        {general_stereo_1, general_stereo_2},
    };
    int set = general_set(hidden);
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
    return (GruKernel){.run = NULL};
}

#endif
