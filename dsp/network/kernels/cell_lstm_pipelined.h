// SPDX-License-Identifier: ISC
// The LSTM for weights that the nearest cache cannot hold: one channel and four row blocks, for an
// ISA with 32 registers, whose vec_*.h comes before this file. The equations are those of
// cell_lstm.h; its loop is a software pipeline of its own, which waits neither for its activations
// nor, much, for the cache.
//
// Activations: a frame comes in two halves, of two row blocks each. Those of one half are finished
// among the products of the next half, which begins with the columns known by then.
//
// Cache: the weights of a tile, which is a half's for one column block, lie on a few sets of the
// cache that are theirs alone, a page for each of its steps (see WEIGHT_PAGE). Every other frame
// goes through the pages of each tile backwards, finds what it read last and misses the last few.
// The tiles of a half begin a while after one another, so that the misses of one come among what
// the others find.
//
// Step s multiplies lane i by column i ^ s of the column block. Backwards that is the same sequence
// for h with its lanes shuffled by the last step's number: one code goes both ways.
#ifndef GRUFF_DSP_NETWORK_KERNELS_CELL_LSTM_PIPELINED_H
#define GRUFF_DSP_NETWORK_KERNELS_CELL_LSTM_PIPELINED_H

#include "dsp/network/kernels/cell_lstm.h"

enum {
    HALF_BLOCKS = 2,
    HALF_VECTORS = LSTM_GATES * HALF_BLOCKS,
    PIPELINED_BLOCKS = 2 * HALF_BLOCKS,
    PIPELINED_UNITS = PIPELINED_BLOCKS * LANES,
    // In steps of the first tile: when another tile begins, and when the half before is finished.
    TILE_AFTER_TILE = 6,
    SECOND_CELL = 4,
    FIRST_OUTPUT = 9,
    SECOND_OUTPUT = 12,
};
_Static_assert(FIRST_OUTPUT <= HALF_BLOCKS * TILE_AFTER_TILE &&
                   SECOND_OUTPUT <= (HALF_BLOCKS + 1) * TILE_AFTER_TILE,
               "the second half's h is there before the tiles that read it begin");

// Two accumulators for each sum of a half.
typedef Vec HalfSums[2][HALF_VECTORS];

// The weights of the next step, and h of the column block.
typedef struct Tile {
    const float *weights;
    Vec h;
} Tile;

// How a frame goes through the weights.
typedef struct Traversal {
    const float *h;
    int backward;   // or 0
    ptrdiff_t step; // numbers from the weights of a step to those of the next one
} Traversal;

// A half whose sums wait for their activations.
typedef struct PendingHalf {
    Vec sums[HALF_BLOCKS][LSTM_GATES];
    Frame frame; // next and head
    Lstm lstm;   // row
} PendingHalf;

INLINE Tile open_tile(const CellJob *job, const Traversal *traversal, int half, int block) {
    const float *weights = job->recurrent_weights;
    int first = traversal->backward * (LANES - 1);
    weights += first * WEIGHT_PAGE + (half * PIPELINED_BLOCKS + block) * HALF_VECTORS * LANES;
    Tile tile = {weights, vec_shuffle_xor_any(vec_load(traversal->h + block * LANES), first)};
    vec_hide(&tile.h); // else its shuffled forms are kept for the next half, and spilled
    return tile;
}

INLINE void add_step(Vec *sums, const Traversal *traversal, Tile *tile, int step) {
    Vec factor = vec_shuffle_xor(tile->h, step);
    EACH(v, HALF_VECTORS) {
        sums[v] = vec_fma(vec_load(tile->weights + v * LANES), factor, sums[v]);
    }
    tile->weights += traversal->step;
    HIDE_ADDRESS(tile->weights); // else each step gets an address of its own
}

