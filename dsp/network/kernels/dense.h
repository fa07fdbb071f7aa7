// SPDX-License-Identifier: ISC
// The dense kernel, for any ISA whose vec_*.h comes before this file. A sum is always made in the
// order of the inputs, whatever the number of frames in a call.
#ifndef GRUFF_DSP_NETWORK_KERNELS_DENSE_H
#define GRUFF_DSP_NETWORK_KERNELS_DENSE_H

#include "dsp/network/kernels/activations.h"
#include "dsp/network/kernels/kernels.h"

enum {
    TILE_FRAMES = 4, // frames that share a load of weights
    TILE_BLOCKS = 2, // row blocks summed together
};

// Of units `unit` and on. ACTIVATION_SOFTMAX is a matter of the whole row: see softmax.
INLINE Vec activate(const DenseJob *job, int unit, Vec x) {
    Vec zero = vec_set(0.0f);
    Vec one = vec_set(1.0f);
    switch (job->activation) {
    case ACTIVATION_TANH:
        return scaled_tanh(vec_mul(x, vec_set((float)TANH_SCALE)));
    case ACTIVATION_SIGMOID:
        return inverse_one_plus_exp2(vec_mul(x, vec_set((float)-LOG2_E)));
    case ACTIVATION_RELU:
        return vec_max(x, zero);
    case ACTIVATION_ELU: {
        Vec power = clamped_power_of_two(read_constants(), vec_mul(x, vec_set((float)LOG2_E)));
        return vec_add(vec_max(x, zero), vec_sub(vec_min(power, one), one));
    }
    case ACTIVATION_PRELU: {
        Vec slope = vec_load((const float *)job->slope + unit);
        return vec_fma(slope, vec_min(x, zero), vec_max(x, zero));
    }
    default:
        return x;
    }
}

INLINE void run_tile(const DenseJob *job, int frame, int frames, int block, int blocks) {
    size_t inputs = (size_t)job->inputs;
    const float *weights = (const float *)job->weights + (size_t)block * LANES * inputs;
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
                      activate(job, (block + b) * LANES, sums[f][b]));
        }
    }
}

// Of a row of `count` numbers, whose padding is as small as a number can be.
INLINE void softmax(float *row, int count) {
    float largest = row[0];
    for (int i = 1; i < count; i++) {
        largest = row[i] > largest ? row[i] : largest;
    }
    Vec sum = vec_set(0.0f);
    NO_UNROLL for (int i = 0; i < count; i += LANES) {
        Vec x = vec_sub(vec_load(row + i), vec_set(largest));
        Vec power = clamped_power_of_two(read_constants(), vec_mul(x, vec_set((float)LOG2_E)));
        vec_store(row + i, power);
        sum = vec_add(sum, power);
    }
    Vec factor = vec_set(1.0f / vec_sum(sum));
    NO_UNROLL for (int i = 0; i < count; i += LANES) {
        vec_store(row + i, vec_mul(vec_load(row + i), factor));
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
    for (frame = 0; job->activation == ACTIVATION_SOFTMAX && frame < job->frames; frame++) {
        softmax((float *)job->out + (size_t)frame * job->out_stride, job->outputs);
    }
}

#endif
