// SPDX-License-Identifier: ISC
// The LSTM kernel, for any ISA whose vec_*.h comes before this file. Its shapes and its recurrent
// products are the GRU's. The cell is kept as S = TANH_SCALE s. With P / Q = tanh(a_c) and the
// powers E_f = 2^(log2(e) a_f), E_i and E_o = 2^(-log2(e) a), two divisions do:
//   S' = S + (TANH_SCALE P (1 + E_f) - S Q (1 + E_i)) / ((1 + E_f) Q (1 + E_i))
//   h' = P' / (Q' (1 + E_o)), where P' / Q' = tanh(s')
// which loses 1 - f = 1 / (1 + E_f) of the cell with relative accuracy. What rounding takes from
// the sum S' is added to the next frame's, as in the GRU.
//
// The activations of row blocks come together, the cell of each beside the output of the one
// before: a processor that looks a few hundred instructions ahead finds two chains to work on. They
// come after the sums of a set of row blocks, or, deferred, after all sums of a frame.
#ifndef GRUFF_DSP_NETWORK_KERNELS_LSTM_BODY_H
#define GRUFF_DSP_NETWORK_KERNELS_LSTM_BODY_H

#include "dsp/network/kernels/gru_body.h"

// What a step works with beside the GRU's frame. Arrays by channel, then by row block.
typedef struct LstmFrame {
    float *cell[KERNEL_CHANNELS];                      // the row of S
    Vec held[KERNEL_CHANNELS][MAX_UNROLLED];           // S, when unrolled
    Vec lost[KERNEL_CHANNELS][MAX_UNROLLED];           // what rounding took from it, likewise
    Vec sums[KERNEL_CHANNELS][MAX_BLOCKS][LSTM_GATES]; // when deferred
} LstmFrame;

// Some of them: of the row blocks from `first` on.
typedef struct LstmSums {
    Vec (*at)[MAX_BLOCKS][LSTM_GATES];
    int first;
} LstmSums;

// 2^x. The product of two such powers, and of what else meets them, stays in the range of a float;
// and a cell that loses 2^-40 of itself in a frame loses nothing in single precision.
INLINE Vec gate_power(const ActivationConstants *k, Vec x) {
    const float limit = 40.0f;
    return power_of_two(k, vec_max(vec_min(x, vec_set(limit)), vec_set(-limit)));
}

INLINE Vec cell_block(GruShape shape, const LstmFrame *lstm, int q, int block) {
    return shape.unrolled ? lstm->held[q][block] : vec_load(lstm->cell[q] + block * LANES);
}

INLINE void finish_cell(const ActivationConstants *k, GruShape shape, LstmFrame *lstm,
                        const Vec *sums, int q, int block) {
    float *at = lstm->cell[q] + block * LANES;
    float *at_lost = at + shape.blocks * LANES;
    Vec inverse_scale = vec_set((float)(1.0 / TANH_SCALE));
    Vec input = vec_fma(gate_power(k, sums[GATE_I]), inverse_scale, inverse_scale);
    Vec forget = vec_add(vec_set(k->one), gate_power(k, sums[GATE_F]));
    Vec numerator;
    Vec denominator;
    tanh_fraction(k, sums[GATE_C], &numerator, &denominator);
    Vec before = cell_block(shape, lstm, q, block);
    Vec lost = shape.unrolled ? lstm->lost[q][block] : vec_load(at_lost);
    denominator = vec_mul(denominator, input);
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
}

INLINE void finish_output(const ActivationConstants *k, const CellJob *job, GruShape shape,
                          GruFrame *frame, const LstmFrame *lstm, const Vec *sums, int q,
                          int block) {
    const float *head = job->head;
    Vec output = vec_add(vec_set(k->one), gate_power(k, sums[GATE_O]));
    Vec numerator;
    Vec denominator;
    tanh_fraction(k, cell_block(shape, lstm, q, block), &numerator, &denominator);
    Vec next = vec_div(numerator, vec_mul(denominator, output));
    vec_store(frame->next[q] + block * LANES, next);
    if (shape.unrolled) {
        frame->following[q][block] = next;
    }
    frame->head[q] = vec_fma(vec_load(head + block * LANES), next, frame->head[q]);
}

// The cell of row block `block`, the output of row block `output`; -1: none.
INLINE void finish_blocks(const CellJob *job, GruShape shape, GruFrame *frame, LstmFrame *lstm,
                          LstmSums sums, int block, int output) {
    const ActivationConstants *k = read_constants();
    EACH_STREAM(q, shape) {
        if (block >= 0) {
            finish_cell(k, shape, lstm, sums.at[q][block - sums.first], q, block);
        }
    }
    EACH_STREAM(q, shape) {
        if (output >= 0) {
            finish_output(k, job, shape, frame, lstm, sums.at[q][output - sums.first], q, output);
        }
    }
}

// All row blocks of a set.
INLINE void finish_set(const CellJob *job, GruShape shape, GruFrame *frame, LstmFrame *lstm,
                       LstmSums sums) {
    finish_blocks(job, shape, frame, lstm, sums, sums.first, -1);
    EACH(i, shape.set - 1) {
        finish_blocks(job, shape, frame, lstm, sums, sums.first + i + 1, sums.first + i);
    }
    finish_blocks(job, shape, frame, lstm, sums, -1, sums.first + shape.set - 1);
}

