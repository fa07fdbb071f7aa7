// SPDX-License-Identifier: ISC
// The network of training/network/network.h in plain loops and double precision, for tests.
#ifndef GRUFF_TESTS_RIG_REFERENCE_NETWORK_H
#define GRUFF_TESTS_RIG_REFERENCE_NETWORK_H

#include <stdint.h>

#include "training/network/network.h"

typedef struct ReferenceState {
    double h[NETWORK_MAX_LAYERS][MODEL_MAX_HIDDEN];
    double cell[NETWORK_MAX_LAYERS][MODEL_MAX_HIDDEN];
} ReferenceState;

// One step from `state`, which is replaced. Gives y.
double reference_step(const Network *network, ReferenceState *state, double x, const float *knobs);

// Every cell.
enum { RECURRENT_CELLS = 3 };
extern const LayerKind recurrent_cells[RECURRENT_CELLS];

// Calls `check` with networks of each cell, small enough for differences, and a seed for each.
void each_small_network(void (*check)(NetworkShape shape, uint64_t seed));

#endif
