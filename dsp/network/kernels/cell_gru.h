// SPDX-License-Identifier: ISC
// The equations of a GRU, for any ISA whose vec_*.h comes before this file. With gru_scales the
// sums of a step come out as the activations want them:
//   T  = tanh(a_r / 2), so that r = (1 + T) / 2
//   F  = 1 / (1 + 2^(log2(e) a_z)) = 1 - z, with relative accuracy
//   c  = tanh(a_c + d + T d), where d = (U_c h + d_c) / 2
//   h' = h + (F c - F h)
// What rounding takes from the last sum is added to the next frame's (Kahan's compensation): else
// slow units, whose F is of the size of a rounding error, would stand still short of where they
// should go.
#ifndef GRUFF_DSP_NETWORK_KERNELS_CELL_GRU_H
#define GRUFF_DSP_NETWORK_KERNELS_CELL_GRU_H

#include "dsp/network/kernels/activations.h"
#include "dsp/network/kernels/cell_frame.h"

static const CellScales gru_scales = {
    .gate = {[GATE_R] = 0.5 * TANH_SCALE, [GATE_Z] = LOG2_E, [GATE_C] = TANH_SCALE},
    .candidate_product = 0.5 * TANH_SCALE,
};

// What a step leaves for another group of gates, by channel and slot (see slot_of), and what an
// unrolled kernel keeps in registers, by channel and row block.
typedef struct Gru {
    Vec reset[KERNEL_CHANNELS][MAX_BLOCKS];       // T
    Vec one_minus_z[KERNEL_CHANNELS][MAX_BLOCKS]; // F
    Vec change[KERNEL_CHANNELS][MAX_BLOCKS];      // the compensation, less F h
    Vec compensation[KERNEL_CHANNELS][MAX_UNROLLED];
} Gru;

INLINE void gru_open(const CellJob *job, CellShape shape, Gru *gru, int c) {
    if (shape.unrolled) {
        EACH(block, shape.blocks) {
            gru->compensation[c][block] = vec_load((const float *)job->cells[c] + block * LANES);
        }
    }
}

// Only of an unrolled kernel.
INLINE void gru_close(const CellJob *job, CellShape shape, const Gru *gru, int c) {
    EACH(block, shape.blocks) {
        vec_store((float *)job->cells[c] + block * LANES, gru->compensation[c][block]);
    }
}

// Where the sum of a row block of a gate starts.
INLINE Vec gru_sum_start(const CellJob *job, CellShape shape, const Frame *frame, int c, int gate,
                         int block) {
    const float *recurrent_bias = job->recurrent_bias;
    return gate == GATE_C ? vec_load(recurrent_bias + block * LANES)
                          : input_sum(job, shape, frame, c, gate, block);
}

INLINE void gru_update_gate(const CellJob *job, CellShape shape, const Frame *frame, Gru *gru,
                            int c, int slot, int block, Vec sum) {
    Vec one_minus_z = inverse_one_plus_exp2(sum);
    Vec compensation = shape.unrolled ? gru->compensation[c][block]
                                      : vec_load((const float *)job->cells[c] + block * LANES);
    gru->one_minus_z[c][slot] = one_minus_z;
    gru->change[c][slot] = vec_fnma(one_minus_z, operand_block(&frame->h, shape, c, block),
                                    compensation);
}

INLINE void gru_new_state(const CellJob *job, CellShape shape, Frame *frame, Gru *gru, int c,
                          int slot, int block, Vec candidate) {
    Vec h = operand_block(&frame->h, shape, c, block);
    Vec change = vec_fma(gru->one_minus_z[c][slot], candidate, gru->change[c][slot]);
    Vec next = vec_add(h, change);
    Vec compensation = vec_sub(change, vec_sub(next, h));
    put_state(job, shape, frame, c, block, next);
    if (shape.unrolled) {
        gru->compensation[c][block] = compensation;
    } else {
        vec_store((float *)job->cells[c] + block * LANES, compensation);
    }
}

// The whole sum of a row block of a gate.
INLINE void gru_finish_sum(const CellJob *job, CellShape shape, Frame *frame, Gru *gru, int c,
                           int gate, int slot, int block, Vec sum) {
    if (gate == GATE_R) {
        gru->reset[c][slot] = scaled_tanh(sum);
    } else if (gate == GATE_Z) {
        gru_update_gate(job, shape, frame, gru, c, slot, block, sum);
    } else {
        Vec input = input_sum(job, shape, frame, c, GATE_C, block);
        Vec candidate = scaled_tanh(vec_fma(gru->reset[c][slot], sum, vec_add(input, sum)));
        gru_new_state(job, shape, frame, gru, c, slot, block, candidate);
    }
}

#endif
