// SPDX-License-Identifier: ISC
// The GRU kernel, for any ISA whose vec_*.h comes before this file. With the scales that
// gru_shape_layout asks for, the sums of a step come out as the activations want them:
//   T  = tanh(a_r / 2), so that r = (1 + T) / 2
//   F  = 1 / (1 + 2^(log2(e) a_z)) = 1 - z, with relative accuracy
//   c  = tanh(a_c + d + T d), where d = (U_c h + d_c) / 2
//   h' = h + (F c - F h)
// What rounding takes from the last sum is added to the next frame's: else slow units, whose F is
// of the size of a rounding error, would stand still short of where they should go.
#ifndef GRUFF_DSP_NETWORK_KERNELS_GRU_BODY_H
#define GRUFF_DSP_NETWORK_KERNELS_GRU_BODY_H

#include "dsp/network/kernels/activations.h"
#include "dsp/network/kernels/kernels.h"

// How a kernel goes about its work; constants for the compiler, except in the general kernel.
typedef struct GruShape {
    int blocks;  // row blocks of a gate
    int columns; // recurrent columns
    int streams; // channels
    GruOrder order;
    int set;        // row blocks of a gate that are summed together
    int rest;       // row blocks of the last set, if fewer; only for an LSTM without zigzag
    int chains;     // accumulators for each sum of r and z (and of c in ORDER_UNITS): 1, 2 or 4
    int chains_c;   // accumulators for each sum of c
    bool exchanged; // h's lanes are exchanged in registers; otherwise broadcast from memory
    bool unrolled;  // of at most MAX_UNROLLED blocks: h stays in registers; only when exchanged
    bool deferred;  // an LSTM's activations come after all sums, as they must in ORDER_PAIRS
    bool doubled;   // a turn of the loop over columns takes twice as many
    bool zigzag; // every other frame goes through the weights backwards, which finds more of them
                 // in the nearest cache; only in ORDER_UNITS, or deferred
} GruShape;

enum {
    MAX_BLOCKS = MODEL_MAX_HIDDEN / LANES,
    MAX_UNROLLED = 2,
    MAX_GROUP = 12, // row blocks that are summed together, gates taken together
    MAX_CHAINS = 4,
    COLUMNS_STEP = 4, // columns come in multiples of this
};

// What a step works with. Arrays by channel, then by row block, or by row block of the set
// (ORDER_UNITS).
typedef struct GruFrame {
    const float *h[KERNEL_CHANNELS];    // row before
    float *next[KERNEL_CHANNELS];       // row after
    const float *bias[KERNEL_CHANNELS]; // GRU_GATES rows
    Vec x[KERNEL_CHANNELS];
    Vec state[KERNEL_CHANNELS][MAX_UNROLLED];     // h, when unrolled
    Vec following[KERNEL_CHANNELS][MAX_UNROLLED]; // h', when unrolled
    Vec reset[KERNEL_CHANNELS][MAX_BLOCKS];       // T
    Vec fresh[KERNEL_CHANNELS][MAX_BLOCKS];       // F
    Vec change[KERNEL_CHANNELS][MAX_BLOCKS];      // what rounding took, less F h
    Vec lost[KERNEL_CHANNELS][MAX_UNROLLED];      // what rounding took from h, when unrolled
    Vec head[KERNEL_CHANNELS];                    // the head's partial sums
} GruFrame;

// For i from 0 to count - 1, where `count` is a constant of a shape. (clang would not unroll a loop
// of one turn in time for its arrays to become registers: it gets two.)
#define EACH(i, count) UNROLL for (int i = 0; i < ((count) > 2 ? (count) : 2); i++) if (i < (count))
#define EACH_STREAM(q, shape) EACH(q, (shape).streams)
#define EACH_VECTOR(v, vectors) EACH(v, vectors)

typedef Vec GruSums[KERNEL_CHANNELS][MAX_GROUP];
typedef Vec GruChains[KERNEL_CHANNELS][MAX_CHAINS][MAX_GROUP];

