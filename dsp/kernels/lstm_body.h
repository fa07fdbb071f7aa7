// SPDX-License-Identifier: ISC
// The LSTM kernel, for any ISA whose vec_*.h comes before this file. Its shapes and its recurrent
// products are the GRU's. The cell is kept as S = TANH_SCALE s. With P / Q = tanh(a_c) and the
// powers E_f = 2^(log2(e) a_f), E_i and E_o = 2^(-log2(e) a), two divisions do:
//   S' = S + (TANH_SCALE P (1 + E_f) - S Q (1 + E_i)) / ((1 + E_f) Q (1 + E_i))
//   h' = P' / (Q' (1 + E_o)), where P' / Q' = tanh(s')
// which loses 1 - f = 1 / (1 + E_f) of the cell with relative accuracy. What rounding takes from
// the sum S' is added to the next frame's, as in the GRU.
#ifndef GRUFF_DSP_KERNELS_LSTM_BODY_H
#define GRUFF_DSP_KERNELS_LSTM_BODY_H

#include "dsp/kernels/gru_body.h"

// What a step works with beside the GRU's frame. Arrays by channel, then by row block, or by row
// block of the set (ORDER_UNITS).
typedef struct LstmFrame {
    float *cell[KERNEL_CHANNELS];                 // the row of S
    Vec held[KERNEL_CHANNELS][MAX_UNROLLED];      // S, when unrolled; by row block
    Vec lost[KERNEL_CHANNELS][MAX_UNROLLED];      // what rounding took from it, likewise
    Vec input[KERNEL_CHANNELS][MAX_BLOCKS];       // (1 + E_i) / TANH_SCALE
    Vec forget[KERNEL_CHANNELS][MAX_BLOCKS];      // 1 + E_f
    Vec numerator[KERNEL_CHANNELS][MAX_BLOCKS];   // P'
    Vec denominator[KERNEL_CHANNELS][MAX_BLOCKS]; // Q'
} LstmFrame;

// 2^x. The product of two such powers, and of what else meets them, stays in the range of a float;
// and a cell that loses 2^-40 of itself in a frame loses nothing in single precision.
INLINE Vec gate_power(const ActivationConstants *k, Vec x) {
    const float limit = 40.0f;
    return power_of_two(k, vec_max(vec_min(x, vec_set(limit)), vec_set(-limit)));
}

INLINE void finish_cell(const ActivationConstants *k, GruShape shape, LstmFrame *lstm, int q,
                        int slot, int block, Vec sum) {
    float *at = lstm->cell[q] + block * LANES;
    float *at_lost = at + shape.blocks * LANES;
    Vec before = shape.unrolled ? lstm->held[q][block] : vec_load(at);
    Vec lost = shape.unrolled ? lstm->lost[q][block] : vec_load(at_lost);
    Vec forget = lstm->forget[q][slot];
    Vec numerator;
    Vec denominator;
    tanh_fraction(k, sum, &numerator, &denominator);
    denominator = vec_mul(denominator, lstm->input[q][slot]);
    numerator = vec_fnma(before, denominator, vec_mul(numerator, forget));
    Vec change = vec_add(lost, vec_div(numerator, vec_mul(denominator, forget)));
    Vec cell = vec_add(before, change);
    lost = vec_sub(change, vec_sub(cell, before));
    if (shape.unrolled) {
        lstm->held[q][block] = cell;
        lstm->lost[q][block] = lost;
    } else {
        vec_store(at, cell);
        vec_store(at_lost, lost);
    }
    tanh_fraction(k, cell, &lstm->numerator[q][slot], &lstm->denominator[q][slot]);
}

INLINE void finish_output(const ActivationConstants *k, const CellJob *job, GruShape shape,
                          GruFrame *frame, const LstmFrame *lstm, int q, int slot, int block,
                          Vec sum) {
    const float *head = job->head;
    Vec output = vec_add(vec_set(k->one), gate_power(k, sum));
    Vec next = vec_div(lstm->numerator[q][slot], vec_mul(lstm->denominator[q][slot], output));
    vec_store(frame->next[q] + block * LANES, next);
    if (shape.unrolled) {
        frame->following[q][block] = next;
    }
    frame->head[q] = vec_fma(vec_load(head + block * LANES), next, frame->head[q]);
}

INLINE void finish_gate(const ActivationConstants *k, const CellJob *job, GruShape shape,
                        GruFrame *frame, LstmFrame *lstm, int q, int gate, int slot, int block,
                        Vec sum) {
    Vec one = vec_set(k->one);
    Vec inverse_scale = vec_set((float)(1.0 / TANH_SCALE));
    if (gate == GATE_I) {
        lstm->input[q][slot] = vec_fma(gate_power(k, sum), inverse_scale, inverse_scale);
    } else if (gate == GATE_F) {
        lstm->forget[q][slot] = vec_add(one, gate_power(k, sum));
    } else if (gate == GATE_C) {
        finish_cell(k, shape, lstm, q, slot, block, sum);
    } else {
        finish_output(k, job, shape, frame, lstm, q, slot, block, sum);
    }
}

