// SPDX-License-Identifier: ISC
// The network under training: one to three recurrent layers of one kind and hidden size, and a
// linear head. All weights lie in one block of doubles, so that the optimiser sees one vector; the
// named views point into it. Gradients have the same layout.
//
//   y[t] = head . h[t] + head_bias + (skip ? x[t] : 0)       h[t]: see Layer in dsp/network/model.h
//
// Recurrent biases that only ever appear summed with the input biases are left out.
#ifndef GRUFF_TRAINING_NETWORK_NETWORK_H
#define GRUFF_TRAINING_NETWORK_NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dsp/base/status.h"
#include "dsp/network/model.h"

enum { NETWORK_MAX_LAYERS = 3 };

typedef struct NetworkShape {
    LayerKind cell; // LAYER_GRU, LAYER_GRU_RESET_BEFORE or LAYER_LSTM
    int layers;     // 1 to NETWORK_MAX_LAYERS
    int hidden;     // H, 1 to MODEL_MAX_HIDDEN
    int knobs;      // inputs beside the audio, 0 to MODEL_MAX_KNOBS
    bool skip;      // the input is added to the output
} NetworkShape;

// Views into the block. G: gates of the cell, in the model's order.
typedef struct NetworkLayer {
    int inputs;               // I: 1 + knobs, or H for the layers above the first
    double *kernel;           // [G * H][I]
    double *recurrent_kernel; // [G * H][H]
    double *bias;             // [G * H]
    double *recurrent_bias;   // [H] of a LAYER_GRU's candidate, else NULL
} NetworkLayer;

typedef struct Network {
    NetworkShape shape;
    size_t count;    // number of weights
    double *weights; // [count], owned
    NetworkLayer layer[NETWORK_MAX_LAYERS];
    double *head;      // [H]
    double *head_bias; // [1]
} Network;

// Number of weights of a network.
size_t network_count(const NetworkShape *shape);

// Makes a network with zero weights. The caller ends it with network_clear; on failure *network is
// all zero. STATUS_BAD_ARGUMENT for a shape out of range.
Status network_init(Network *network, const NetworkShape *shape, Diagnostic *diagnostic);

// A network over a block of network_count weights, which it does not own.
Network network_at(const NetworkShape *shape, double *weights);

// Frees the weights and zeroes *network. All zero is fine.
void network_clear(Network *network);

// Fills the weights from `seed`: Glorot uniform input kernels (Glorot & Bengio 2010), the audio's
// times `input_scale`; orthogonal recurrent kernels (Saxe et al. 2014); update-gate or forget-gate
// bias +1, so that the state remembers from the start (Jozefowicz et al. 2015); a small head.
void network_randomise(Network *network, uint64_t seed, double input_scale);

// A Model with these weights, rounded to float; the caller owns it. NULL when memory is short.
Model *network_model(const Network *network, double sample_rate);

#endif
