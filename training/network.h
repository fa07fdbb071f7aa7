// SPDX-License-Identifier: ISC
// The network under training: one GRU layer and a linear head. All weights lie in one block of
// doubles, so that the optimiser sees one vector; the named views point into it. Gradients have
// the same layout.
//
//   y[t] = head . h[t] + head_bias + (skip ? x[t] : 0)        h[t]: see LAYER_GRU in dsp/model.h
//
// The recurrent biases of z and r are left out: they only ever appear summed with the input biases.
#ifndef GRUFF_TRAINING_NETWORK_H
#define GRUFF_TRAINING_NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dsp/model.h"
#include "dsp/status.h"

typedef struct Network {
    int hidden;               // H
    bool skip;                // the input is added to the output
    size_t count;             // number of weights
    double *weights;          // [count], owned; the rest are views
    double *kernel;           // [3H], gate-major z, r, c
    double *recurrent_kernel; // [3H][H]
    double *bias;             // [3H]
    double *recurrent_bias;   // [H], of the candidate
    double *head;             // [H]
    double *head_bias;        // [1]
} Network;

// Weights of a network of hidden size `hidden`: 3H^2 + 8H + 1.
size_t network_count(int hidden);

// Makes a network with zero weights. `hidden` is 1 to MODEL_MAX_HIDDEN. The caller ends it with
// network_clear; on failure *network is all zero.
Status network_init(Network *network, int hidden, bool skip, Diagnostic *diagnostic);

// A network of the same shape over another block of weights, which it does not own.
Network network_at(const Network *shape, double *weights);

// Frees the weights and zeroes *network. All zero is fine.
void network_clear(Network *network);

// Fills the weights from `seed`: Glorot uniform input kernel (Glorot & Bengio 2010) times
// `input_scale`, orthogonal recurrent kernels (Saxe et al. 2014), update-gate bias +1 so that the
// state remembers from the start (Jozefowicz et al. 2015), small head.
void network_randomise(Network *network, uint64_t seed, double input_scale);

// A Model with these weights, rounded to float; the caller owns it. NULL when memory is short.
Model *network_model(const Network *network, double sample_rate);

#endif
