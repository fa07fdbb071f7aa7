// SPDX-License-Identifier: ISC
// One recurrent layer of the training kernels: its packed weights, its history, its gradient. What
// the cells (cell_*.h) have in common.
//
// Layout: [unit][lane]. Hidden sizes are padded to a multiple of four with zero weights: a padded
// unit stays 0 and its gradient is dropped. Gates stand in the model's order, gate-major. Audio
// weights, biases and forward weights are stored times a scale that suits the activations.
#ifndef GRUFF_TRAINING_NETWORK_PASS_LAYER_H
#define GRUFF_TRAINING_NETWORK_PASS_LAYER_H

#include <string.h>

#include "dsp/base/memory.h"
#include "training/network/network.h"
#include "training/network/pass_tiles.h"

enum {
    STRETCH = 32,  // backward steps between two updates of the weights' gradients
    MAX_GATES = 4, // of any cell
    MAX_SAVED = 6  // vectors that a cell saves of a unit's step, at most
};

typedef struct LayerWeights {
    int padded, gates;
    int below;            // padded size of the layer below; 0 for the first layer
    Real *audio;          // first layer: [gates][padded]
    Real *knobs;          // first layer: [knobs][gates][padded]
    Real *bias;           // [gates + 1][padded]; the last row is the GRU's recurrent bias
    Real *recurrent;      // forward tiles over h, in the cell's order
    Real *inputs;         // the same over the layer below
    Real *recurrent_back; // for transposed_product: the deltas' rows back to h
    Real *inputs_back;    // the same back to the layer below
} LayerWeights;

typedef struct LayerPass {
    size_t stride;     // vectors between two steps of `states`: one spare against aliasing
    size_t step;       // vectors between two steps of `deltas`
    Vector *states;    // [frames + 1][stride]: h before each step
    Vector *masked;    // [frames + 1][stride]: h as the recurrent product sees it; NULL: as it is
    Vector *mask;      // [padded]: of recurrent dropout; NULL: none
    Vector *cells;     // LSTM: [frames + 1][padded]
    Vector *saved;     // [frames][saved of the cell][padded]
    Vector *carried;   // [2][padded]: h and cell after the last segment
    Vector *constant;  // [gates + 1][padded]: bias and what the knobs add to it
    Vector *deltas;    // [STRETCH][step]
    Vector *from_next; // [2][padded]: dL/dh and dL/dcell from the step after
    Vector *after;     // [2][padded]: the same after the last step, of pairs of sequences
    Vector *scratch;   // [2][padded]
    Vector *below_gradient;     // layers above the first: [frames][below]
    Vector *recurrent_gradient; // outer-product tiles
    Vector *inputs_gradient;    // outer-product tiles
    Vector *row_gradient;       // [gates + 1][padded][2]: times audio, times one
} LayerPass;

// What a cell is told when a segment runs.
typedef struct Segment {
    const LayerWeights *weights;
    LayerPass *pass;
    int frames;
    const Vector *audio; // [frames], first layer; NULL above it
    const Vector *below; // h of the layer below after step t at below + t * below_stride
    size_t below_stride;
    bool save; // keep what the backward pass needs
    // Backward: dL/dh of step t is above[t * padded + unit], or dy[t] * head[unit] for the last
    // layer.
    const Vector *above;
    const Vector *dy;
    const Vector *head;
    const Vector *after; // dL/dh and dL/dcell after the last step; NULL: none
} Segment;

INLINE Vector output_gradient(const Segment *s, int t, int unit) {
    return s->above ? s->above[(size_t)t * (size_t)s->weights->padded + (size_t)unit]
                    : s->dy[t] * s->head[unit];
}

// The constant part of a pre-activation, and the audio's.
INLINE Vector pre_activation(const Segment *s, int t, int row) {
    Vector sum = s->pass->constant[row];
    return s->audio ? sum + s->audio[t] * s->weights->audio[row] : sum;
}

INLINE const Vector *state_before(const Segment *s, int t) {
    return s->pass->states + s->pass->stride * (size_t)t;
}

// h before step t as the recurrent product sees it.
INLINE const Vector *seen_before(const Segment *s, int t) {
    const Vector *states = s->pass->mask ? s->pass->masked : s->pass->states;
    return states + s->pass->stride * (size_t)t;
}

INLINE void put_state(const Segment *s, int t, int unit, Vector value) {
    const size_t place = s->pass->stride * (size_t)(t + 1) + (size_t)unit;
    s->pass->states[place] = value;
    if (s->pass->mask) {
        s->pass->masked[place] = value * s->pass->mask[unit];
    }
}

INLINE const Vector *below_at(const Segment *s, int t) {
    return s->below + s->below_stride * (size_t)t;
}

// ---- Packing ----

// Source of one layer's weights: row (gate, unit) of the network.
typedef struct PackSource {
    const double *matrix; // [gates * hidden][columns]
    int hidden, columns;
} PackSource;

// Forward tiles: [padded / units][padded columns][units][count of gates], each times its scale.
static void pack_forward(Real *to, PackSource from, const int *gates, int count,
                         const double *scale, int units, int padded_columns) {
    for (int unit = 0; unit < from.hidden; unit++) {
        Real *tile = to + unit / units * padded_columns * units * count + unit % units * count;
        for (int g = 0; g < count; g++) {
            const double *row = from.matrix + (gates[g] * from.hidden + unit) * from.columns;
            for (int k = 0; k < from.columns; k++) {
                tile[k * units * count + g] = (Real)(row[k] * scale[gates[g]]);
            }
        }
    }
}

// For transposed_product: the deltas' rows are (gates[g], unit), g-major and padded.
static void pack_back(Real *to, PackSource from, const int *gates, int count, int padded,
                      int padded_columns) {
    for (int tile = 0, first = 0; first < padded_columns;
         first += tile_width(padded_columns, tile++)) {
        int width = tile_width(padded_columns, tile);
        Real *weights = to + first * count * padded;
        for (int g = 0; g < count; g++) {
            for (int unit = 0; unit < from.hidden; unit++) {
                const double *row = from.matrix + (gates[g] * from.hidden + unit) * from.columns;
                for (int c = 0; c < width && first + c < from.columns; c++) {
                    weights[(g * padded + unit) * width + c] = (Real)row[first + c];
                }
            }
        }
    }
}

#endif
