// SPDX-License-Identifier: ISC
// The equations of an LSTM, for any ISA whose vec_*.h comes before this file. The cell is kept as
// S = TANH_SCALE s. With P / Q = tanh(a_c) and the powers E_f = 2^(log2(e) a_f), E_i and
// E_o = 2^(-log2(e) a), two divisions do:
//   S' = S + (TANH_SCALE P (1 + E_f) - S Q (1 + E_i)) / ((1 + E_f) Q (1 + E_i))
//   h' = P' / (Q' (1 + E_o)), where P' / Q' = tanh(s')
// which loses 1 - f = 1 / (1 + E_f) of the cell with relative accuracy. What rounding takes from
// the sum S' is added to the next frame's, as in the GRU.
//
// The activations of row blocks come together, the cell of each beside the output of the one
// before: a processor that looks a few hundred instructions ahead finds two chains of them to work
// on. They come after the sums of a set of row blocks, or, deferred, after all sums of a frame.
#ifndef GRUFF_DSP_NETWORK_KERNELS_CELL_LSTM_H
#define GRUFF_DSP_NETWORK_KERNELS_CELL_LSTM_H

#include "dsp/network/kernels/activations.h"
#include "dsp/network/kernels/cell_frame.h"

static const CellScales lstm_scales = {
    .gate = {[GATE_I] = -LOG2_E, [GATE_F] = LOG2_E, [GATE_C] = TANH_SCALE, [GATE_O] = -LOG2_E},
    .candidate_product = TANH_SCALE,
    .cell = TANH_SCALE,
};

// The cells' rows, and what an unrolled kernel keeps of them in registers, by channel and row
// block; the finished sums, by channel, slot (see slot_of) and gate.
typedef struct Lstm {
    float *row[KERNEL_CHANNELS]; // S, and behind it what rounding took from it
    Vec cell[KERNEL_CHANNELS][MAX_UNROLLED];
    Vec compensation[KERNEL_CHANNELS][MAX_UNROLLED];
    Vec sums[KERNEL_CHANNELS][MAX_BLOCKS][LSTM_GATES];
} Lstm;

INLINE void lstm_open(const CellJob *job, CellShape shape, Lstm *lstm, int c) {
    lstm->row[c] = job->cells[c];
    if (shape.unrolled) {
        EACH(block, shape.blocks) {
            lstm->cell[c][block] = vec_load(lstm->row[c] + block * LANES);
            lstm->compensation[c][block] = vec_load(lstm->row[c] + (shape.blocks + block) * LANES);
        }
    }
}

// Only of an unrolled kernel.
INLINE void lstm_close(CellShape shape, const Lstm *lstm, int c) {
    EACH(block, shape.blocks) {
        vec_store(lstm->row[c] + block * LANES, lstm->cell[c][block]);
        vec_store(lstm->row[c] + (shape.blocks + block) * LANES, lstm->compensation[c][block]);
    }
}

// 2^x. The product of two such powers, and of what else meets them, stays in the range of a float;
// and a cell that loses 2^-40 of itself in a frame loses nothing in single precision.
INLINE Vec gate_power(const ActivationConstants *k, Vec x) {
    const float limit = 40.0f;
    return power_of_two(k, vec_max(vec_min(x, vec_set(limit)), vec_set(-limit)));
}

INLINE Vec cell_block(CellShape shape, const Lstm *lstm, int c, int block) {
    return shape.unrolled ? lstm->cell[c][block] : vec_load(lstm->row[c] + block * LANES);
}

INLINE void lstm_new_cell(const ActivationConstants *k, CellShape shape, Lstm *lstm,
                          const Vec *sums, int c, int block) {
    float *at = lstm->row[c] + block * LANES;
    float *at_compensation = at + shape.blocks * LANES;
    Vec inverse_scale = vec_set((float)(1.0 / TANH_SCALE));
    Vec input = vec_fma(gate_power(k, sums[GATE_I]), inverse_scale, inverse_scale);
    Vec forget = vec_add(vec_set(k->one), gate_power(k, sums[GATE_F]));
    Vec numerator;
    Vec denominator;
    tanh_fraction(k, sums[GATE_C], &numerator, &denominator);
    Vec before = cell_block(shape, lstm, c, block);
    Vec compensation = shape.unrolled ? lstm->compensation[c][block] : vec_load(at_compensation);
    denominator = vec_mul(denominator, input);
    numerator = vec_fnma(before, denominator, vec_mul(numerator, forget));
    Vec change = vec_add(compensation, vec_div(numerator, vec_mul(denominator, forget)));
    Vec cell = vec_add(before, change);
    compensation = vec_sub(change, vec_sub(cell, before));
    if (shape.unrolled) {
        lstm->cell[c][block] = cell;
        lstm->compensation[c][block] = compensation;
    } else {
        vec_store(at, cell);
        vec_store(at_compensation, compensation);
    }
}

INLINE void lstm_new_state(const ActivationConstants *k, const CellJob *job, CellShape shape,
                           Frame *frame, const Lstm *lstm, const Vec *sums, int c, int block) {
    Vec output = vec_add(vec_set(k->one), gate_power(k, sums[GATE_O]));
    Vec numerator;
    Vec denominator;
    tanh_fraction(k, cell_block(shape, lstm, c, block), &numerator, &denominator);
    put_state(job, shape, frame, c, block, vec_div(numerator, vec_mul(denominator, output)));
}

// The cell of row block `cell`, the output of row block `output`; -1: none. Slot 0 has the sums of
// row block `first`.
INLINE void lstm_activate(const CellJob *job, CellShape shape, Frame *frame, Lstm *lstm, int first,
                          int cell, int output) {
    const ActivationConstants *k = read_constants();
    EACH_CHANNEL(c, shape) {
        if (cell >= 0) {
            lstm_new_cell(k, shape, lstm, lstm->sums[c][cell - first], c, cell);
        }
    }
    EACH_CHANNEL(c, shape) {
        if (output >= 0) {
            lstm_new_state(k, job, shape, frame, lstm, lstm->sums[c][output - first], c, output);
        }
    }
}

// All row blocks of the set that begins with `first`.
INLINE void lstm_finish_set(const CellJob *job, CellShape shape, Frame *frame, Lstm *lstm,
                            int first) {
    lstm_activate(job, shape, frame, lstm, first, first, -1);
    EACH(i, shape.set - 1) {
        lstm_activate(job, shape, frame, lstm, first, first + i + 1, first + i);
    }
    lstm_activate(job, shape, frame, lstm, first, -1, first + shape.set - 1);
}

// All row blocks of a frame, in the order in which the next frame reads them.
INLINE void lstm_finish_frame(const CellJob *job, CellShape shape, Frame *frame, Lstm *lstm,
                              bool descending) {
    int count = shape.blocks;
    int first = descending ? count - 1 : 0;
    int step = descending ? -1 : 1;
    lstm_activate(job, shape, frame, lstm, 0, first, -1);
    if (shape.unrolled) {
        EACH(i, count - 1) {
            lstm_activate(job, shape, frame, lstm, 0, i + 1, i);
        }
    } else {
        NO_UNROLL for (int i = 1; i < count; i++) {
            lstm_activate(job, shape, frame, lstm, 0, first + step * i, first + step * (i - 1));
        }
    }
    lstm_activate(job, shape, frame, lstm, 0, -1, first + step * (count - 1));
}

#endif
