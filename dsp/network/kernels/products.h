// SPDX-License-Identifier: ISC
// The recurrent products, for any ISA whose vec_*.h comes before this file: packed weights times a
// vector of the hidden size.
#ifndef GRUFF_DSP_NETWORK_KERNELS_PRODUCTS_H
#define GRUFF_DSP_NETWORK_KERNELS_PRODUCTS_H

#include "dsp/network/kernels/cell_shape.h"

enum {
    MAX_GROUP = 12, // row blocks that are summed together, gates taken together
    MAX_ACCUMULATORS = 4,
};

// What the weights are multiplied by, of each channel: a row and, when unrolled, its blocks in
// registers.
typedef struct Operand {
    const float *row[KERNEL_CHANNELS];
    Vec block[KERNEL_CHANNELS][MAX_UNROLLED];
} Operand;

typedef Vec Sums[KERNEL_CHANNELS][MAX_GROUP];
typedef Vec PartialSums[KERNEL_CHANNELS][MAX_ACCUMULATORS][MAX_GROUP];

INLINE Vec operand_block(const Operand *operand, CellShape shape, int c, int block) {
    return shape.unrolled ? operand->block[c][block] : vec_load(operand->row[c] + block * LANES);
}

// Adds the products of one column, whose number each channel has as `factor`, with `vectors`
// weights.
INLINE void add_column(PartialSums sums, CellShape shape, const Vec *factor, const float *weights,
                       int vectors, int accumulator) {
    bool in_place = shape.channels > 1 && !shape.unrolled; // where registers are short
    EACH(v, vectors) {
        Vec weight = vec_load(weights + v * LANES);
#if !defined(__clang__)
        if (shape.channels > 1) {
            vec_hide(&weight); // else gcc loads it once more for the other channel
        }
#endif
        EACH_CHANNEL(c, shape) {
            Vec *sum = &sums[c][accumulator][v];
            if (in_place) {
                vec_accumulate(sum, weight, factor[c]);
            } else {
                *sum = vec_fma(weight, factor[c], *sum);
            }
        }
    }
}

// One block of LANES columns, shuffled.
INLINE void add_shuffled(PartialSums sums, CellShape shape, const Operand *operand,
                         const float *weights, int vectors, int accumulators, int block,
                         bool backward) {
    Vec numbers[KERNEL_CHANNELS];
    EACH_CHANNEL(c, shape) {
        numbers[c] = operand_block(operand, shape, c, block);
        vec_hide(&numbers[c]); // else its shuffled forms are kept for the next group, and spilled
    }
    weights += (size_t)block * LANES * (size_t)vectors * LANES;
    UNROLL for (int i = 0; i < LANES; i++) {
        int step = backward ? LANES - 1 - i : i;
        Vec factor[KERNEL_CHANNELS];
        EACH_CHANNEL(c, shape) {
            factor[c] = vec_shuffle_xor(numbers[c], step);
        }
        add_column(sums, shape, factor, weights + step * vectors * LANES, vectors,
                   step % accumulators);
    }
}

// COLUMNS_STEP columns from `column` on, broadcast.
INLINE void add_broadcast(PartialSums sums, CellShape shape, const Operand *operand,
                          const float *weights, int vectors, int accumulators, int column,
                          bool backward) {
    weights += (size_t)column * (size_t)vectors * LANES;
    UNROLL for (int i = 0; i < COLUMNS_STEP; i++) {
        int step = backward ? COLUMNS_STEP - 1 - i : i;
        Vec factor[KERNEL_CHANNELS];
        EACH_CHANNEL(c, shape) {
            factor[c] = vec_set(operand->row[c][column + step]);
#if !defined(__clang__)
            if (VEC_REGISTERS > 16 && shape.channels > 1 && shape.cell == LAYER_LSTM) {
                vec_hide(&factor[c]); // else gcc moves sums from register to register
            }
#endif
        }
        add_column(sums, shape, factor, weights + step * vectors * LANES, vectors,
                   step % accumulators);
    }
}

INLINE int column_turns(CellShape shape) {
    return shape.columns / (shape.shuffled ? LANES : COLUMNS_STEP);
}

INLINE void add_columns(PartialSums sums, CellShape shape, const Operand *operand,
                        const float *weights, int vectors, int accumulators, int turn,
                        bool backward) {
    int at = backward ? column_turns(shape) - 1 - turn : turn;
    if (shape.shuffled) {
        add_shuffled(sums, shape, operand, weights, vectors, accumulators, at, backward);
    } else {
        add_broadcast(sums, shape, operand, weights, vectors, accumulators, at * COLUMNS_STEP,
                      backward);
    }
}

// sums += weights * operand for a group of `vectors` row blocks.
INLINE void add_products(Sums sums, CellShape shape, const Operand *operand, const float *weights,
                         int vectors, int accumulators, bool backward) {
    PartialSums part;
    EACH_CHANNEL(c, shape) {
        EACH(v, vectors) {
            part[c][0][v] = sums[c][v];
            EACH(more, accumulators - 1) {
                part[c][1 + more][v] = vec_set(0.0f);
            }
        }
    }
    int turns = column_turns(shape);
    if (shape.unrolled) {
        EACH(i, turns) {
            add_columns(part, shape, operand, weights, vectors, accumulators, i, backward);
        }
    } else {
        int together = shape.unroll_columns ? 2 : 1;
        NO_UNROLL for (int i = 0; i + together <= turns; i += together) {
            EACH(k, together) {
                add_columns(part, shape, operand, weights, vectors, accumulators, i + k, backward);
            }
        }
        if (turns % together != 0) {
            add_columns(part, shape, operand, weights, vectors, accumulators, turns - 1, backward);
        }
    }
    EACH_CHANNEL(c, shape) {
        EACH(v, vectors) {
            Vec sum = part[c][0][v];
            if (accumulators == 2) {
                sum = vec_add(sum, part[c][1][v]);
            } else if (accumulators == 4) {
                sum = vec_add(vec_add(sum, part[c][1][v]), vec_add(part[c][2][v], part[c][3][v]));
            }
            sums[c][v] = sum;
        }
    }
}

#endif
