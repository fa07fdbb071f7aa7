// SPDX-License-Identifier: ISC
// What the driver of the training kernels (pass_body.h) knows of each cell, and the packed weights.
#ifndef GRUFF_TRAINING_NETWORK_PASS_WEIGHTS_H
#define GRUFF_TRAINING_NETWORK_PASS_WEIGHTS_H

#include "training/network/cell_gru.h"
#include "training/network/cell_lstm.h"
#include "training/network/cell_reset_before.h"
#include "training/network/pass.h"

struct PassWeights {
    NetworkShape shape;
    int padded;
    LayerWeights layer[NETWORK_MAX_LAYERS];
    Real *head; // [padded]
    Real head_bias;
};

// What one cell is, for the driver.
typedef struct Cell {
    int gates, saved, deltas;   // rows of each, a padded unit each
    int first_input_delta;      // where the input rows' deltas begin
    int units;                  // of a forward tile
    const int *recurrent_gates; // as the recurrent rows' deltas stand
    const double *scale;
    void (*forward)(const Segment *segment);
    void (*gradients)(const Segment *segment, int begin, int frames);
} Cell;

static Cell cell_of(LayerKind kind) {
    switch (kind) {
    case LAYER_LSTM:
        return (Cell){LSTM_GATES, LSTM_SAVED,   LSTM_DELTAS,   0, LSTM_UNITS, lstm_gates,
                      lstm_scale, lstm_forward, lstm_gradients};
    case LAYER_GRU_RESET_BEFORE:
        return (Cell){BEFORE_GATES, BEFORE_SAVED,   BEFORE_DELTAS,   0, BEFORE_UNITS, before_gates,
                      before_scale, before_forward, before_gradients};
    default:
        return (Cell){GRU_GATES, GRU_SAVED,   GRU_DELTAS,   1, GRU_UNITS, gru_recurrent_gates,
                      gru_scale, gru_forward, gru_gradients};
    }
}

static int padded_size(int hidden) {
    return (hidden + 3) / 4 * 4;
}

typedef struct Want {
    void *place; // a pointer to fill
    size_t count;
} Want;

// Fills every pointer with zeroed memory for its count of `size` bytes; false when memory is short.
static bool allocate(const Want *wants, size_t count, size_t size) {
    bool good = true;
    for (size_t i = 0; i < count; i++) {
        void *memory = wants[i].count ? memory_new(wants[i].count, size) : NULL;
        good = good && (memory || !wants[i].count);
        memcpy(wants[i].place, &memory, sizeof memory);
    }
    return good;
}

// ---- Weights ----

static void weights_free(PassWeights *weights) {
    if (!weights) {
        return;
    }
    for (int i = 0; i < weights->shape.layers; i++) {
        LayerWeights *layer = &weights->layer[i];
        memory_free(layer->audio);
        memory_free(layer->knobs);
        memory_free(layer->bias);
        memory_free(layer->recurrent);
        memory_free(layer->inputs);
        memory_free(layer->recurrent_back);
        memory_free(layer->inputs_back);
    }
    memory_free(weights->head);
    memory_free(weights);
}

static PassWeights *weights_new(const NetworkShape *shape) {
    PassWeights *weights = memory_new(1, sizeof *weights);
    if (!weights) {
        return NULL;
    }
    weights->shape = *shape;
    weights->padded = padded_size(shape->hidden);
    size_t padded = (size_t)weights->padded, knobs = (size_t)shape->knobs;
    bool good = allocate(&(Want){&weights->head, padded}, 1, sizeof(Real));
    for (int i = 0; i < shape->layers; i++) {
        LayerWeights *layer = &weights->layer[i];
        layer->padded = weights->padded;
        layer->gates = cell_of(shape->cell).gates;
        layer->below = i ? weights->padded : 0;
        size_t rows = (size_t)layer->gates * padded;
        const Want wants[] = {
            {&layer->audio, i ? 0 : rows},
            {&layer->knobs, i ? 0 : knobs * rows},
            {&layer->bias, rows + padded},
            {&layer->recurrent, rows * padded},
            {&layer->inputs, i ? rows * padded : 0},
            {&layer->recurrent_back, rows * padded},
            {&layer->inputs_back, i ? rows * padded : 0},
        };
        good = allocate(wants, sizeof wants / sizeof *wants, sizeof(Real)) && good;
    }
    if (!good) {
        weights_free(weights);
        return NULL;
    }
    return weights;
}

static void pack_recurrent(LayerWeights *to, const Cell *cell, PackSource from, LayerKind kind) {
    const int padded = to->padded;
    if (kind == LAYER_GRU_RESET_BEFORE) { // two products: z and r, then c
        pack_forward(to->recurrent, from, before_gates, 2, cell->scale, cell->units, padded);
        pack_forward(to->recurrent + 2 * padded * padded, from, before_candidate, 1, cell->scale,
                     cell->units, padded);
        pack_back(to->recurrent_back, from, before_gates, 2, padded, padded);
        pack_back(to->recurrent_back + 2 * padded * padded, from, before_candidate, 1, padded,
                  padded);
        return;
    }
    pack_forward(to->recurrent, from, lstm_gates, cell->gates, cell->scale, cell->units, padded);
    pack_back(to->recurrent_back, from, cell->recurrent_gates, cell->gates, padded, padded);
}

static void pack_layer(LayerWeights *to, const NetworkLayer *from, const NetworkShape *shape) {
    const Cell cell = cell_of(shape->cell);
    const int hidden = shape->hidden, padded = to->padded;
    for (int gate = 0; gate < cell.gates; gate++) {
        for (int unit = 0; unit < hidden; unit++) {
            int row = gate * padded + unit;
            const double *kernel = from->kernel + (gate * hidden + unit) * from->inputs;
            to->bias[row] = (Real)(from->bias[gate * hidden + unit] * cell.scale[gate]);
            if (!to->below) {
                to->audio[row] = (Real)(kernel[0] * cell.scale[gate]);
            }
            for (int k = 0; !to->below && k < shape->knobs; k++) {
                to->knobs[k * cell.gates * padded + row] = (Real)(kernel[1 + k] * cell.scale[gate]);
            }
        }
    }
    for (int unit = 0; from->recurrent_bias && unit < hidden; unit++) {
        to->bias[cell.gates * padded + unit] = (Real)(from->recurrent_bias[unit] *
                                                      cell.scale[GRU_GATES - 1]);
    }
    pack_recurrent(to, &cell, (PackSource){from->recurrent_kernel, hidden, hidden}, shape->cell);
    if (to->below) {
        PackSource source = {from->kernel, hidden, hidden};
        pack_forward(to->inputs, source, lstm_gates, cell.gates, cell.scale, cell.units, padded);
        pack_back(to->inputs_back, source, lstm_gates, cell.gates, padded, padded);
    }
}

static void weights_pack(PassWeights *weights, const Network *network) {
    for (int i = 0; i < weights->shape.layers; i++) {
        pack_layer(&weights->layer[i], &network->layer[i], &weights->shape);
    }
    for (int unit = 0; unit < weights->shape.hidden; unit++) {
        weights->head[unit] = (Real)network->head[unit];
    }
    weights->head_bias = (Real)network->head_bias[0];
}

#endif
