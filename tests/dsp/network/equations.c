// SPDX-License-Identifier: ISC
#include "tests/dsp/network/equations.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

static double sigmoid(double x) {
    return 1.0 / (1.0 + exp(-x));
}

static double row_product(const float *row, const double *x, int count) {
    double sum = 0.0;
    for (int i = 0; i < count; i++) {
        sum += (double)row[i] * x[i];
    }
    return sum;
}

static double from_input(const Layer *layer, int gate, int unit, const double *x) {
    int row = gate * layer->outputs + unit;
    return (double)layer->bias[row] +
           row_product(layer->kernel + row * layer->inputs, x, layer->inputs);
}

static double from_state(const Layer *layer, int gate, int unit, const double *h) {
    int row = gate * layer->outputs + unit;
    return (double)layer->recurrent_bias[row] +
           row_product(layer->recurrent_kernel + row * layer->outputs, h, layer->outputs);
}

static void gru(const Layer *layer, const double *x, double *h) {
    bool before = layer->kind == LAYER_GRU_RESET_BEFORE;
    double next[MODEL_MAX_HIDDEN];
    double gated[MODEL_MAX_HIDDEN];
    double r[MODEL_MAX_HIDDEN];
    for (int i = 0; i < layer->outputs; i++) {
        r[i] = sigmoid(from_input(layer, 1, i, x) + from_state(layer, 1, i, h));
        gated[i] = r[i] * h[i];
    }
    for (int i = 0; i < layer->outputs; i++) {
        double z = sigmoid(from_input(layer, 0, i, x) + from_state(layer, 0, i, h));
        double product = before ? from_state(layer, 2, i, gated)
                                : r[i] * from_state(layer, 2, i, h);
        next[i] = (1.0 - z) * tanh(from_input(layer, 2, i, x) + product) + z * h[i];
    }
    memcpy(h, next, sizeof next);
}

static void lstm(const Layer *layer, const double *x, double *h, double *s) {
    double next[MODEL_MAX_HIDDEN];
    for (int i = 0; i < layer->outputs; i++) {
        double a[4];
        for (int gate = 0; gate < 4; gate++) {
            a[gate] = from_input(layer, gate, i, x) + from_state(layer, gate, i, h);
        }
        s[i] = sigmoid(a[1]) * s[i] + sigmoid(a[0]) * tanh(a[2]);
        next[i] = sigmoid(a[3]) * tanh(s[i]);
    }
    memcpy(h, next, sizeof next);
}

static void dense(const Layer *layer, const double *x, double *y) {
    double sum = 0.0;
    for (int i = 0; i < layer->outputs; i++) {
        double a = from_input(layer, 0, i, x);
        switch (layer->activation) {
        case ACTIVATION_TANH:
            y[i] = tanh(a);
            break;
        case ACTIVATION_SIGMOID:
            y[i] = sigmoid(a);
            break;
        case ACTIVATION_RELU:
            y[i] = fmax(a, 0.0);
            break;
        case ACTIVATION_ELU:
            y[i] = a > 0.0 ? a : exp(a) - 1.0;
            break;
        case ACTIVATION_SOFTMAX:
            y[i] = exp(a);
            sum += y[i];
            break;
        case ACTIVATION_PRELU:
            y[i] = a > 0.0 ? a : (double)layer->slope[i] * a;
            break;
        default:
            y[i] = a;
        }
    }
    for (int i = 0; layer->activation == ACTIVATION_SOFTMAX && i < layer->outputs; i++) {
        y[i] /= sum;
    }
}

void equations_start(const Model *model, EquationState *state) {
    *state = (EquationState){0};
    for (int l = 0; l < model->layer_count; l++) {
        const Layer *layer = &model->layers[l];
        for (int i = 0; i < layer->outputs; i++) {
            state->h[l][i] = layer->initial_state ? (double)layer->initial_state[i] : 0.0;
            state->s[l][i] = layer->initial_cell ? (double)layer->initial_cell[i] : 0.0;
        }
    }
}

double equations_step(const Model *model, EquationState *state, double sample, const float *knobs) {
    double first[1 + MODEL_MAX_KNOBS] = {sample};
    double row[MODEL_MAX_HIDDEN];
    const double *x = first;
    for (int k = 0; k < model->knobs; k++) {
        first[1 + k] = (double)knobs[k];
    }
    for (int l = 0; l < model->layer_count; l++) {
        const Layer *layer = &model->layers[l];
        if (layer->kind == LAYER_DENSE) {
            dense(layer, x, row);
            memcpy(state->h[l], row, sizeof row);
        } else if (layer->kind == LAYER_LSTM) {
            lstm(layer, x, state->h[l], state->s[l]);
        } else {
            gru(layer, x, state->h[l]);
        }
        x = state->h[l];
    }
    return x[0];
}
