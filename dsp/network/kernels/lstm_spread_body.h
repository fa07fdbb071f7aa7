// SPDX-License-Identifier: ISC
// The LSTM kernel for weights that the nearest cache cannot hold: one channel and four row blocks,
// for an ISA with 32 registers, whose vec_*.h comes before this file. The cell is lstm_body.h's;
// here it waits neither for its activations nor, much, for the cache.
//
// Activations: a frame comes in two halves, of two row blocks each. Those of one half are finished
// among the products of the next half, which begins with the columns known by then.
//
// Cache: the weights of a lot, which is a half's for one column block, lie on a few sets of the
// cache that are theirs alone, a page for each of its steps (see kernels.h). Every other frame goes
// through the pages of each lot backwards, finds what it read last and misses the last few. The
// lots of a half begin a while after one another, so that the misses of one come among what the
// others find.
//
// Step s multiplies lane i by column i ^ s of the column block. Backwards that is the same sequence
// for h with its lanes exchanged by the last step's number: one code goes both ways.
#ifndef GRUFF_DSP_NETWORK_KERNELS_LSTM_SPREAD_BODY_H
#define GRUFF_DSP_NETWORK_KERNELS_LSTM_SPREAD_BODY_H

#include "dsp/network/kernels/lstm_body.h"

enum {
    HALF_BLOCKS = 2,
    HALF_VECTORS = LSTM_GATES * HALF_BLOCKS,
    SPREAD_BLOCKS = 2 * HALF_BLOCKS,
    SPREAD_WIDTH = SPREAD_BLOCKS * LANES,
    // In steps of the first lot: when another lot begins, and when the half before is finished.
    LOT_AFTER_LOT = 6,
    SECOND_CELL = 4,
    FIRST_OUTPUT = 9,
    SECOND_OUTPUT = 12,
};
_Static_assert(FIRST_OUTPUT <= HALF_BLOCKS * LOT_AFTER_LOT &&
                   SECOND_OUTPUT <= (HALF_BLOCKS + 1) * LOT_AFTER_LOT,
               "the second half's h is there before the lots that read it begin");

// Two accumulators for each sum of a half.
typedef Vec HalfSums[2][HALF_VECTORS];

// The weights of the next step, and h of the column block.
typedef struct Lot {
    const float *weights;
    Vec h;
} Lot;

// How a frame goes through the stream.
typedef struct Passage {
    const float *h;
    int backward;   // or 0
    ptrdiff_t step; // numbers from the weights of a step to those of the next one
} Passage;

// A half whose sums wait for their activations.
typedef struct WaitingHalf {
    Vec sums[HALF_BLOCKS][LSTM_GATES];
    GruFrame frame; // next and head
    LstmFrame lstm; // cell
} WaitingHalf;

INLINE Lot open_lot(const CellJob *job, const Passage *passage, int half, int block) {
    const float *weights = job->recurrent;
    int first = passage->backward * (LANES - 1);
    weights += first * SPREAD_PAGE + (half * SPREAD_BLOCKS + block) * HALF_VECTORS * LANES;
    Lot lot = {weights, vec_exchange_by(vec_load(passage->h + block * LANES), first)};
    vec_hide(&lot.h); // else its exchanged forms are kept for the next half, and spilled
    return lot;
}

INLINE void add_step(Vec *sums, const Passage *passage, Lot *lot, int step) {
    Vec factor = vec_exchange(lot->h, step);
    EACH_VECTOR(v, HALF_VECTORS) {
        sums[v] = vec_fma(vec_load(lot->weights + v * LANES), factor, sums[v]);
    }
    lot->weights += passage->step;
    HIDE_ADDRESS(lot->weights); // else each step gets an address of its own
}

