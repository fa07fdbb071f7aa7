// SPDX-License-Identifier: ISC
// The kernel of a GRU whose reset gate comes before the recurrent product, for any ISA whose
// vec_*.h comes before this file. Its shapes, its products and its update gate are the GRU's. With
// T = tanh(a_r / 2), r = (1 + T) / 2, the second product is of G = h + T h = 2 r h:
//   c = tanh(a_c + (U_c / 2) G)
#ifndef GRUFF_DSP_NETWORK_KERNELS_RESET_BEFORE_BODY_H
#define GRUFF_DSP_NETWORK_KERNELS_RESET_BEFORE_BODY_H

#include "dsp/network/kernels/gru_body.h"

// The second product's factor, in the place of h.
typedef struct Gated {
    GruFrame frame; // its h and state are G
    float *at[KERNEL_CHANNELS];
} Gated;

INLINE void gate_state(GruShape shape, const GruFrame *frame, Gated *gated, int q, int block,
                       Vec sum) {
    Vec h = state_block(shape, frame, q, block);
    Vec product = vec_fma(scaled_tanh(sum), h, h);
    vec_store(gated->at[q] + block * LANES, product);
    if (shape.unrolled) {
        gated->frame.state[q][block] = product;
    }
}

// One group: set `set` of the gates from `first_gate` to `last_gate`.
INLINE void run_gated_group(const CellJob *job, GruShape shape, GruFrame *frame, Gated *gated,
                            int first_gate, int last_gate, int set, int chains, bool backward) {
    GruSums sums;
    int vectors = (last_gate - first_gate + 1) * shape.set;
    size_t gate_size = (size_t)shape.blocks * LANES * (size_t)shape.columns;
    const float *weights = (const float *)job->recurrent + (size_t)first_gate * gate_size +
                           (size_t)set * (size_t)vectors * LANES * (size_t)shape.columns;
    EACH_STREAM(q, shape) {
        EACH_VECTOR(v, vectors) {
            sums[q][v] = input_part(job, shape, frame, q, first_gate + v / shape.set,
                                    set * shape.set + v % shape.set);
        }
    }
    add_products(sums, shape, first_gate == GATE_C ? &gated->frame : frame, weights, vectors,
                 chains, backward);
    EACH_VECTOR(v, vectors) {
        int gate = first_gate + v / shape.set;
        int block = set * shape.set + v % shape.set;
        EACH_STREAM(q, shape) {
            if (gate == GATE_R) {
                gate_state(shape, frame, gated, q, block, sums[q][v]);
            } else if (gate == GATE_Z) {
                finish_update(job, shape, frame, q, block, block, sums[q][v]);
            } else {
                finish_state(job, shape, frame, q, block, block, scaled_tanh(sums[q][v]));
            }
        }
    }
}

// All sets of a range of gates.
INLINE void run_gated_sets(const CellJob *job, GruShape shape, GruFrame *frame, Gated *gated,
                           int first_gate, int last_gate, int chains, bool backward) {
    int count = shape.blocks / shape.set;
    if (shape.unrolled) {
        EACH(set, count) {
            run_gated_group(job, shape, frame, gated, first_gate, last_gate, set, chains, false);
        }
    } else {
        NO_UNROLL for (int i = 0; i < count; i++) {
            run_gated_group(job, shape, frame, gated, first_gate, last_gate,
                            backward ? count - 1 - i : i, chains, backward);
        }
    }
}

INLINE void run_gated_step(const CellJob *job, GruShape shape, GruFrame *frame, Gated *gated,
                           bool backward) {
    if (shape.order == ORDER_PAIRS) {
        run_gated_sets(job, shape, frame, gated, GATE_R, GATE_Z, shape.chains, backward);
    } else {
        run_gated_sets(job, shape, frame, gated, GATE_R, GATE_R, shape.chains, backward);
        run_gated_sets(job, shape, frame, gated, GATE_Z, GATE_Z, shape.chains, backward);
    }
    run_gated_sets(job, shape, frame, gated, GATE_C, GATE_C, shape.chains_c, backward);
}

// A whole block of frames.
INLINE void run_reset_before(const CellJob *job, GruShape shape) {
    _Alignas(LANES * sizeof(float)) float gated_rows[KERNEL_CHANNELS][MODEL_MAX_HIDDEN];
    GruFrame frame;
    Gated gated;
    size_t width = (size_t)shape.blocks * LANES;
    open_gru(job, shape, &frame);
    EACH_STREAM(q, shape) {
        gated.at[q] = gated_rows[q];
        gated.frame.h[q] = gated_rows[q];
    }
    for (int t = 0; t < job->frames; t++) {
        unsigned row = job->first + (unsigned)t;
        EACH_STREAM(q, shape) {
            frame.h[q] = (const float *)job->rows[q] + (row & job->row_mask) * width;
            frame.next[q] = (float *)job->rows[q] + ((row + 1) & job->row_mask) * width;
            frame.x[q] = vec_set(job->in[q][t]);
            frame.head[q] = vec_set(0.0f);
        }
        if (shape.zigzag && (row & 1)) {
            run_gated_step(job, shape, &frame, &gated, true);
        } else {
            run_gated_step(job, shape, &frame, &gated, false);
        }
        EACH_STREAM(q, shape) {
            job->out[q][t] = vec_sum(frame.head[q]) + (float)job->head_bias;
            frame.bias[q] += job->bias_stride;
            if (shape.unrolled) {
                EACH(block, shape.blocks) {
                    frame.state[q][block] = frame.following[q][block];
                }
            }
        }
    }
    close_gru(job, shape, &frame);
}

INLINE CellLayout reset_before_layout(GruShape shape) {
    return gru_shape_layout(shape);
}

#endif
