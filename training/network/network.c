// SPDX-License-Identifier: ISC
#include "training/network/network.h"

#include <math.h>

#include "dsp/base/memory.h"
#include "dsp/base/random.h"

static int layer_inputs(const NetworkShape *shape, int layer) {
    return layer == 0 ? 1 + shape->knobs : shape->hidden;
}

size_t network_count(const NetworkShape *shape) {
    size_t hidden = (size_t)shape->hidden, count = hidden + 1; // the head
    size_t rows = (size_t)layer_gates(shape->cell) * hidden;
    for (int i = 0; i < shape->layers; i++) {
        count += rows * ((size_t)layer_inputs(shape, i) + hidden + 1);
        count += shape->cell == LAYER_GRU ? hidden : 0;
    }
    return count;
}

Network network_at(const NetworkShape *shape, double *weights) {
    Network network = {.shape = *shape, .weights = weights};
    size_t hidden = (size_t)shape->hidden;
    size_t rows = (size_t)layer_gates(shape->cell) * hidden, used = 0;
    for (int i = 0; i < shape->layers; i++) {
        NetworkLayer *layer = &network.layer[i];
        layer->inputs = layer_inputs(shape, i);
        layer->kernel = weights + used;
        used += rows * (size_t)layer->inputs;
        layer->recurrent_kernel = weights + used;
        used += rows * hidden;
        layer->bias = weights + used;
        used += rows;
        if (shape->cell == LAYER_GRU) {
            layer->recurrent_bias = weights + used;
            used += hidden;
        }
    }
    network.head = weights + used;
    network.head_bias = network.head + hidden;
    network.count = network_count(shape);
    return network;
}

static Status check_shape(const NetworkShape *shape, Diagnostic *diagnostic) {
    if (shape->hidden < 1 || shape->hidden > MODEL_MAX_HIDDEN) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "hidden size %d: 1 to %d can be trained",
                        shape->hidden, MODEL_MAX_HIDDEN);
    }
    if (shape->layers < 1 || shape->layers > NETWORK_MAX_LAYERS) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "%d layers: 1 to %d can be trained",
                        shape->layers, NETWORK_MAX_LAYERS);
    }
    if (shape->knobs < 0 || shape->knobs > MODEL_MAX_KNOBS) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "%d knobs: up to %d can be trained",
                        shape->knobs, MODEL_MAX_KNOBS);
    }
    return STATUS_OK;
}

Status network_init(Network *network, const NetworkShape *shape, Diagnostic *diagnostic) {
    *network = (Network){0};
    Status status = check_shape(shape, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    double *weights = memory_new(network_count(shape), sizeof(double));
    if (!weights) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the weights");
    }
    *network = network_at(shape, weights);
    return STATUS_OK;
}

void network_clear(Network *network) {
    memory_free(network->weights);
    *network = (Network){0};
}

// ---- Initial weights ----

static double dot(const double *a, const double *b, int count) {
    double sum = 0.0;
    for (int i = 0; i < count; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

// Rows of a random orthogonal matrix [size][size]: Gram and Schmidt on normal vectors.
static void randomise_orthogonal(double *matrix, int size, Random *random) {
    for (int i = 0; i < size; i++) {
        double *row = matrix + (size_t)i * (size_t)size;
        for (int k = 0; k < size; k++) {
            row[k] = random_normal(random);
        }
        for (int j = 0; j < i; j++) {
            const double *done = matrix + (size_t)j * (size_t)size;
            double along = dot(row, done, size);
            for (int k = 0; k < size; k++) {
                row[k] -= along * done[k];
            }
        }
        double scale = 1.0 / sqrt(dot(row, row, size));
        for (int k = 0; k < size; k++) {
            row[k] *= scale;
        }
    }
}

static void randomise_layer(const Network *network, int index, Random *random, double input_scale) {
    const NetworkLayer *layer = &network->layer[index];
    int hidden = network->shape.hidden, gates = layer_gates(network->shape.cell);
    double glorot = sqrt(6.0 / (layer->inputs + hidden));
    for (int i = 0; i < gates * hidden * layer->inputs; i++) {
        bool audio = index == 0 && i % layer->inputs == 0;
        layer->kernel[i] = random_within(random, glorot * (audio ? input_scale : 1.0));
    }
    for (int gate = 0; gate < gates; gate++) {
        size_t first = (size_t)gate * (size_t)hidden * (size_t)hidden;
        randomise_orthogonal(layer->recurrent_kernel + first, hidden, random);
    }
    int remembering = network->shape.cell == LAYER_LSTM ? 1 : 0; // f, or z
    for (int i = 0; i < hidden; i++) {
        layer->bias[remembering * hidden + i] = 1.0;
    }
}

void network_randomise(Network *network, uint64_t seed, double input_scale) {
    Random random = {seed};
    for (size_t i = 0; i < network->count; i++) {
        network->weights[i] = 0.0;
    }
    for (int i = 0; i < network->shape.layers; i++) {
        randomise_layer(network, i, &random, input_scale);
    }
    double glorot = sqrt(6.0 / (1.0 + network->shape.hidden));
    for (int i = 0; i < network->shape.hidden; i++) {
        network->head[i] = random_within(&random, glorot * 0.5);
    }
}

// ---- Export ----

static void copy_to_float(float *to, const double *from, size_t count) {
    for (size_t i = 0; i < count; i++) {
        to[i] = (float)from[i];
    }
}

static bool add_layers(Model *model, const NetworkShape *shape) {
    for (int i = 0; i < shape->layers; i++) {
        if (model_add_layer(model, shape->cell, ACTIVATION_TANH, layer_inputs(shape, i),
                            shape->hidden, NULL) != STATUS_OK) {
            return false;
        }
    }
    return model_add_layer(model, LAYER_DENSE, ACTIVATION_LINEAR, shape->hidden, 1, NULL) ==
           STATUS_OK;
}

Model *network_model(const Network *network, double sample_rate) {
    const NetworkShape *shape = &network->shape;
    size_t hidden = (size_t)shape->hidden;
    size_t rows = (size_t)layer_gates(shape->cell) * hidden;
    Model *model = model_new();
    if (!model || !add_layers(model, shape)) {
        model_free(model);
        return NULL;
    }
    model->sample_rate = sample_rate;
    model->skip = shape->skip;
    model->knobs = shape->knobs;
    for (int i = 0; i < shape->layers; i++) {
        const NetworkLayer *from = &network->layer[i];
        Layer *to = &model->layers[i];
        copy_to_float(to->kernel, from->kernel, rows * (size_t)from->inputs);
        copy_to_float(to->recurrent_kernel, from->recurrent_kernel, rows * hidden);
        copy_to_float(to->bias, from->bias, rows);
        if (from->recurrent_bias) {
            copy_to_float(to->recurrent_bias + 2 * hidden, from->recurrent_bias, hidden);
        }
    }
    Layer *head = &model->layers[shape->layers];
    copy_to_float(head->kernel, network->head, hidden);
    copy_to_float(head->bias, network->head_bias, 1);
    return model;
}