// Adds the products of one column: h of each channel, as `factor`, with `vectors` weights.
INLINE void add_column(GruChains part, GruShape shape, const Vec *factor, const float *weights,
                       int vectors, int chain) {
    bool in_place = shape.streams > 1 && !shape.unrolled; // where registers are short
    EACH_VECTOR(v, vectors) {
        Vec weight = vec_load(weights + v * LANES);
#if !defined(__clang__)
        if (shape.streams > 1) {
            vec_hide(&weight); // else gcc loads it once more for the other channel
        }
#endif
        EACH_STREAM(q, shape) {
            Vec *sum = &part[q][chain][v];
            if (in_place) {
                vec_accumulate(sum, weight, factor[q]);
            } else {
                *sum = vec_fma(weight, factor[q], *sum);
            }
        }
    }
}

// One block of LANES columns, exchanged.
INLINE void add_exchanged(GruChains part, GruShape shape, const GruFrame *frame,
                          const float *weights, int vectors, int chains, int block, bool backward) {
    Vec held[KERNEL_CHANNELS];
    EACH_STREAM(q, shape) {
        held[q] = shape.unrolled ? frame->state[q][block] : vec_load(frame->h[q] + block * LANES);
        vec_hide(&held[q]); // else its exchanged forms are kept for the next group, and spilled
    }
    weights += (size_t)block * LANES * (size_t)vectors * LANES;
    UNROLL for (int i = 0; i < LANES; i++) {
        int step = backward ? LANES - 1 - i : i;
        Vec factor[KERNEL_CHANNELS];
        EACH_STREAM(q, shape) {
            factor[q] = vec_exchange(held[q], step);
        }
        add_column(part, shape, factor, weights + step * vectors * LANES, vectors, step % chains);
    }
}

// COLUMNS_STEP columns from `column` on, broadcast.
INLINE void add_broadcast(GruChains part, GruShape shape, const GruFrame *frame,
                          const float *weights, int vectors, int chains, int column,
                          bool backward) {
    weights += (size_t)column * (size_t)vectors * LANES;
    UNROLL for (int i = 0; i < COLUMNS_STEP; i++) {
        int step = backward ? COLUMNS_STEP - 1 - i : i;
        Vec factor[KERNEL_CHANNELS];
        EACH_STREAM(q, shape) {
            factor[q] = vec_set(frame->h[q][column + step]);
        }
        add_column(part, shape, factor, weights + step * vectors * LANES, vectors, step % chains);
    }
}

INLINE void add_block(GruChains part, GruShape shape, const GruFrame *frame, const float *weights,
                      int vectors, int chains, int index, bool backward) {
    int count = shape.exchanged ? shape.columns / LANES : shape.columns / COLUMNS_STEP;
    int block = backward ? count - 1 - index : index;
    if (shape.exchanged) {
        add_exchanged(part, shape, frame, weights, vectors, chains, block, backward);
    } else {
        add_broadcast(part, shape, frame, weights, vectors, chains, block * COLUMNS_STEP, backward);
    }
}

// sums += weights * h for a group of `vectors` row blocks.
INLINE void add_products(GruSums sums, GruShape shape, const GruFrame *frame, const float *weights,
                         int vectors, int chains, bool backward) {
    GruChains part;
    EACH_STREAM(q, shape) {
        EACH_VECTOR(v, vectors) {
            part[q][0][v] = sums[q][v];
            EACH(chain, chains - 1) {
                part[q][1 + chain][v] = vec_set(0.0f);
            }
        }
    }
    int count = shape.exchanged ? shape.columns / LANES : shape.columns / COLUMNS_STEP;
    if (shape.unrolled) {
        EACH(i, count) {
            add_block(part, shape, frame, weights, vectors, chains, i, backward);
        }
    } else {
        int together = shape.doubled ? 2 : 1;
        NO_UNROLL for (int i = 0; i + together <= count; i += together) {
            EACH(k, together) {
                add_block(part, shape, frame, weights, vectors, chains, i + k, backward);
            }
        }
        if (count % together != 0) {
            add_block(part, shape, frame, weights, vectors, chains, count - 1, backward);
        }
    }
    EACH_STREAM(q, shape) {
        EACH_VECTOR(v, vectors) {
            Vec sum = part[q][0][v];
            if (chains == 2) {
                sum = vec_add(sum, part[q][1][v]);
            } else if (chains == 4) {
                sum = vec_add(vec_add(sum, part[q][1][v]), vec_add(part[q][2][v], part[q][3][v]));
            }
            sums[q][v] = sum;
        }
    }
}

