// SPDX-License-Identifier: ISC
#include "tests/rig/sample_model.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/network/isa_choice.h"

// -1 .. 1 (linear congruential generator, Knuth's MMIX constants).
static float noise(uint64_t *state) {
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (float)((double)(*state >> 33) / (double)(UINT64_C(1) << 30) - 1.0);
}

static void fill(float *weights, int count, float scale, uint64_t *state) {
    for (int i = 0; weights && i < count; i++) {
        weights[i] = scale * noise(state);
    }
}

static Model *make(int hidden, unsigned seed, bool skip, int knobs) {
    Model *model = model_new();
    if (!model ||
        model_add_layer(model, LAYER_GRU, ACTIVATION_TANH, 1 + knobs, hidden, NULL) != STATUS_OK ||
        model_add_layer(model, LAYER_DENSE, ACTIVATION_LINEAR, hidden, 1, NULL) != STATUS_OK) {
        abort();
    }
    model->knobs = knobs;
    for (int k = 0; k < knobs; k++) {
        model->knob[k] = (Knob){"", 0.0f, 1.0f, 0.5f};
        snprintf(model->knob[k].name, MODEL_TEXT, "Knob %c", 'A' + k);
    }
    model->skip = skip;
    model->sample_rate = 48000.0;
    uint64_t state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
    float covariance = 1.0f / sqrtf((float)hidden);
    Layer *gru = &model->layers[0];
    Layer *dense = &model->layers[1];
    fill(gru->kernel, 3 * hidden * gru->inputs, 1.0f, &state);
    fill(gru->recurrent_kernel, 3 * hidden * hidden, covariance, &state);
    fill(gru->bias, 3 * hidden, 0.1f, &state);
    fill(gru->recurrent_bias, 3 * hidden, 0.1f, &state);
    fill(dense->kernel, hidden, covariance, &state);
    fill(dense->bias, 1, 0.01f, &state);
    return model;
}

Model *sample_model_new(int hidden, unsigned seed, bool skip) {
    return make(hidden, seed, skip, 0);
}

Model *sample_model_with_knobs_new(int hidden, unsigned seed, int knobs) {
    return make(hidden, seed, true, knobs);
}

void sample_fill(Model *model) {
    for (int l = 0; l < model->layer_count; l++) {
        Layer *layer = &model->layers[l];
        int rows = layer_gates(layer->kind) * layer->outputs;
        for (int i = 0; i < rows * layer->inputs; i++) {
            layer->kernel[i] = 0.7f * sinf((float)(i * (l + 3)));
        }
        for (int i = 0; layer->recurrent_kernel && i < rows * layer->outputs; i++) {
            layer->recurrent_kernel[i] = 0.4f * cosf((float)(i * (l + 2)));
        }
    }
}

Model *sample_gain_new(double gain) {
    Model *model = sample_model_new(4, 1, true);
    memset(model->layers[1].kernel, 0, 4 * sizeof(float));
    model->layers[1].bias[0] = 0.0f;
    model->output_gain = gain;
    return model;
}

Engine *sample_engine_new(int hidden, unsigned seed, int channels) {
    Model *model = sample_model_new(hidden, seed, true);
    Engine *engine = NULL;
    if (engine_new(&engine, model, isa_best(), channels, NULL) != STATUS_OK) {
        abort();
    }
    model_free(model);
    return engine;
}

ModelStage *sample_voice_new(int hidden, unsigned seed, int channels) {
    Model *model = sample_model_new(hidden, seed, true);
    ModelStage *stage = NULL;
    if (model_stage_new(&stage, model, isa_best(), model->sample_rate, channels, NULL) !=
        STATUS_OK) {
        abort();
    }
    model_free(model);
    return stage;
}

void sample_signal(float *signal, int frames, double rate, unsigned seed) {
    uint64_t state = seed + 1;
    for (int i = 0; i < frames; i++) {
        double t = fmod((double)i / rate, 0.5);
        double tone = sin(2.0 * 3.14159265358979 * 110.0 * t) + 0.5 * sin(1382.3 * t);
        signal[i] = (float)(0.35 * tone * exp(-4.0 * t)) + 0.001f * noise(&state);
    }
}
