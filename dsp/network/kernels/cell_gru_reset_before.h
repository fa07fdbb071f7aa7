// SPDX-License-Identifier: ISC
// The equations of a GRU whose reset gate comes before the recurrent product, for any ISA whose
// vec_*.h comes before this file. Its scales and its update gate are the GRU's. With
// T = tanh(a_r / 2), r = (1 + T) / 2, the second product is of G = h + T h = 2 r h:
//   c = tanh(a_c + (U_c / 2) G)
#ifndef GRUFF_DSP_NETWORK_KERNELS_CELL_GRU_RESET_BEFORE_H
#define GRUFF_DSP_NETWORK_KERNELS_CELL_GRU_RESET_BEFORE_H

#include "dsp/network/kernels/cell_gru.h"

typedef struct GruResetBefore {
    Gru gru;
    Operand gated; // G
    float *gated_row[KERNEL_CHANNELS];
} GruResetBefore;

// `row` is memory for G.
INLINE void reset_before_open(const CellJob *job, CellShape shape, GruResetBefore *cell, int c,
                              float *row) {
    cell->gated.row[c] = row;
    cell->gated_row[c] = row;
    gru_open(job, shape, &cell->gru, c);
}

// The whole sum of a row block of a gate.
INLINE void reset_before_finish_sum(const CellJob *job, CellShape shape, Frame *frame,
                                    GruResetBefore *cell, int c, int gate, int slot, int block,
                                    Vec sum) {
    if (gate == GATE_R) {
        Vec h = operand_block(&frame->h, shape, c, block);
        Vec gated = vec_fma(scaled_tanh(sum), h, h);
        vec_store(cell->gated_row[c] + block * LANES, gated);
        if (shape.unrolled) {
            cell->gated.block[c][block] = gated;
        }
    } else if (gate == GATE_Z) {
        gru_update_gate(job, shape, frame, &cell->gru, c, slot, block, sum);
    } else {
        gru_new_state(job, shape, frame, &cell->gru, c, slot, block, scaled_tanh(sum));
    }
}

#endif
