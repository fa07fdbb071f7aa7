// SPDX-License-Identifier: ISC
// GRU with the reset gate before the recurrent product (Cho et al. 2014): LAYER_GRU_RESET_BEFORE of
// dsp/network/model.h. A step has two products: z and r of all units from h, then c from r * h.
#ifndef GRUFF_TRAINING_NETWORK_CELL_RESET_BEFORE_H
#define GRUFF_TRAINING_NETWORK_CELL_RESET_BEFORE_H

#include "training/network/pass_layer.h"

enum {
    BEFORE_UNITS = 4,
    BEFORE_GATES = 3,
    BEFORE_FIRST = 2 * BEFORE_UNITS,           // z and r
    BEFORE_TILE = BEFORE_GATES * BEFORE_UNITS, // all three, from the layer below
};

// Saved of a step, each [padded]. RESET_STATE: r * h.
enum { BEFORE_ONE_MINUS_Z, BEFORE_RESET, BEFORE_CANDIDATE, BEFORE_RESET_STATE, BEFORE_SAVED };

enum { BEFORE_DELTA_Z, BEFORE_DELTA_R, BEFORE_DELTA_C, BEFORE_DELTAS };

static const int before_gates[] = {0, 1, 2};
static const int before_candidate[] = {2};
static const double before_scale[] = {SCALE_SIGMOID, -SCALE_SIGMOID, SCALE_TANH};

// z and r of a tile, and the candidate's part that does not depend on h (into its saved place).
INLINE void before_gates_tile(const Segment *s, int t, int first, Vector *saved) {
    const LayerWeights *w = s->weights;
    const int padded = w->padded;
    const Vector *seen = seen_before(s, t);
    Vector all[BEFORE_TILE], sums[BEFORE_FIRST];
    UNROLL for (int u = 0; u < BEFORE_UNITS; u++) {
        UNROLL for (int gate = 0; gate < BEFORE_GATES; gate++) {
            all[u * BEFORE_GATES + gate] = pre_activation(s, t, gate * padded + first + u);
        }
    }
    if (s->below) {
        tile_product(all, w->inputs + first * w->below * BEFORE_GATES, below_at(s, t), w->below,
                     BEFORE_TILE);
    }
    UNROLL for (int u = 0; u < BEFORE_UNITS; u++) {
        sums[2 * u] = all[u * BEFORE_GATES];
        sums[2 * u + 1] = all[u * BEFORE_GATES + 1];
        saved[BEFORE_CANDIDATE * padded + first + u] = all[u * BEFORE_GATES + 2];
    }
    tile_product(sums, w->recurrent + first * padded * 2, seen, padded, BEFORE_FIRST);
    UNROLL for (int u = 0; u < BEFORE_UNITS; u++) {
        int unit = first + u;
        Vector r = sigmoid_of_negative(sums[2 * u + 1]);
        saved[BEFORE_ONE_MINUS_Z * padded + unit] = sigmoid_of_negative(sums[2 * u]);
        saved[BEFORE_RESET * padded + unit] = r;
        saved[BEFORE_RESET_STATE * padded + unit] = r * seen[unit];
    }
}

INLINE void before_candidate_tile(const Segment *s, int t, int first, Vector *saved) {
    const LayerWeights *w = s->weights;
    const int padded = w->padded;
    const Vector *h = state_before(s, t);
    Vector sums[BEFORE_UNITS];
    UNROLL for (int u = 0; u < BEFORE_UNITS; u++) {
        sums[u] = saved[BEFORE_CANDIDATE * padded + first + u];
    }
    const Real *weights = w->recurrent + (2 * padded + first) * padded; // after z's and r's
    tile_product(sums, weights, saved + BEFORE_RESET_STATE * padded, padded, BEFORE_UNITS);
    UNROLL for (int u = 0; u < BEFORE_UNITS; u++) {
        int unit = first + u;
        Vector c = vector_tanh(sums[u]);
        put_state(s, t, unit, h[unit] + saved[BEFORE_ONE_MINUS_Z * padded + unit] * (c - h[unit]));
        saved[BEFORE_CANDIDATE * padded + unit] = c;
    }
}

static void before_forward(const Segment *s) {
    const int padded = s->weights->padded;
    for (int t = 0; t < s->frames; t++) {
        Vector *saved = s->pass->saved + (s->save ? (size_t)t * BEFORE_SAVED * (size_t)padded : 0);
        for (int first = 0; first < padded; first += BEFORE_UNITS) {
            before_gates_tile(s, t, first, saved);
        }
        for (int first = 0; first < padded; first += BEFORE_UNITS) {
            before_candidate_tile(s, t, first, saved);
        }
    }
}

INLINE void before_backward_step(const Segment *s, int t, Vector *deltas) {
    const int padded = s->weights->padded;
    const Vector *h = state_before(s, t), *seen = seen_before(s, t), *mask = s->pass->mask;
    const Vector *saved = s->pass->saved + (size_t)t * BEFORE_SAVED * (size_t)padded;
    Vector *direct = s->pass->scratch, *through_reset = s->pass->scratch + padded;
    const Real one = 1;
    for (int unit = 0; unit < padded; unit++) {
        Vector one_minus_z = saved[BEFORE_ONE_MINUS_Z * padded + unit];
        Vector c = saved[BEFORE_CANDIDATE * padded + unit];
        Vector dh = s->pass->from_next[unit] + output_gradient(s, t, unit);
        Vector through = dh * one_minus_z;
        direct[unit] = dh - through;
        deltas[BEFORE_DELTA_Z * padded + unit] = direct[unit] * one_minus_z * (h[unit] - c);
        deltas[BEFORE_DELTA_C * padded + unit] = through * (one - c * c);
    }
    // recurrent_back holds z's and r's rows, then the candidate's.
    const Real *candidate_back = s->weights->recurrent_back + 2 * padded * padded;
    transposed_product(candidate_back, deltas + BEFORE_DELTA_C * padded, padded, NULL, NULL,
                       through_reset, padded);
    for (int unit = 0; unit < padded; unit++) {
        Vector r = saved[BEFORE_RESET * padded + unit];
        deltas[BEFORE_DELTA_R * padded + unit] = through_reset[unit] * seen[unit] * r * (one - r);
        Vector back = through_reset[unit] * r;
        direct[unit] += mask ? back * mask[unit] : back;
    }
    transposed_product(s->weights->recurrent_back, deltas, 2 * padded, direct, mask,
                       s->pass->from_next, padded);
}

static void before_gradients(const Segment *s, int begin, int frames) {
    const LayerPass *pass = s->pass;
    const int padded = s->weights->padded;
    const size_t saved_step = (size_t)BEFORE_SAVED * (size_t)padded;
    outer_products(pass->recurrent_gradient, pass->deltas, pass->step, 2 * padded,
                   seen_before(s, begin), pass->stride, padded, frames);
    outer_products(pass->recurrent_gradient + 2 * padded * padded,
                   pass->deltas + BEFORE_DELTA_C * padded, pass->step, padded,
                   pass->saved + (size_t)begin * saved_step + BEFORE_RESET_STATE * padded,
                   saved_step, padded, frames);
    if (s->below) {
        outer_products(pass->inputs_gradient, pass->deltas, pass->step, BEFORE_GATES * padded,
                       below_at(s, begin), s->below_stride, s->weights->below, frames);
    }
}

#endif