// All row blocks of a frame, in the order in which the next frame reads them.
INLINE void finish_frame(const CellJob *job, GruShape shape, GruFrame *frame, LstmFrame *lstm,
                         bool descending) {
    LstmSums sums = {lstm->sums, 0};
    int count = shape.blocks;
    int first = descending ? count - 1 : 0;
    int step = descending ? -1 : 1;
    finish_blocks(job, shape, frame, lstm, sums, first, -1);
    if (shape.unrolled) {
        EACH(i, count - 1) {
            finish_blocks(job, shape, frame, lstm, sums, i + 1, i);
        }
    } else {
        NO_UNROLL for (int i = 1; i < count; i++) {
            finish_blocks(job, shape, frame, lstm, sums, first + step * i, first + step * (i - 1));
        }
    }
    finish_blocks(job, shape, frame, lstm, sums, -1, first + step * (count - 1));
}

// One group: the set of row blocks from `first` on of the gates from `first_gate` to `last_gate`.
INLINE void run_lstm_group(const CellJob *job, GruShape shape, GruFrame *frame, LstmFrame *lstm,
                           int first_gate, int last_gate, int first, int chains, bool backward) {
    GruSums sums;
    int gates = last_gate - first_gate + 1;
    int vectors = gates * shape.set;
    size_t gate_size = (size_t)shape.blocks * LANES * (size_t)shape.columns;
    const float *weights = job->recurrent;
    weights += (size_t)first_gate * gate_size +
               (size_t)(gates * first) * LANES * (size_t)shape.columns;
#if !defined(__clang__)
    if (shape.streams > 1 && shape.set > 2 && GENERAL_REGISTERS == 12) {
        EACH_STREAM(q, shape) {
            IN_MEMORY(frame->x[q]); // gcc would rather move sums to memory and back
        }
    }
#endif
    EACH_STREAM(q, shape) {
        EACH_VECTOR(v, vectors) {
            sums[q][v] = input_part(job, shape, frame, q, first_gate + v / shape.set,
                                    first + v % shape.set);
        }
    }
    add_products(sums, shape, frame, weights, vectors, chains, backward);
    Vec set_sums[KERNEL_CHANNELS][MAX_BLOCKS][LSTM_GATES];
    LstmSums to = {shape.deferred ? lstm->sums : set_sums, shape.deferred ? 0 : first};
    EACH_VECTOR(v, vectors) {
        EACH_STREAM(q, shape) {
            int block = first + v % shape.set;
            to.at[q][block - to.first][first_gate + v / shape.set] = sums[q][v];
        }
    }
    if (!shape.deferred) {
        finish_set(job, shape, frame, lstm, to);
    }
}

// All sets of a range of gates.
INLINE void run_lstm_sets(const CellJob *job, GruShape shape, GruFrame *frame, LstmFrame *lstm,
                          int first_gate, int last_gate, int chains, bool backward) {
    int count = shape.blocks / shape.set;
    if (shape.unrolled) {
        EACH(i, count) {
            run_lstm_group(job, shape, frame, lstm, first_gate, last_gate, i * shape.set, chains,
                           false);
        }
    } else {
        NO_UNROLL for (int i = 0; i < count; i++) {
            int set = backward ? count - 1 - i : i;
            run_lstm_group(job, shape, frame, lstm, first_gate, last_gate, set * shape.set, chains,
                           backward);
        }
    }
    if (shape.rest > 0) {
        int more = shape.set > 2 * shape.rest ? 2 : 1; // accumulators, where registers are free
        shape.set = shape.rest;
        run_lstm_group(job, shape, frame, lstm, first_gate, last_gate, shape.blocks - shape.rest,
                       more * chains, false);
    }
}

INLINE void run_lstm_step(const CellJob *job, GruShape shape, GruFrame *frame, LstmFrame *lstm,
                          bool backward) {
    if (shape.order == ORDER_UNITS) {
        run_lstm_sets(job, shape, frame, lstm, GATE_I, GATE_O, shape.chains, backward);
    } else if (backward) {
        run_lstm_sets(job, shape, frame, lstm, GATE_C, GATE_O, shape.chains_c, true);
        run_lstm_sets(job, shape, frame, lstm, GATE_I, GATE_F, shape.chains, true);
    } else {
        run_lstm_sets(job, shape, frame, lstm, GATE_I, GATE_F, shape.chains, false);
        run_lstm_sets(job, shape, frame, lstm, GATE_C, GATE_O, shape.chains_c, false);
    }
    if (shape.deferred) {
        finish_frame(job, shape, frame, lstm, shape.zigzag && !backward);
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
        .exchanged = shape.exchanged,
        .order = shape.order,
        .set = shape.set,
        .scale = {[GATE_I] = -LOG2_E, [GATE_F] = LOG2_E, [GATE_C] = TANH_SCALE, [GATE_O] = -LOG2_E},
        .candidate_product = TANH_SCALE,
        .cell_scale = TANH_SCALE,
    };
}

#endif
