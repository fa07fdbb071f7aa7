// SPDX-License-Identifier: ISC
#include "tests/fuzz/range.h"

#include <math.h>

#include "dsp/base/decibels.h"

static double largest(const float *values, int count, double least) {
    for (int i = 0; values && i < count; i++) {
        least = fmax(least, fabs((double)values[i]));
    }
    return least;
}

static double sum_of_sizes(const float *values, long count) {
    double sum = 0.0;
    for (long i = 0; values && i < count; i++) {
        sum += fabs((double)values[i]);
    }
    return sum;
}

// The largest sum that a layer can come to when no input is beyond `input`.
static double largest_sum(const Layer *layer, double input) {
    int rows = layer_gates(layer->kind) * layer->outputs;
    double state = largest(layer->initial_state, layer->outputs, 1.0); // later ones are within 1
    double sum = 0.0;
    for (int row = 0; row < rows; row++) {
        const float *recurrent = layer->recurrent_kernel;
        double bias = fabs((double)layer->bias[row]) +
                      (recurrent ? fabs((double)layer->recurrent_bias[row]) : 0.0);
        double of_input = sum_of_sizes(layer->kernel + (long)row * layer->inputs, layer->inputs);
        double of_state = recurrent
                              ? sum_of_sizes(recurrent + (long)row * layer->outputs, layer->outputs)
                              : 0.0;
        sum = fmax(sum, bias + of_input * input + of_state * state);
    }
    return sum;
}

// The largest output, from the largest sum.
static double largest_output(const Layer *layer, double sum) {
    if (layer->kind != LAYER_DENSE) {
        return largest(layer->initial_state, layer->outputs, 1.0);
    }
    switch (layer->activation) {
    case ACTIVATION_TANH:
    case ACTIVATION_SIGMOID:
    case ACTIVATION_SOFTMAX:
        return 1.0;
    case ACTIVATION_PRELU:
        return sum * largest(layer->slope, layer->outputs, 1.0);
    default:
        return fmax(sum, 1.0);
    }
}

bool range_is_safe(const Model *model, double input) {
    const double limit = 1e36; // a float ends at 3e38; kernels scale sums by no more than 10
    double bound = input;
    for (int i = 0; i < model->layer_count; i++) {
        const Layer *layer = &model->layers[i];
        double sum = largest_sum(layer, bound);
        bound = largest_output(layer, sum);
        if (sum > limit || bound > limit ||
            largest(layer->initial_cell, layer->outputs, 0.0) > limit) {
            return false;
        }
    }
    return (bound + input) * decibels_to_amplitude(model->output_gain) <= limit;
}
