// SPDX-License-Identifier: ISC
// How a recurrent kernel goes about its work: constants for the compiler, but for the hidden size
// of a general kernel.
#ifndef GRUFF_DSP_NETWORK_KERNELS_CELL_SHAPE_H
#define GRUFF_DSP_NETWORK_KERNELS_CELL_SHAPE_H

#include "dsp/network/kernels/inline.h"
#include "dsp/network/kernels/kernels.h"

typedef struct CellShape {
    LayerKind cell;
    int hidden;
    int channels;
    CellOrder order;
    int set;                    // row blocks of a gate that are summed together
    int last_set;               // row blocks of the last set, if fewer; only when not alternating
    int accumulators;           // for each sum: 1, 2 or 4
    int candidate_accumulators; // for each sum of the group with the candidate; 0: likewise
    bool shuffled;       // h's lanes are shuffled in registers; otherwise broadcast from memory
    bool unrolled;       // of at most MAX_UNROLLED blocks: h stays in registers; only when shuffled
    bool unroll_columns; // a turn of the loop over columns takes twice as many
    bool deferred;       // an LSTM's activations come after all sums, as they must in ORDER_PAIRS
    bool alternating; // every other frame goes through the weights backwards, which finds more of
                      // them in the nearest cache; not for a GRU that needs its gates in order
    // Left to complete_shape:
    int blocks;  // row blocks of a gate
    int columns; // recurrent columns
} CellShape;

enum {
    MAX_BLOCKS = MODEL_MAX_HIDDEN / LANES,
    MAX_UNROLLED = 2,
    COLUMNS_STEP = 4, // columns come in multiples of this
};

INLINE CellShape complete_shape(CellShape shape) {
    int columns = (shape.hidden + COLUMNS_STEP - 1) / COLUMNS_STEP * COLUMNS_STEP;
    shape.blocks = (shape.hidden + LANES - 1) / LANES;
    shape.columns = shape.shuffled ? shape.blocks * LANES : columns;
    if (shape.candidate_accumulators == 0) {
        shape.candidate_accumulators = shape.accumulators;
    }
    return shape;
}

#define EACH_CHANNEL(c, shape) EACH(c, (shape).channels)

#endif