// Bias and audio input of one row block of a gate.
INLINE Vec input_part(const GruJob *job, GruShape shape, const GruFrame *frame, int q, int gate,
                      int block) {
    int at = (gate * shape.blocks + block) * LANES;
    const float *kernel = job->kernel;
    return vec_fma(vec_load(kernel + at), frame->x[q], vec_load(frame->bias[q] + at));
}

// Where the sums of a row block start.
INLINE Vec sum_start(const GruJob *job, GruShape shape, const GruFrame *frame, int q, int gate,
                     int block) {
    const float *recurrent_bias = job->recurrent_bias;
    return gate == GATE_C ? vec_load(recurrent_bias + block * LANES)
                          : input_part(job, shape, frame, q, gate, block);
}

INLINE void finish_reset(GruFrame *frame, int q, int slot, Vec sum) {
    frame->reset[q][slot] = scaled_tanh(sum);
}

INLINE Vec state_block(GruShape shape, const GruFrame *frame, int q, int block) {
    return shape.unrolled ? frame->state[q][block] : vec_load(frame->h[q] + block * LANES);
}

INLINE void finish_update(const GruJob *job, GruShape shape, GruFrame *frame, int q, int slot,
                          int block, Vec sum) {
    const float *lost = (const float *)job->cells[q] + block * LANES;
    Vec fresh = inverse_one_plus_exp2(sum);
    frame->fresh[q][slot] = fresh;
    frame->change[q][slot] = vec_fnma(fresh, state_block(shape, frame, q, block),
                                      shape.unrolled ? frame->lost[q][block] : vec_load(lost));
}

// The new state of a row block, from c.
INLINE void finish_state(const GruJob *job, GruShape shape, GruFrame *frame, int q, int slot,
                         int block, Vec candidate) {
    const float *head = job->head;
    Vec h = state_block(shape, frame, q, block);
    Vec change = vec_fma(frame->fresh[q][slot], candidate, frame->change[q][slot]);
    Vec next = vec_add(h, change);
    Vec lost = vec_sub(change, vec_sub(next, h));
    vec_store(frame->next[q] + block * LANES, next);
    if (shape.unrolled) {
        frame->following[q][block] = next;
        frame->lost[q][block] = lost;
    } else {
        vec_store((float *)job->cells[q] + block * LANES, lost);
    }
    frame->head[q] = vec_fma(vec_load(head + block * LANES), next, frame->head[q]);
}

INLINE void finish_unit(const GruJob *job, GruShape shape, GruFrame *frame, int q, int slot,
                        int block, Vec product) {
    Vec input = input_part(job, shape, frame, q, GATE_C, block);
    Vec candidate = scaled_tanh(vec_fma(frame->reset[q][slot], product, vec_add(input, product)));
    finish_state(job, shape, frame, q, slot, block, candidate);
}

// One group: set `set` of the gates from `first_gate` to `last_gate`.
INLINE void run_group(const GruJob *job, GruShape shape, GruFrame *frame, const float *weights,
                      int first_gate, int last_gate, int set, int chains, bool backward) {
    GruSums sums;
    int vectors = (last_gate - first_gate + 1) * shape.set;
    weights += (size_t)set * (size_t)vectors * LANES * (size_t)shape.columns;
    EACH_STREAM(q, shape) {
        EACH_VECTOR(v, vectors) {
            sums[q][v] = sum_start(job, shape, frame, q, first_gate + v / shape.set,
                                   set * shape.set + v % shape.set);
        }
    }
    add_products(sums, shape, frame, weights, vectors, chains, backward);
    EACH_VECTOR(v, vectors) {
        int gate = first_gate + v / shape.set;
        int block = set * shape.set + v % shape.set;
        int slot = shape.order == ORDER_UNITS ? v % shape.set : block;
        EACH_STREAM(q, shape) {
            if (gate == GATE_R) {
                finish_reset(frame, q, slot, sums[q][v]);
            } else if (gate == GATE_Z) {
                finish_update(job, shape, frame, q, slot, block, sums[q][v]);
            } else {
                finish_unit(job, shape, frame, q, slot, block, sums[q][v]);
            }
        }
    }
}

