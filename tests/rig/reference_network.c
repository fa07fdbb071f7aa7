// SPDX-License-Identifier: ISC
#include "tests/rig/reference_network.h"

#include <math.h>
#include <string.h>

static double sigmoid(double x) {
    return 1.0 / (1.0 + exp(-x));
}

// W x + b of one row.
static double input_side(const NetworkLayer *layer, int row, const double *x) {
    double sum = layer->bias[row];
    for (int k = 0; k < layer->inputs; k++) {
        sum += layer->kernel[row * layer->inputs + k] * x[k];
    }
    return sum;
}

static double state_side(const NetworkLayer *layer, int row, const double *h, int size) {
    double sum = 0.0;
    for (int k = 0; k < size; k++) {
        sum += layer->recurrent_kernel[row * size + k] * h[k];
    }
    return sum;
}

static void gru_step(const NetworkLayer *layer, int size, bool before, const double *x, double *h) {
    double next[MODEL_MAX_HIDDEN], reset_state[MODEL_MAX_HIDDEN], r[MODEL_MAX_HIDDEN];
    for (int j = 0; j < size; j++) {
        r[j] = sigmoid(input_side(layer, size + j, x) + state_side(layer, size + j, h, size));
        reset_state[j] = r[j] * h[j];
    }
    for (int j = 0; j < size; j++) {
        int row = 2 * size + j;
        double z = sigmoid(input_side(layer, j, x) + state_side(layer, j, h, size));
        double product = before
                             ? state_side(layer, row, reset_state, size)
                             : r[j] * (state_side(layer, row, h, size) + layer->recurrent_bias[j]);
        double c = tanh(input_side(layer, row, x) + product);
        next[j] = (1.0 - z) * c + z * h[j];
    }
    memcpy(h, next, (size_t)size * sizeof *h);
}

static void lstm_step(const NetworkLayer *layer, int size, const double *x, double *h,
                      double *cell) {
    double next[MODEL_MAX_HIDDEN];
    for (int j = 0; j < size; j++) {
        double sums[4];
        for (int gate = 0; gate < 4; gate++) {
            int row = gate * size + j;
            sums[gate] = input_side(layer, row, x) + state_side(layer, row, h, size);
        }
        cell[j] = sigmoid(sums[1]) * cell[j] + sigmoid(sums[0]) * tanh(sums[2]);
        next[j] = sigmoid(sums[3]) * tanh(cell[j]);
    }
    memcpy(h, next, (size_t)size * sizeof *h);
}

double reference_step(const Network *network, ReferenceState *state, double x, const float *knobs) {
    double first[1 + MODEL_MAX_KNOBS] = {x};
    const double *input = first;
    int size = network->shape.hidden;
    for (int k = 0; k < network->shape.knobs; k++) {
        first[1 + k] = (double)knobs[k];
    }
    for (int i = 0; i < network->shape.layers; i++) {
        const NetworkLayer *layer = &network->layer[i];
        if (network->shape.cell == LAYER_LSTM) {
            lstm_step(layer, size, input, state->h[i], state->cell[i]);
        } else {
            gru_step(layer, size, network->shape.cell == LAYER_GRU_RESET_BEFORE, input,
                     state->h[i]);
        }
        input = state->h[i];
    }
    double y = network->head_bias[0] + (network->shape.skip ? x : 0.0);
    for (int j = 0; j < size; j++) {
        y += network->head[j] * input[j];
    }
    return y;
}

const LayerKind recurrent_cells[] = {LAYER_GRU, LAYER_GRU_RESET_BEFORE, LAYER_LSTM};

void each_small_network(void (*check)(NetworkShape shape, uint64_t seed)) {
    static const NetworkShape shapes[] = {
        {.layers = 1, .hidden = 1, .skip = true}, {.layers = 1, .hidden = 3, .knobs = 1},
        {.layers = 1, .hidden = 8, .skip = true}, {.layers = 1, .hidden = 13, .knobs = 3},
        {.layers = 2, .hidden = 5, .knobs = 2},   {.layers = 3, .hidden = 4, .skip = true},
    };
    for (int cell = 0; cell < RECURRENT_CELLS; cell++) {
        for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
            NetworkShape shape = shapes[i];
            shape.cell = recurrent_cells[cell];
            check(shape, 1 + i);
        }
    }
}
