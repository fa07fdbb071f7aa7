// SPDX-License-Identifier: ISC
// GRU with the reset gate after the recurrent product: LAYER_GRU of dsp/network/model.h.
#ifndef GRUFF_TRAINING_NETWORK_CELL_GRU_H
#define GRUFF_TRAINING_NETWORK_CELL_GRU_H

#include "training/network/pass_layer.h"

enum { GRU_UNITS = 4, GRU_GATES = 3, GRU_TILE = GRU_UNITS * GRU_GATES };

// Saved of a step, each [padded].
enum { GRU_ONE_MINUS_Z, GRU_RESET, GRU_CANDIDATE, GRU_PRODUCT, GRU_SAVED };

// Deltas of a step: of U_c h + d_c, then of the gates. The first three are those of the recurrent
// rows, the last three those of the input rows.
enum { GRU_DELTA_PRODUCT, GRU_DELTA_Z, GRU_DELTA_R, GRU_DELTA_C, GRU_DELTAS };

static const int gru_forward_gates[] = {0, 1, 2};   // z r c
static const int gru_recurrent_gates[] = {2, 0, 1}; // as their deltas stand: product z r

// z is needed as 1 - z, which stays exact where z comes close to 1; r stands for itself.
static const double gru_scale[] = {SCALE_SIGMOID, -SCALE_SIGMOID, SCALE_TANH};

INLINE void gru_tile(const Segment *s, int t, int first, Vector *saved) {
    const LayerWeights *w = s->weights;
    const int padded = w->padded;
    const Vector *h = state_before(s, t);
    Vector sums[GRU_TILE], candidate[GRU_UNITS];
    UNROLL for (int u = 0; u < GRU_UNITS; u++) {
        UNROLL for (int gate = 0; gate < GRU_GATES; gate++) {
            sums[u * GRU_GATES + gate] = pre_activation(s, t, gate * padded + first + u);
        }
    }
    if (s->below) {
        tile_product(sums, w->inputs + first * w->below * GRU_GATES, below_at(s, t), w->below,
                     GRU_TILE);
    }
    UNROLL for (int u = 0; u < GRU_UNITS; u++) { // the candidate's two sides stay apart
        candidate[u] = sums[u * GRU_GATES + 2];
        sums[u * GRU_GATES + 2] = s->pass->constant[GRU_GATES * padded + first + u];
    }
    tile_product(sums, w->recurrent + first * padded * GRU_GATES, seen_before(s, t), padded,
                 GRU_TILE);
    UNROLL for (int u = 0; u < GRU_UNITS; u++) {
        int unit = first + u;
        Vector one_minus_z = sigmoid_of_negative(sums[u * GRU_GATES]);
        Vector r = sigmoid_of_negative(sums[u * GRU_GATES + 1]);
        Vector product = sums[u * GRU_GATES + 2];
        Vector c = vector_tanh(candidate[u] + r * product);
        put_state(s, t, unit, h[unit] + one_minus_z * (c - h[unit]));
        if (saved) {
            saved[GRU_ONE_MINUS_Z * padded + unit] = one_minus_z;
            saved[GRU_RESET * padded + unit] = r;
            saved[GRU_CANDIDATE * padded + unit] = c;
            saved[GRU_PRODUCT * padded + unit] = product;
        }
    }
}

static void gru_forward(const Segment *s) {
    const int padded = s->weights->padded;
    for (int t = 0; t < s->frames; t++) {
        Vector *saved = s->save ? s->pass->saved + (size_t)t * GRU_SAVED * (size_t)padded : NULL;
        for (int first = 0; first < padded; first += GRU_UNITS) {
            gru_tile(s, t, first, saved);
        }
    }
}

INLINE void gru_backward_step(const Segment *s, int t, Vector *deltas) {
    const int padded = s->weights->padded;
    const Vector *h = state_before(s, t);
    const Vector *saved = s->pass->saved + (size_t)t * GRU_SAVED * (size_t)padded;
    const Real unscale = (Real)(1.0 / SCALE_TANH);
    for (int unit = 0; unit < padded; unit++) {
        Vector one_minus_z = saved[GRU_ONE_MINUS_Z * padded + unit],
               r = saved[GRU_RESET * padded + unit];
        Vector c = saved[GRU_CANDIDATE * padded + unit];
        Vector product = saved[GRU_PRODUCT * padded + unit];
        Vector dh = s->pass->from_next[unit] + output_gradient(s, t, unit);
        Vector through = dh * one_minus_z;
        Vector direct = dh - through;
        Vector d_candidate = through * ((Real)1 - c * c);
        Vector d_product = d_candidate * r;
        deltas[GRU_DELTA_PRODUCT * padded + unit] = d_product;
        deltas[GRU_DELTA_Z * padded + unit] = direct * one_minus_z * (h[unit] - c);
        deltas[GRU_DELTA_R * padded + unit] = d_product * product * (unscale - unscale * r);
        deltas[GRU_DELTA_C * padded + unit] = d_candidate;
        s->pass->scratch[unit] = direct;
    }
    transposed_product(s->weights->recurrent_back, deltas, GRU_GATES * padded, s->pass->scratch,
                       s->pass->mask, s->pass->from_next, padded);
}

// The gradients of `frames` steps from `begin` on, whose deltas are in place.
static void gru_gradients(const Segment *s, int begin, int frames) {
    const LayerPass *pass = s->pass;
    const int padded = s->weights->padded, rows = GRU_GATES * padded;
    outer_products(pass->recurrent_gradient, pass->deltas, pass->step, rows, seen_before(s, begin),
                   pass->stride, padded, frames);
    if (s->below) {
        outer_products(pass->inputs_gradient, pass->deltas + padded, pass->step, rows,
                       below_at(s, begin), s->below_stride, s->weights->below, frames);
    }
}

#endif
