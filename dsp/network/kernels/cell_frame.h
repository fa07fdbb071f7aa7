// SPDX-License-Identifier: ISC
// One frame of a recurrent kernel, whatever its cell: where it reads and writes. Arrays by channel.
#ifndef GRUFF_DSP_NETWORK_KERNELS_CELL_FRAME_H
#define GRUFF_DSP_NETWORK_KERNELS_CELL_FRAME_H

#include "dsp/network/kernels/products.h"

typedef struct Frame {
    Operand h;                                     // before
    float *next[KERNEL_CHANNELS];                  // the row of h after
    Vec next_block[KERNEL_CHANNELS][MAX_UNROLLED]; // likewise, when unrolled
    const float *bias[KERNEL_CHANNELS];            // a row for each gate
    Vec x[KERNEL_CHANNELS];
    Vec head[KERNEL_CHANNELS]; // the head's partial sums
} Frame;

// The row of h before frame `index` of a channel's sequence.
INLINE float *row_before(const CellJob *job, CellShape shape, int c, unsigned index) {
    return (float *)job->rows[c] + (index & job->row_mask) * (size_t)(shape.blocks * LANES);
}

// Bias and audio input of one row block of a gate.
INLINE Vec input_sum(const CellJob *job, CellShape shape, const Frame *frame, int c, int gate,
                     int block) {
    int at = (gate * shape.blocks + block) * LANES;
    const float *weights = job->input_weights;
    return vec_fma(vec_load(weights + at), frame->x[c], vec_load(frame->bias[c] + at));
}

// The new h of one row block goes to its row and to the head.
INLINE void put_state(const CellJob *job, CellShape shape, Frame *frame, int c, int block,
                      Vec next) {
    const float *head = job->head;
    vec_store(frame->next[c] + block * LANES, next);
    if (shape.unrolled) {
        frame->next_block[c][block] = next;
    }
    frame->head[c] = vec_fma(vec_load(head + block * LANES), next, frame->head[c]);
}

#endif