// What is due of a half, `first` its first row block, in a step of the next half's first lot.
INLINE void finish_half(const CellJob *job, GruShape shape, WaitingHalf *half, int first,
                        int step) {
    if (step == 0 || step == SECOND_CELL) {
        int i = step == 0 ? 0 : 1;
        finish_cell(read_constants(), shape, &half->lstm, half->sums[i], 0, first + i);
    }
    if (step == FIRST_OUTPUT || step == SECOND_OUTPUT) {
        int i = step == FIRST_OUTPUT ? 0 : 1;
        finish_output(read_constants(), job, shape, &half->frame, &half->lstm, half->sums[i], 0,
                      first + i);
    }
}

// The sums of one half, while the half that waits is finished; then it waits itself. `input` has
// the audio input and the bias.
INLINE void run_half(const CellJob *job, GruShape shape, const GruFrame *input,
                     const Passage *passage, WaitingHalf *waiting, int half) {
    HalfSums sums;
    Lot lots[SPREAD_BLOCKS];
    int first = half * HALF_BLOCKS;
    EACH(step, LANES + (SPREAD_BLOCKS - 1) * LOT_AFTER_LOT) {
        finish_half(job, shape, waiting, HALF_BLOCKS - first, step);
        if (step == 0) {
            EACH_VECTOR(v, HALF_VECTORS) {
                int block = first + v % HALF_BLOCKS;
                sums[0][v] = input_part(job, shape, input, 0, v / HALF_BLOCKS, block);
                sums[1][v] = vec_set(0.0f);
            }
        }
        EACH(block, SPREAD_BLOCKS) {
            int its_step = step - block * LOT_AFTER_LOT;
            if (its_step == 0) {
                lots[block] = open_lot(job, passage, half, block);
            }
            if (its_step >= 0 && its_step < LANES) {
                add_step(sums[block % 2], passage, &lots[block], its_step);
            }
        }
    }
    EACH_VECTOR(v, HALF_VECTORS) {
        waiting->sums[v % HALF_BLOCKS][v / HALF_BLOCKS] = vec_add(sums[0][v], sums[1][v]);
    }
}

// A whole block of frames. No branches among the halves: compilers would put off products until
// after them, but not the loads of the weights, which then all go to the stack and back.
INLINE void run_spread_lstm(const CellJob *job) {
    GruShape shape = {.blocks = SPREAD_BLOCKS, .streams = 1};
    _Alignas(LANES * sizeof(float)) float idle[2 * SPREAD_WIDTH] = {0};
    float *out = idle;
    GruFrame input = {.bias = {job->bias[0]}};
    WaitingHalf waiting = {.frame.next = {idle}, .lstm.cell = {idle}}; // at first for nothing
    float *rows = job->rows[0];
    for (int t = 0; t < job->frames; t++) {
        unsigned row = job->first + (unsigned)t;
        int backward = (int)(row & 1);
        Passage passage = {
            .h = rows + (row & job->row_mask) * SPREAD_WIDTH,
            .backward = backward,
            .step = SPREAD_PAGE - 2 * backward * SPREAD_PAGE,
        };
        input.x[0] = vec_set(job->in[0][t]);
        run_half(job, shape, &input, &passage, &waiting, 0);
        *out = vec_sum(waiting.frame.head[0]) + (float)job->head_bias;
        out = job->out[0] + t;
        waiting.frame.next[0] = rows + ((row + 1) & job->row_mask) * SPREAD_WIDTH;
        waiting.frame.head[0] = vec_set(0.0f);
        waiting.lstm.cell[0] = job->cells[0];
        run_half(job, shape, &input, &passage, &waiting, 1);
        input.bias[0] += job->bias_stride;
    }
    EACH(step, LANES) {
        finish_half(job, shape, &waiting, HALF_BLOCKS, step);
    }
    *out = vec_sum(waiting.frame.head[0]) + (float)job->head_bias;
}

static CellLayout spread_lstm_layout(void) {
    CellLayout layout = lstm_layout((GruShape){
        .blocks = SPREAD_BLOCKS,
        .columns = SPREAD_WIDTH,
        .order = ORDER_UNITS,
        .set = HALF_BLOCKS,
        .exchanged = true,
    });
    layout.spread = true;
    return layout;
}

#endif