// One group: set `set` of the gates from `first_gate` to `last_gate`.
INLINE void run_lstm_group(const CellJob *job, GruShape shape, GruFrame *frame, LstmFrame *lstm,
                           int first_gate, int last_gate, int set, int chains, bool backward) {
    GruSums sums;
    int vectors = (last_gate - first_gate + 1) * shape.set;
    size_t gate_size = (size_t)shape.blocks * LANES * (size_t)shape.columns;
    const float *weights = job->recurrent;
    if (shape.spread) {
        int total = LSTM_GATES * shape.blocks * LANES;
        int width = vectors * LANES;
        weights += spread_at(total, shape.columns, set * width, width, 0);
    } else {
        weights += (size_t)first_gate * gate_size +
                   (size_t)set * (size_t)vectors * LANES * (size_t)shape.columns;
    }
    EACH_STREAM(q, shape) {
        EACH_VECTOR(v, vectors) {
            sums[q][v] = input_part(job, shape, frame, q, first_gate + v / shape.set,
                                    set * shape.set + v % shape.set);
        }
    }
    add_products(sums, shape, frame, weights, vectors, chains, backward);
    const ActivationConstants *k = read_constants();
    EACH_VECTOR(v, vectors) {
        int gate = first_gate + v / shape.set;
        int block = set * shape.set + v % shape.set;
        int slot = shape.order == ORDER_UNITS ? v % shape.set : block;
        EACH_STREAM(q, shape) {
            finish_gate(k, job, shape, frame, lstm, q, gate, slot, block, sums[q][v]);
        }
    }
}

// All sets of a range of gates.
INLINE void run_lstm_sets(const CellJob *job, GruShape shape, GruFrame *frame, LstmFrame *lstm,
                          int first_gate, int last_gate, int chains, bool backward) {
    int count = shape.blocks / shape.set;
    if (shape.unrolled) {
        EACH(i, count) {
            run_lstm_group(job, shape, frame, lstm, first_gate, last_gate, i, chains, false);
        }
    } else {
        NO_UNROLL for (int i = 0; i < count; i++) {
            run_lstm_group(job, shape, frame, lstm, first_gate, last_gate,
                           backward ? count - 1 - i : i, chains, backward);
        }
    }
}

INLINE void run_lstm_step(const CellJob *job, GruShape shape, GruFrame *frame, LstmFrame *lstm,
                          bool backward) {
    if (shape.order == ORDER_UNITS) {
        run_lstm_sets(job, shape, frame, lstm, GATE_I, GATE_O, shape.chains, backward);
    } else {
        run_lstm_sets(job, shape, frame, lstm, GATE_I, GATE_F, shape.chains, false);
        run_lstm_sets(job, shape, frame, lstm, GATE_C, GATE_O, shape.chains_c, false);
    }
}

INLINE void open_lstm(const CellJob *job, GruShape shape, GruFrame *frame, LstmFrame *lstm) {
    size_t width = (size_t)shape.blocks * LANES;
    EACH_STREAM(q, shape) {
        const float *h = (const float *)job->rows[q] + (job->first & job->row_mask) * width;
        frame->bias[q] = job->bias[q];
        lstm->cell[q] = job->cells[q];
        if (shape.unrolled) {
            EACH(block, shape.blocks) {
                frame->state[q][block] = vec_load(h + block * LANES);
                lstm->held[q][block] = vec_load(lstm->cell[q] + block * LANES);
                lstm->lost[q][block] = vec_load(lstm->cell[q] + width + block * LANES);
            }
        }
    }
}

// A whole block of frames.
INLINE void run_lstm(const CellJob *job, GruShape shape) {
    GruFrame frame;
    LstmFrame lstm;
    size_t width = (size_t)shape.blocks * LANES;
    open_lstm(job, shape, &frame, &lstm);
    for (int t = 0; t < job->frames; t++) {
        unsigned row = job->first + (unsigned)t;
        EACH_STREAM(q, shape) {
            frame.h[q] = (const float *)job->rows[q] + (row & job->row_mask) * width;
            frame.next[q] = (float *)job->rows[q] + ((row + 1) & job->row_mask) * width;
            frame.x[q] = vec_set(job->in[q][t]);
            frame.head[q] = vec_set(0.0f);
        }
        if (shape.zigzag && (row & 1)) {
            run_lstm_step(job, shape, &frame, &lstm, true);
        } else {
            run_lstm_step(job, shape, &frame, &lstm, false);
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
                vec_store(lstm.cell[q] + block * LANES, lstm.held[q][block]);
                vec_store(lstm.cell[q] + width + block * LANES, lstm.lost[q][block]);
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
        .order = shape.order,
        .set = shape.set,
        .spread = shape.spread,
        .scale = {[GATE_I] = -LOG2_E, [GATE_F] = LOG2_E, [GATE_C] = TANH_SCALE, [GATE_O] = -LOG2_E},
        .candidate_product = TANH_SCALE,
        .cell_scale = TANH_SCALE,
    };
}

#endif
