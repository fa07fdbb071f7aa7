// SPDX-License-Identifier: ISC
// The inner loops of the engine, one table of function pointers for each ISA, and the layout of
// the weights that each of them reads. A kernel runs one layer over a whole block of frames.
//
// "Number" is the type that an ISA computes with: double for the scalar reference, float for all
// others. A "row" is one frame's vector of numbers, padded with zeros to whole SIMD vectors.
// Every row starts on a vector boundary.
#ifndef GRUFF_DSP_NETWORK_KERNELS_KERNELS_H
#define GRUFF_DSP_NETWORK_KERNELS_KERNELS_H

#include <stdbool.h>
#include <stddef.h>

#include "dsp/base/realtime.h"
#include "dsp/network/isa.h"
#include "dsp/network/model.h"

enum {
    KERNEL_CHANNELS = 2, // most channels of one call
};

// The gates of a GRU in the order of everything packed: reset, update, candidate. (Not the
// model's order: the reset gate is needed first.) An LSTM's stay in the model's order: input,
// forget, candidate, output.
enum { GATE_R, GATE_Z, GATE_C, GRU_GATES };
enum { GATE_I, GATE_F, GATE_O = GATE_C + 1, LSTM_GATES };
enum { MAX_GATES = LSTM_GATES };

// In which order a step goes through the recurrent weights. An LSTM does not know ORDER_GATES, a
// GRU that resets before the product not ORDER_UNITS.
typedef enum CellOrder {
    ORDER_GATES, // all of the first gate, then all of the second, and so on
    ORDER_PAIRS, // for each set of row blocks the first two gates together; then so all others
    ORDER_UNITS, // for each set of row blocks all gates together
} CellOrder;

// What the kernels of a cell want multiplied, so that sums come out as its activations take them.
typedef struct CellScales {
    double gate[MAX_GATES];   // pre-activations
    double candidate_product; // the recurrent part of c
    double cell;              // an LSTM keeps its cell s multiplied by this
} CellScales;

// How the weights of a recurrent layer are packed. The units are cut into `blocks` row blocks,
// vectors of `lanes` units. The recurrent weights are a sequence of vectors in the order in which
// they are read: group by group, in a group column by column, in a column one vector for each row
// block of the group.
typedef struct CellLayout {
    int lanes;
    int blocks;
    int columns;     // recurrent columns read: the hidden size, or lanes * blocks when shuffled
    bool shuffled;   // lane i of step s holds column i ^ s of its column block
    CellOrder order; // which gates and row blocks form a group
    int set;         // row blocks of a gate in a group; the last has what is left
    bool paged;      // see WEIGHT_PAGE
    CellScales scales;
} CellLayout;

// Paged weights are cut into pages. After a page the sets of the cache repeat, so what lies in the
// same place of all pages shares a few sets and leaves those of all else alone: there a group has
// column 0 on page 0, column 1 on page 1, and from page 0 on again in its next place. Only
// cell_lstm_pipelined.h reads such weights.
enum { WEIGHT_PAGE = 1024 }; // numbers: 4096 bytes

// One call of a recurrent kernel. The state of a channel is a sequence of rows: frame t reads row
// (first + t) & row_mask and writes row (first + t + 1) & row_mask.
typedef struct CellJob {
    const void *recurrent_weights;     // as CellLayout says
    const void *input_weights;         // of the audio input: a row for each gate
    const void *bias[KERNEL_CHANNELS]; // pre-activations without audio and h: a row for each gate
    size_t bias_stride;                // numbers from one frame's bias to the next one's, or 0
    const void *recurrent_bias;        // LAYER_GRU: of c, a row. Elsewhere it is part of the bias.
    const void *head;                  // weights of a dense layer to one output: a row
    double head_bias;
    void *rows[KERNEL_CHANNELS];
    unsigned row_mask; // 1: the rows are used in turn, ~0u: all are kept
    unsigned first;    // 0 or 1
    const float *in[KERNEL_CHANNELS];
    float *out[KERNEL_CHANNELS]; // the head's output; may be `in`
    // Two rows, before and after the call. LAYER_LSTM: the scaled cell, and what rounding took from
    // it. Else: what rounding took from h. (The reference does not need the latter.)
    void *cells[KERNEL_CHANNELS];
    int frames;
    int hidden;
} CellJob;

typedef struct CellKernel {
    CellLayout layout;
    void (*run)(const CellJob *job) REALTIME;
} CellKernel;

// One call of a dense kernel: out = activation(W in + b), row by row. W is packed as row blocks,
// in a block column by column, in a column `lanes` rows.
typedef struct DenseJob {
    const void *weights;
    const void *bias; // a row
    int inputs;
    int outputs; // padded to whole vectors
    Activation activation;
    const void *slope; // ACTIVATION_PRELU: a row
    const void *in;
    void *out;
    size_t in_stride, out_stride; // numbers from row to row
    int frames;
} DenseJob;

typedef struct Kernels {
    Isa isa;
    bool fast;     // approximate activations
    size_t number; // bytes of a number
    int lanes;     // of the dense kernel
    // The kernel of a recurrent layer: for a hidden size of 1 to MODEL_MAX_HIDDEN, 1 or 2 channels.
    CellKernel (*cell)(LayerKind kind, int hidden, int channels);
    void (*dense)(const DenseJob *job) REALTIME;
} Kernels;

#endif
