// SPDX-License-Identifier: ISC
// The LSTM kernel, for any ISA whose vec_*.h comes before this file. Its shapes and its recurrent
// products are the GRU's. The cell is kept as S = TANH_SCALE s. With P / Q = tanh(a_c) and the
// powers E_f = 2^(log2(e) a_f), E_i and E_o = 2^(-log2(e) a), two divisions do:
//   S' = S + (TANH_SCALE P (1 + E_f) - S Q (1 + E_i)) / ((1 + E_f) Q (1 + E_i))
//   h' = P' / (Q' (1 + E_o)), where P' / Q' = tanh(s')
// which loses 1 - f = 1 / (1 + E_f) of the cell with relative accuracy.
#ifndef GRUFF_DSP_KERNELS_LSTM_BODY_H
#define GRUFF_DSP_KERNELS_LSTM_BODY_H

#include "dsp/kernels/gru_body.h"

typedef struct LstmCells {
    float *at[KERNEL_CHANNELS];            // the rows
    Vec held[KERNEL_CHANNELS][MAX_BLOCKS]; // S, when unrolled
} LstmCells;

// 2^x. The product of two such powers, and of what else meets them, stays in the range of a float;
// and a cell that loses 2^-40 of itself in a frame loses nothing in single precision.
INLINE Vec gate_power(const ActivationConstants *k, Vec x) {
    const float limit = 40.0f;
    return power_of_two(k, vec_max(vec_min(x, vec_set(limit)), vec_set(-limit)));
}

// From the sums of its gates and S to S' (returned) and h'.
INLINE Vec lstm_unit(const Vec gate[LSTM_GATES], Vec cell, Vec *h) {
    const ActivationConstants *k = read_constants();
    Vec one = vec_set(k->one);
    Vec inverse_scale = vec_set((float)(1.0 / TANH_SCALE));
    Vec numerator;
    Vec denominator;
    tanh_fraction(k, gate[GATE_C], &numerator, &denominator);
    Vec forget = vec_add(one, gate_power(k, gate[GATE_F]));
    Vec input = vec_fma(gate_power(k, gate[GATE_I]), inverse_scale, inverse_scale);
    Vec output = vec_add(one, gate_power(k, gate[GATE_O]));
    Vec product = vec_mul(denominator, input);
    Vec change = vec_div(vec_fnma(cell, product, vec_mul(numerator, forget)),
                         vec_mul(product, forget));
    cell = vec_add(cell, change);
    tanh_fraction(k, cell, &numerator, &denominator);
    *h = vec_div(numerator, vec_mul(denominator, output));
    return cell;
}

// One set of row blocks.
INLINE void run_lstm_set(const CellJob *job, GruShape shape, GruFrame *frame, LstmCells *cells,
                         int set, bool backward) {
    GruSums sums;
    const float *head = job->head;
    int vectors = LSTM_GATES * shape.set;
    const float *weights = (const float *)job->recurrent +
                           (size_t)set * (size_t)vectors * LANES * (size_t)shape.columns;
    EACH_STREAM(q, shape) {
        EACH_VECTOR(v, vectors) {
            sums[q][v] = input_part(job, shape, frame, q, v / shape.set,
                                    set * shape.set + v % shape.set);
        }
    }
    add_products(sums, shape, frame, weights, vectors, shape.chains, backward);
    EACH(slot, shape.set) {
        int block = set * shape.set + slot;
        EACH_STREAM(q, shape) {
            Vec gate[LSTM_GATES];
            UNROLL for (int g = 0; g < LSTM_GATES; g++) {
                gate[g] = sums[q][g * shape.set + slot];
            }
            float *at = cells->at[q] + block * LANES;
            Vec next;
            Vec cell = lstm_unit(gate, shape.unrolled ? cells->held[q][block] : vec_load(at),
                                 &next);
            vec_store(frame->next[q] + block * LANES, next);
            if (shape.unrolled) {
                cells->held[q][block] = cell;
                frame->following[q][block] = next;
            } else {
                vec_store(at, cell);
            }
            frame->head[q] = vec_fma(vec_load(head + block * LANES), next, frame->head[q]);
        }
    }
}

INLINE void run_lstm_step(const CellJob *job, GruShape shape, GruFrame *frame, LstmCells *cells,
                          bool backward) {
    int count = shape.blocks / shape.set;
    if (shape.unrolled) {
        EACH(i, count) {
            run_lstm_set(job, shape, frame, cells, backward ? count - 1 - i : i, backward);
        }
    } else {
        NO_UNROLL for (int i = 0; i < count; i++) {
            run_lstm_set(job, shape, frame, cells, backward ? count - 1 - i : i, backward);
        }
    }
}

INLINE void open_lstm(const CellJob *job, GruShape shape, GruFrame *frame, LstmCells *cells) {
    size_t width = (size_t)shape.blocks * LANES;
    EACH_STREAM(q, shape) {
        const float *h = (const float *)job->rows[q] + (job->first & job->row_mask) * width;
        frame->bias[q] = job->bias[q];
        cells->at[q] = job->cells[q];
        if (shape.unrolled) {
            EACH(block, shape.blocks) {
                frame->state[q][block] = vec_load(h + block * LANES);
                cells->held[q][block] = vec_load(cells->at[q] + block * LANES);
            }
        }
    }
}

// A whole block of frames.
INLINE void run_lstm(const CellJob *job, GruShape shape) {
    GruFrame frame;
    LstmCells cells;
    size_t width = (size_t)shape.blocks * LANES;
    open_lstm(job, shape, &frame, &cells);
    for (int t = 0; t < job->frames; t++) {
        unsigned row = job->first + (unsigned)t;
        EACH_STREAM(q, shape) {
            frame.h[q] = (const float *)job->rows[q] + (row & job->row_mask) * width;
            frame.next[q] = (float *)job->rows[q] + ((row + 1) & job->row_mask) * width;
            frame.x[q] = vec_set(job->in[q][t]);
            frame.head[q] = vec_set(0.0f);
        }
        if (shape.zigzag && (row & 1)) {
            run_lstm_step(job, shape, &frame, &cells, true);
        } else {
            run_lstm_step(job, shape, &frame, &cells, false);
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
    EACH_STREAM(q, shape) {
        if (shape.unrolled) {
            EACH(block, shape.blocks) {
                vec_store(cells.at[q] + block * LANES, cells.held[q][block]);
            }
        }
    }
}

INLINE CellLayout lstm_layout(GruShape shape) {
    return (CellLayout){
        .lanes = LANES,
        .blocks = shape.blocks,
        .columns = shape.columns,
        .rotated = shape.rotated,
        .order = ORDER_UNITS,
        .set = shape.set,
        .scale = {[GATE_I] = -LOG2_E, [GATE_F] = LOG2_E, [GATE_C] = TANH_SCALE, [GATE_O] = -LOG2_E},
        .candidate_product = TANH_SCALE,
        .cell_scale = TANH_SCALE,
    };
}

#endif
