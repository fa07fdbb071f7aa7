// SPDX-License-Identifier: ISC
// Pairs of sequences, lanes i and i + LANES / 2, that hear the same and remember different pasts:
// how far their states are apart, and a loss where they do not come closer. Part of the training
// kernels, as training/network/pass_body.h.
#ifndef GRUFF_TRAINING_NETWORK_PASS_CONTRACTION_H
#define GRUFF_TRAINING_NETWORK_PASS_CONTRACTION_H

#include <math.h>

#include "training/network/pass_group.h"

enum { PAIRS = LANES / 2 };

#define LEAST_SQUARE 1e-12 // of a difference: what is below it is rounding

// The differences of the pairs' states, in each layer's `after` in the first one's lane, and their
// squared lengths over all layers.
static void pair_differences(Pass *pass, double *squares) {
    for (int pair = 0; pair < PAIRS; pair++) {
        squares[pair] = 0.0;
        for (int i = 0; i < pass->shape.layers; i++) {
            const LayerPass *layer = &pass->layer[i];
            for (int unit = 0; unit < 2 * pass->padded; unit++) {
                Real difference = layer->carried[unit][pair] - layer->carried[unit][pair + PAIRS];
                layer->after[unit][pair] = difference;
                squares[pair] += (double)difference * (double)difference;
            }
        }
    }
}

// Random directions for `pair`, whose states are equal: layer by layer, h before the cells. Gives
// their squared length.
static double draw_direction(Pass *pass, int pair, Random *random) {
    const int parts = pass->shape.cell == LAYER_LSTM ? 2 : 1;
    double square = 0.0;
    for (int i = 0; i < pass->shape.layers; i++) {
        for (int part = 0; part < parts; part++) {
            Vector *direction = pass->layer[i].after + part * pass->padded;
            for (int unit = 0; unit < pass->shape.hidden; unit++) {
                double value = random_normal(random);
                direction[unit][pair] = (Real)value;
                square += value * value;
            }
        }
    }
    return square;
}

// Moves the second of each pair to `distance` from the first along the line between them.
static void set_apart(Pass *pass, double distance, Random *random) {
    double squares[PAIRS];
    pair_differences(pass, squares);
    for (int pair = 0; pair < PAIRS; pair++) {
        double square = squares[pair];
        if (!(square > LEAST_SQUARE)) {
            square = draw_direction(pass, pair, random);
        }
        Real scale = (Real)(distance / sqrt(square));
        for (int i = 0; i < pass->shape.layers; i++) {
            const LayerPass *layer = &pass->layer[i];
            for (int unit = 0; unit < 2 * pass->padded; unit++) {
                layer->carried[unit][pair + PAIRS] = layer->carried[unit][pair] -
                                                     scale * layer->after[unit][pair];
            }
        }
    }
}

// Adds what a segment brought; whether the pair does not forget. Over a whole period of a sine it
// may, and yet come far apart for a part of it, which lifts the rounding of each step up to where
// it is heard.
static bool add_growth(PairGrowth *growth, const ContractionScale *scale, double grown) {
    growth->sum += grown;
    growth->rise = fmax(growth->rise, 0.0) + grown;
    growth->most = fmax(growth->most, growth->rise);
    return growth->sum > 0.0 || (growth->rise > scale->rise && grown > 0.0);
}

// The loss after a segment that began at `scale->distance`; its gradient by the pairs' last states
// goes to each layer's `after`.
static double contraction_loss(Pass *pass, const ContractionScale *scale, int frames,
                               PairGrowth *growth) {
    double squares[PAIRS], result = 0.0;
    pair_differences(pass, squares);
    for (int pair = 0; pair < PAIRS; pair++) {
        double square = fmax(squares[pair], LEAST_SQUARE);
        double grown = 0.5 * log(square) - log(scale->distance) + scale->rate * frames;
        bool apart = add_growth(&growth[pair], scale, grown);
        bool counts = apart && squares[pair] > LEAST_SQUARE;
        growth[pair].counted = growth[pair].counted || counts;
        Real factor = counts ? (Real)(scale->factor / square) : 0;
        result += counts ? scale->factor * grown : 0.0;
        for (int i = 0; i < pass->shape.layers; i++) {
            Vector *after = pass->layer[i].after;
            for (int unit = 0; unit < 2 * pass->padded; unit++) {
                Real slope = factor * after[unit][pair];
                after[unit][pair] = slope;
                after[unit][pair + PAIRS] = -slope;
            }
        }
    }
    return result;
}

#endif
