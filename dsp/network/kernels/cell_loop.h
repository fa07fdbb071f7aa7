// SPDX-License-Identifier: ISC
// The loop of all recurrent kernels: over the frames of a block; in a frame over its groups of
// gates, and over the sets of row blocks of each. A cell_*.h gives the equations of its cell: where
// a sum starts, what becomes of it when it is whole.
#ifndef GRUFF_DSP_NETWORK_KERNELS_CELL_LOOP_H
#define GRUFF_DSP_NETWORK_KERNELS_CELL_LOOP_H

#include "dsp/network/kernels/cell_gru.h"
#include "dsp/network/kernels/cell_gru_reset_before.h"
#include "dsp/network/kernels/cell_lstm.h"

// What a cell remembers; a kernel has only one of them.
typedef struct Cell {
    Gru gru;
    GruResetBefore reset_before;
    Lstm lstm;
} Cell;

// The sums of one set of row blocks, from `block` on, of the gates from `first_gate` to
// `last_gate`.
typedef struct Group {
    int first_gate, last_gate;
    int block;
    int accumulators;
    bool backward;
} Group;

// ---- What a cell does ----

INLINE int last_gate(CellShape shape) {
    return shape.cell == LAYER_LSTM ? GATE_O : GATE_C;
}

// `row` is memory for a row of the cell's own.
INLINE void open_cell(const CellJob *job, CellShape shape, Cell *cell, int c, float *row) {
    if (shape.cell == LAYER_LSTM) {
        lstm_open(job, shape, &cell->lstm, c);
    } else if (shape.cell == LAYER_GRU_RESET_BEFORE) {
        reset_before_open(job, shape, &cell->reset_before, c, row);
    } else {
        gru_open(job, shape, &cell->gru, c);
    }
}

// What an unrolled kernel has in registers goes back to memory.
INLINE void close_cell(const CellJob *job, CellShape shape, const Cell *cell, int c) {
    if (shape.cell == LAYER_LSTM) {
        lstm_close(shape, &cell->lstm, c);
    } else if (shape.cell == LAYER_GRU_RESET_BEFORE) {
        gru_close(job, shape, &cell->reset_before.gru, c);
    } else {
        gru_close(job, shape, &cell->gru, c);
    }
}

INLINE Vec sum_start(const CellJob *job, CellShape shape, const Frame *frame, int c, int gate,
                     int block) {
    return shape.cell == LAYER_GRU ? gru_sum_start(job, shape, frame, c, gate, block)
                                   : input_sum(job, shape, frame, c, gate, block);
}

// What the recurrent weights of a group are multiplied by.
INLINE const Operand *group_operand(CellShape shape, const Frame *frame, const Cell *cell,
                                    const Group *group) {
    return shape.cell == LAYER_GRU_RESET_BEFORE && group->first_gate == GATE_C
               ? &cell->reset_before.gated
               : &frame->h;
}

INLINE void finish_sum(const CellJob *job, CellShape shape, Frame *frame, Cell *cell, int c,
                       int gate, int slot, int block, Vec sum) {
    if (shape.cell == LAYER_LSTM) {
        cell->lstm.sums[c][slot][gate] = sum;
    } else if (shape.cell == LAYER_GRU_RESET_BEFORE) {
        reset_before_finish_sum(job, shape, frame, &cell->reset_before, c, gate, slot, block, sum);
    } else {
        gru_finish_sum(job, shape, frame, &cell->gru, c, gate, slot, block, sum);
    }
}

// After the sums of a set of row blocks, from `first` on.
INLINE void finish_set(const CellJob *job, CellShape shape, Frame *frame, Cell *cell, int first) {
    if (shape.cell == LAYER_LSTM && !shape.deferred) {
        lstm_finish_set(job, shape, frame, &cell->lstm, first);
    }
}

// After all sums of a frame.
INLINE void finish_frame(const CellJob *job, CellShape shape, Frame *frame, Cell *cell,
                         bool backward) {
    if (shape.cell == LAYER_LSTM && shape.deferred) {
        lstm_finish_frame(job, shape, frame, &cell->lstm, shape.alternating && !backward);
    }
}

// ---- The loop ----

// Where what belongs to row block `i` of a set waits for the other gates: in one place for all
// sets, which can be registers, or in one for each row block, when other sets come before them.
INLINE int slot_of(CellShape shape, const Group *group, int i) {
    return shape.order == ORDER_UNITS && !shape.deferred ? i : group->block + i;
}

INLINE const float *group_weights(const CellJob *job, CellShape shape, const Group *group) {
    size_t block = (size_t)LANES * (size_t)shape.columns; // numbers of a row block of a gate
    int gates = group->last_gate - group->first_gate + 1;
    const float *weights = job->recurrent_weights;
    weights += (size_t)group->first_gate * (size_t)shape.blocks * block;
    return weights + (size_t)(gates * group->block) * block;
}