// What is due of a half, `first` its first row block, in a step of the next half's first tile.
INLINE void finish_half(const CellJob *job, CellShape shape, PendingHalf *half, int first,
                        int step) {
    if (step == 0 || step == SECOND_CELL) {
        int i = step == 0 ? 0 : 1;
        lstm_new_cell(read_constants(), shape, &half->lstm, half->sums[i], 0, first + i);
    }
    if (step == FIRST_OUTPUT || step == SECOND_OUTPUT) {
        int i = step == FIRST_OUTPUT ? 0 : 1;
        lstm_new_state(read_constants(), job, shape, &half->frame, &half->lstm, half->sums[i], 0,
                       first + i);
    }
}

// The sums of one half, while the pending half is finished; then it is pending itself. `input` has
// the audio input and the bias.
INLINE void run_half(const CellJob *job, CellShape shape, const Frame *input,
                     const Traversal *traversal, PendingHalf *pending, int half) {
    HalfSums sums;
    Tile tiles[PIPELINED_BLOCKS];
    int first = half * HALF_BLOCKS;
    EACH(step, LANES + (PIPELINED_BLOCKS - 1) * TILE_AFTER_TILE) {
        finish_half(job, shape, pending, HALF_BLOCKS - first, step);
        if (step == 0) {
            EACH(v, HALF_VECTORS) {
                int block = first + v % HALF_BLOCKS;
                sums[0][v] = input_sum(job, shape, input, 0, v / HALF_BLOCKS, block);
                sums[1][v] = vec_set(0.0f);
            }
        }
        EACH(block, PIPELINED_BLOCKS) {
            int its_step = step - block * TILE_AFTER_TILE;
            if (its_step == 0) {
                tiles[block] = open_tile(job, traversal, half, block);
            }
            if (its_step >= 0 && its_step < LANES) {
                add_step(sums[block % 2], traversal, &tiles[block], its_step);
            }
        }
    }
    EACH(v, HALF_VECTORS) {
        pending->sums[v % HALF_BLOCKS][v / HALF_BLOCKS] = vec_add(sums[0][v], sums[1][v]);
    }
}

// A whole block of frames. No branches among the halves: compilers would put off products until
// after them, but not the loads of the weights, which then all go to the stack and back.
INLINE void run_pipelined_lstm(const CellJob *job) {
    CellShape shape = {.blocks = PIPELINED_BLOCKS, .channels = 1};
    _Alignas(LANES * sizeof(float)) float idle[2 * PIPELINED_UNITS] = {0};
    float *out = idle;
    Frame input = {.bias = {job->bias[0]}};
    PendingHalf pending = {.frame.next = {idle}, .lstm.row = {idle}}; // at first for nothing
    for (int t = 0; t < job->frames; t++) {
        unsigned index = job->first + (unsigned)t;
        int backward = (int)(index & 1);
        Traversal traversal = {
            .h = row_before(job, shape, 0, index),
            .backward = backward,
            .step = WEIGHT_PAGE - 2 * backward * WEIGHT_PAGE,
        };
        input.x[0] = vec_set(job->in[0][t]);
        run_half(job, shape, &input, &traversal, &pending, 0);
        *out = vec_sum(pending.frame.head[0]) + (float)job->head_bias;
        out = job->out[0] + t;
        pending.frame.next[0] = row_before(job, shape, 0, index + 1);
        pending.frame.head[0] = vec_set(0.0f);
        pending.lstm.row[0] = job->cells[0];
        run_half(job, shape, &input, &traversal, &pending, 1);
        input.bias[0] += job->bias_stride;
    }
    EACH(step, LANES) {
        finish_half(job, shape, &pending, HALF_BLOCKS, step);
    }
    *out = vec_sum(pending.frame.head[0]) + (float)job->head_bias;
}

static CellLayout pipelined_lstm_layout(void) {
    return (CellLayout){
        .lanes = LANES,
        .blocks = PIPELINED_BLOCKS,
        .columns = PIPELINED_UNITS,
        .shuffled = true,
        .order = ORDER_UNITS,
        .set = HALF_BLOCKS,
        .paged = true,
        .scales = lstm_scales,
    };
}

#endif
