// SPDX-License-Identifier: ISC
// The dense kernel, for any ISA whose vec_*.h comes before this file. A sum is always made in the
// order of the inputs, whatever the number of frames in a call.
#ifndef GRUFF_DSP_KERNELS_DENSE_BODY_H
#define GRUFF_DSP_KERNELS_DENSE_BODY_H

#include "dsp/kernels/activations.h"
#include "dsp/kernels/kernels.h"

enum {
    TILE_FRAMES = 4, // frames that share a load of weights
    TILE_BLOCKS = 2, // row blocks summed together
};

INLINE Vec activate(Activation activation, Vec x) {
    switch (activation) {
    case ACTIVATION_TANH:
        return scaled_tanh(vec_mul(x, vec_set((float)TANH_SCALE)));
    case ACTIVATION_SIGMOID:
        return inverse_one_plus_exp2(vec_mul(x, vec_set((float)-LOG2_E)));
    case ACTIVATION_RELU:
        return vec_max(x, vec_set(0.0f));
    default:
        return x;
    }
}

INLINE void run_tile(const DenseJob *job, int frame, int frames, int block, int blocks) {
    size_t inputs = (size_t)job->inputs;
    const float *weights = (const float *)job->kernel + (size_t)block * LANES * inputs;
    const float *bias = (const float *)job->bias + block * LANES;
    const float *in = (const float *)job->in + (size_t)frame * job->in_stride;
    float *out = (float *)job->out + (size_t)frame * job->out_stride + block * LANES;
    Vec sums[TILE_FRAMES][TILE_BLOCKS];
    UNROLL for (int f = 0; f < frames; f++) {
        UNROLL for (int b = 0; b < blocks; b++) {
            sums[f][b] = vec_load(bias + b * LANES);
        }
    }
    NO_UNROLL for (size_t i = 0; i < inputs; i++) {
        Vec weight[TILE_BLOCKS];
        UNROLL for (int b = 0; b < blocks; b++) {
            weight[b] = vec_load(weights + ((size_t)b * inputs + i) * LANES);
        }
        UNROLL for (int f = 0; f < frames; f++) {
            Vec x = vec_set(in[(size_t)f * job->in_stride + i]);
            UNROLL for (int b = 0; b < blocks; b++) {
                sums[f][b] = vec_fma(weight[b], x, sums[f][b]);
            }
        }
    }
    UNROLL for (int f = 0; f < frames; f++) {
        UNROLL for (int b = 0; b < blocks; b++) {
            vec_store(out + (size_t)f * job->out_stride + b * LANES,
                      activate(job->activation, sums[f][b]));
        }
    }
}

INLINE void run_frames(const DenseJob *job, int frame, int frames) {
    int blocks = job->outputs / LANES;
    int block = 0;
    NO_UNROLL for (; block + TILE_BLOCKS <= blocks; block += TILE_BLOCKS) {
        run_tile(job, frame, frames, block, TILE_BLOCKS);
    }
    if (block < blocks) {
        run_tile(job, frame, frames, block, 1);
    }
}

static void dense(const DenseJob *job) REALTIME {
    int frame = 0;
    NO_UNROLL for (; frame + TILE_FRAMES <= job->frames; frame += TILE_FRAMES) {
        run_frames(job, frame, TILE_FRAMES);
    }
    NO_UNROLL for (; frame < job->frames; frame++) {
        run_frames(job, frame, 1);
    }
}

#endif
