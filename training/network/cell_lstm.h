// SPDX-License-Identifier: ISC
// LSTM: LAYER_LSTM of dsp/network/model.h.
#ifndef GRUFF_TRAINING_NETWORK_CELL_LSTM_H
#define GRUFF_TRAINING_NETWORK_CELL_LSTM_H

#include "training/network/pass_layer.h"

enum { LSTM_UNITS = TILE >= 24 ? 4 : 2, LSTM_GATES = 4, LSTM_TILE = LSTM_UNITS * LSTM_GATES };

// Gates of a step, in the model's order; saved and deltas alike. SQUASHED: tanh of the cell.
enum { LSTM_I, LSTM_F, LSTM_C, LSTM_O, LSTM_DELTAS, LSTM_SQUASHED = LSTM_DELTAS, LSTM_SAVED };

static const int lstm_gates[] = {0, 1, 2, 3};
static const double lstm_scale[] = {-SCALE_SIGMOID, -SCALE_SIGMOID, SCALE_TANH, -SCALE_SIGMOID};

INLINE void lstm_tile(const Segment *s, int t, int first, Vector *saved) {
    const LayerWeights *w = s->weights;
    const int padded = w->padded;
    const Vector *cell = s->pass->cells + (size_t)t * (size_t)padded;
    Vector *next_cell = s->pass->cells + (size_t)(t + 1) * (size_t)padded;
    Vector sums[LSTM_TILE];
    UNROLL for (int u = 0; u < LSTM_UNITS; u++) {
        UNROLL for (int gate = 0; gate < LSTM_GATES; gate++) {
            sums[u * LSTM_GATES + gate] = pre_activation(s, t, gate * padded + first + u);
        }
    }
    if (s->below) {
        tile_product(sums, w->inputs + first * w->below * LSTM_GATES, below_at(s, t), w->below,
                     LSTM_TILE);
    }
    tile_product(sums, w->recurrent + first * padded * LSTM_GATES, seen_before(s, t), padded,
                 LSTM_TILE);
    UNROLL for (int u = 0; u < LSTM_UNITS; u++) {
        int unit = first + u;
        Vector i = sigmoid_of_negative(sums[u * LSTM_GATES + LSTM_I]);
        Vector f = sigmoid_of_negative(sums[u * LSTM_GATES + LSTM_F]);
        Vector c = vector_tanh(sums[u * LSTM_GATES + LSTM_C]);
        Vector o = sigmoid_of_negative(sums[u * LSTM_GATES + LSTM_O]);
        Vector value = f * cell[unit] + i * c;
        Vector squashed = vector_tanh(value * (Real)SCALE_TANH);
        next_cell[unit] = value;
        put_state(s, t, unit, o * squashed);
        if (saved) {
            saved[LSTM_I * padded + unit] = i;
            saved[LSTM_F * padded + unit] = f;
            saved[LSTM_C * padded + unit] = c;
            saved[LSTM_O * padded + unit] = o;
            saved[LSTM_SQUASHED * padded + unit] = squashed;
        }
    }
}

static void lstm_forward(const Segment *s) {
    const int padded = s->weights->padded;
    for (int t = 0; t < s->frames; t++) {
        Vector *saved = s->save ? s->pass->saved + (size_t)t * LSTM_SAVED * (size_t)padded : NULL;
        for (int first = 0; first < padded; first += LSTM_UNITS) {
            lstm_tile(s, t, first, saved);
        }
    }
}

INLINE void lstm_backward_step(const Segment *s, int t, Vector *deltas) {
    const int padded = s->weights->padded;
    const Vector *cell = s->pass->cells + (size_t)t * (size_t)padded;
    const Vector *saved = s->pass->saved + (size_t)t * LSTM_SAVED * (size_t)padded;
    Vector *cell_from_next = s->pass->from_next + padded;
    const Real one = 1;
    for (int unit = 0; unit < padded; unit++) {
        Vector i = saved[LSTM_I * padded + unit], f = saved[LSTM_F * padded + unit];
        Vector c = saved[LSTM_C * padded + unit], o = saved[LSTM_O * padded + unit];
        Vector squashed = saved[LSTM_SQUASHED * padded + unit];
        Vector dh = s->pass->from_next[unit] + output_gradient(s, t, unit);
        Vector d_cell = cell_from_next[unit] + dh * o * (one - squashed * squashed);
        deltas[LSTM_I * padded + unit] = d_cell * c * i * (one - i);
        deltas[LSTM_F * padded + unit] = d_cell * cell[unit] * f * (one - f);
        deltas[LSTM_C * padded + unit] = d_cell * i * (one - c * c);
        deltas[LSTM_O * padded + unit] = dh * squashed * o * (one - o);
        cell_from_next[unit] = d_cell * f;
    }
    transposed_product(s->weights->recurrent_back, deltas, LSTM_GATES * padded, NULL, s->pass->mask,
                       s->pass->from_next, padded);
}

static void lstm_gradients(const Segment *s, int begin, int frames) {
    const LayerPass *pass = s->pass;
    const int padded = s->weights->padded, rows = LSTM_GATES * padded;
    outer_products(pass->recurrent_gradient, pass->deltas, pass->step, rows, seen_before(s, begin),
                   pass->stride, padded, frames);
    if (s->below) {
        outer_products(pass->inputs_gradient, pass->deltas, pass->step, rows, below_at(s, begin),
                       s->below_stride, s->weights->below, frames);
    }
}

#endif