INLINE void run_group(const CellJob *job, CellShape shape, Frame *frame, Cell *cell, Group group) {
    Sums sums;
    int vectors = (group.last_gate - group.first_gate + 1) * shape.set;
    const float *weights = group_weights(job, shape, &group);
#if !defined(__clang__)
    if (VEC_ISA == ISA_AVX2 && shape.cell == LAYER_LSTM && shape.channels > 1 && shape.set > 2) {
        EACH_CHANNEL(c, shape) {
            IN_MEMORY(frame->x[c]); // gcc would rather move sums to memory and back
        }
    }
#endif
    EACH_CHANNEL(c, shape) {
        EACH(v, vectors) {
            sums[c][v] = sum_start(job, shape, frame, c, group.first_gate + v / shape.set,
                                   group.block + v % shape.set);
        }
    }
    add_products(sums, shape, group_operand(shape, frame, cell, &group), weights, vectors,
                 group.accumulators, group.backward);
    EACH(v, vectors) {
        int i = v % shape.set;
        EACH_CHANNEL(c, shape) {
            finish_sum(job, shape, frame, cell, c, group.first_gate + v / shape.set,
                       slot_of(shape, &group, i), group.block + i, sums[c][v]);
        }
    }
    finish_set(job, shape, frame, cell, group.block);
}

// All sets of the gates from `first` to `last`.
INLINE void run_sets(const CellJob *job, CellShape shape, Frame *frame, Cell *cell, int first,
                     int last, int accumulators, bool backward) {
    Group group = {first, last, 0, accumulators, backward};
    int count = shape.blocks / shape.set;
    if (shape.unrolled) {
        EACH(i, count) {
            group.block = i * shape.set;
            run_group(job, shape, frame, cell, group);
        }
    } else {
        NO_UNROLL for (int i = 0; i < count; i++) {
            group.block = (backward ? count - 1 - i : i) * shape.set;
            run_group(job, shape, frame, cell, group);
        }
    }
    if (shape.last_set > 0) {
        // More accumulators, where registers are free.
        group.accumulators *= shape.set > 2 * shape.last_set ? 2 : 1;
        group.block = shape.blocks - shape.last_set;
        shape.set = shape.last_set;
        run_group(job, shape, frame, cell, group);
    }
}

// Gates are summed by ones, by pairs, or all together.
INLINE int gate_groups(CellShape shape) {
    return shape.order == ORDER_UNITS ? 1 : shape.order == ORDER_PAIRS ? 2 : GRU_GATES;
}

// The gates of a frame in order; but an LSTM's, which do not need one another, backwards. (What
// stands once for all groups is compiled once, in a fifth of the time.)
INLINE void run_gates(const CellJob *job, CellShape shape, Frame *frame, Cell *cell,
                      bool backward) {
    int groups = gate_groups(shape);
    if (shape.order == ORDER_UNITS) {
        run_sets(job, shape, frame, cell, 0, last_gate(shape), shape.accumulators, backward);
    } else {
        EACH(i, groups) {
            int group = shape.cell == LAYER_LSTM && backward ? groups - 1 - i : i;
            int size = shape.order == ORDER_PAIRS ? 2 : 1;
            int first = group * size;
            bool candidate = group == groups - 1;
            int last = candidate ? last_gate(shape) : first + size - 1;
            int accumulators = candidate ? shape.candidate_accumulators : shape.accumulators;
            run_sets(job, shape, frame, cell, first, last, accumulators, backward);
        }
    }
    finish_frame(job, shape, frame, cell, backward);
}

INLINE void open_frames(const CellJob *job, CellShape shape, Frame *frame, Cell *cell,
                        float (*rows)[MODEL_MAX_HIDDEN]) {
    EACH_CHANNEL(c, shape) {
        const float *h = row_before(job, shape, c, job->first);
        frame->bias[c] = job->bias[c];
        open_cell(job, shape, cell, c, rows[c]);
        if (shape.unrolled) {
            EACH(block, shape.blocks) {
                frame->h.block[c][block] = vec_load(h + block * LANES);
            }
        }
    }
}

// A whole block of frames.
INLINE void run_cell(const CellJob *job, CellShape shape) {
    _Alignas(LANES * sizeof(float)) float rows[KERNEL_CHANNELS][MODEL_MAX_HIDDEN];
    Frame frame;
    Cell cell;
    open_frames(job, shape, &frame, &cell, rows);
    for (int t = 0; t < job->frames; t++) {
        unsigned index = job->first + (unsigned)t;
        EACH_CHANNEL(c, shape) {
            frame.h.row[c] = row_before(job, shape, c, index);
            frame.next[c] = row_before(job, shape, c, index + 1);
            frame.x[c] = vec_set(job->in[c][t]);
            frame.head[c] = vec_set(0.0f);
        }
        if (shape.alternating && (index & 1)) {
            run_gates(job, shape, &frame, &cell, true);
        } else {
            run_gates(job, shape, &frame, &cell, false);
        }
        EACH_CHANNEL(c, shape) {
            job->out[c][t] = vec_sum(frame.head[c]) + (float)job->head_bias;
            frame.bias[c] += job->bias_stride;
            if (shape.unrolled) {
                EACH(block, shape.blocks) {
                    frame.h.block[c][block] = frame.next_block[c][block];
                }
            }
        }
    }
    EACH_CHANNEL(c, shape) {
        if (shape.unrolled) {
            close_cell(job, shape, &cell, c);
        }
    }
}

INLINE CellLayout shape_layout(CellShape shape) {
    return (CellLayout){
        .lanes = LANES,
        .blocks = shape.blocks,
        .columns = shape.columns,
        .shuffled = shape.shuffled,
        .order = shape.order,
        .set = shape.set,
        .scales = shape.cell == LAYER_LSTM ? lstm_scales : gru_scales,
    };
}

#endif
