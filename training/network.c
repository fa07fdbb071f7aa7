// SPDX-License-Identifier: ISC
#include "training/network.h"

#include <math.h>

#include "dsp/memory.h"
#include "dsp/random.h"

size_t network_count(int hidden) {
    size_t h = (size_t)hidden;
    return 3 * h * h + 8 * h + 1;
}

Network network_at(const Network *shape, double *weights) {
    size_t h = (size_t)shape->hidden;
    Network network = {.hidden = shape->hidden, .skip = shape->skip, .weights = weights};
    network.count = network_count(shape->hidden);
    network.kernel = weights;
    network.recurrent_kernel = network.kernel + 3 * h;
    network.bias = network.recurrent_kernel + 3 * h * h;
    network.recurrent_bias = network.bias + 3 * h;
    network.head = network.recurrent_bias + h;
    network.head_bias = network.head + h;
    return network;
}

Status network_init(Network *network, int hidden, bool skip, Diagnostic *diagnostic) {
    *network = (Network){0};
    if (hidden < 1 || hidden > MODEL_MAX_HIDDEN) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "hidden size %d: 1 to %d can be trained",
                        hidden, MODEL_MAX_HIDDEN);
    }
    double *weights = memory_new(network_count(hidden), sizeof(double));
    if (!weights) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the weights");
    }
    *network = network_at(&(Network){.hidden = hidden, .skip = skip}, weights);
    return STATUS_OK;
}

void network_clear(Network *network) {
    memory_free(network->weights);
    *network = (Network){0};
}

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

void network_randomise(Network *network, uint64_t seed, double input_scale) {
    Random random = {seed};
    int hidden = network->hidden;
    size_t h = (size_t)hidden;
    double glorot = sqrt(6.0 / (1.0 + hidden));
    for (size_t i = 0; i < network->count; i++) {
        network->weights[i] = 0.0;
    }
    for (int i = 0; i < 3 * hidden; i++) {
        network->kernel[i] = random_within(&random, glorot * input_scale);
    }
    for (size_t gate = 0; gate < 3; gate++) {
        randomise_orthogonal(network->recurrent_kernel + gate * h * h, hidden, &random);
    }
    for (int i = 0; i < hidden; i++) {
        network->bias[i] = 1.0;
        network->head[i] = random_within(&random, glorot * 0.5);
    }
}

static void copy_to_float(float *to, const double *from, size_t count) {
    for (size_t i = 0; i < count; i++) {
        to[i] = (float)from[i];
    }
}

Model *network_model(const Network *network, double sample_rate) {
    Model *model = model_new();
    int hidden = network->hidden;
    size_t h = (size_t)hidden;
    if (!model ||
        model_add_layer(model, LAYER_GRU, ACTIVATION_TANH, 1, hidden, NULL) != STATUS_OK ||
        model_add_layer(model, LAYER_DENSE, ACTIVATION_LINEAR, hidden, 1, NULL) != STATUS_OK) {
        model_free(model);
        return NULL;
    }
    model->sample_rate = sample_rate;
    model->skip = network->skip;
    Layer *gru = &model->layers[0];
    copy_to_float(gru->kernel, network->kernel, 3 * h);
    copy_to_float(gru->recurrent_kernel, network->recurrent_kernel, 3 * h * h);
    copy_to_float(gru->bias, network->bias, 3 * h);
    copy_to_float(gru->recurrent_bias + 2 * h, network->recurrent_bias, h);
    copy_to_float(model->layers[1].kernel, network->head, h);
    copy_to_float(model->layers[1].bias, network->head_bias, 1);
    return model;
}