// All sets of the gates from `first_gate` to `last_gate`.
INLINE void run_sets(const GruJob *job, GruShape shape, GruFrame *frame, const float *weights,
                     int first_gate, int last_gate, int chains, bool backward) {
    int count = shape.blocks / shape.set;
    if (shape.unrolled) {
        EACH(i, count) {
            run_group(job, shape, frame, weights, first_gate, last_gate,
                      backward ? count - 1 - i : i, chains, backward);
        }
    } else {
        NO_UNROLL for (int i = 0; i < count; i++) {
            run_group(job, shape, frame, weights, first_gate, last_gate,
                      backward ? count - 1 - i : i, chains, backward);
        }
    }
}

INLINE void run_step(const GruJob *job, GruShape shape, GruFrame *frame, bool backward) {
    const float *weights = job->recurrent;
    size_t gate = (size_t)shape.blocks * LANES * (size_t)shape.columns;
    if (shape.order == ORDER_UNITS) {
        run_sets(job, shape, frame, weights, GATE_R, GATE_C, shape.chains, backward);
        return;
    }
    if (shape.order == ORDER_PAIRS) {
        run_sets(job, shape, frame, weights, GATE_R, GATE_Z, shape.chains, false);
    } else {
        run_sets(job, shape, frame, weights, GATE_R, GATE_R, shape.chains, false);
        run_sets(job, shape, frame, weights + gate, GATE_Z, GATE_Z, shape.chains, false);
    }
    run_sets(job, shape, frame, weights + 2 * gate, GATE_C, GATE_C, shape.chains_c, false);
}

// What an unrolled kernel keeps in registers, before and after a block of frames.
INLINE void open_gru(const GruJob *job, GruShape shape, GruFrame *frame) {
    size_t width = (size_t)shape.blocks * LANES;
    EACH_STREAM(q, shape) {
        const float *h = (const float *)job->rows[q] + (job->first & job->row_mask) * width;
        const float *lost = job->cells[q];
        frame->bias[q] = job->bias[q];
        if (shape.unrolled) {
            EACH(block, shape.blocks) {
                frame->state[q][block] = vec_load(h + block * LANES);
                frame->lost[q][block] = vec_load(lost + block * LANES);
            }
        }
    }
}

INLINE void close_gru(const GruJob *job, GruShape shape, const GruFrame *frame) {
    EACH_STREAM(q, shape) {
        if (shape.unrolled) {
            EACH(block, shape.blocks) {
                vec_store((float *)job->cells[q] + block * LANES, frame->lost[q][block]);
            }
        }
    }
}

// A whole block of frames.
INLINE void run_gru(const GruJob *job, GruShape shape) {
    GruFrame frame;
    size_t width = (size_t)shape.blocks * LANES;
    open_gru(job, shape, &frame);
    for (int t = 0; t < job->frames; t++) {
        unsigned row = job->first + (unsigned)t;
        EACH_STREAM(q, shape) {
            frame.h[q] = (const float *)job->rows[q] + (row & job->row_mask) * width;
            frame.next[q] = (float *)job->rows[q] + ((row + 1) & job->row_mask) * width;
            frame.x[q] = vec_set(job->in[q][t]);
            frame.head[q] = vec_set(0.0f);
        }
        if (shape.zigzag && (row & 1)) {
            run_step(job, shape, &frame, true);
        } else {
            run_step(job, shape, &frame, false);
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

INLINE GruLayout gru_shape_layout(GruShape shape) {
    return (GruLayout){
        .lanes = LANES,
        .blocks = shape.blocks,
        .columns = shape.columns,
        .exchanged = shape.exchanged,
        .order = shape.order,
        .set = shape.set,
        .scale = {[GATE_R] = 0.5 * TANH_SCALE, [GATE_Z] = LOG2_E, [GATE_C] = TANH_SCALE},
        .candidate_product = 0.5 * TANH_SCALE,
    };
}

#endif
