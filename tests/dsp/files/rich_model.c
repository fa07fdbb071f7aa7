// SPDX-License-Identifier: ISC
#include "tests/dsp/files/rich_model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "dsp/base/random.h"

// Any finite float, denormals and negative zero among them.
static float any_float(Random *random) {
    for (;;) {
        uint32_t bits = (uint32_t)random_bits(random);
        float value;
        memcpy(&value, &bits, sizeof value);
        if (isfinite(value)) {
            return value;
        }
    }
}

static void fill(float *values, long count, Random *random) {
    for (long i = 0; values && i < count; i++) {
        values[i] = any_float(random);
    }
}

static void fill_layers(Model *model, Random *random) {
    for (int i = 0; i < model->layer_count; i++) {
        const Layer *layer = &model->layers[i];
        long rows = (long)layer_gates(layer->kind) * layer->outputs;
        fill(layer->kernel, rows * layer->inputs, random);
        fill(layer->bias, rows, random);
        fill(layer->recurrent_kernel, rows * layer->outputs, random);
        // The file has one row of biases for an LSTM.
        fill(layer->recurrent_bias, layer->kind == LAYER_LSTM ? 0 : rows, random);
        fill(layer->initial_state, layer->outputs, random);
        fill(layer->initial_cell, layer->outputs, random);
        fill(layer->slope, layer->outputs, random);
    }
}

static void fill_info(ModelInfo *info) {
    strcpy(info->name, "\"Quoted\" \\ \xc3\xa9");
    strcpy(info->author, "A B");
    strcpy(info->license, "ISC");
    strcpy(info->gear, "Box, 1974");
    info->esr = 0.0125;
    info->esr_seconds = 19.5;
    info->esr_stretches = 10;
    info->loudness = -18.25;
    info->input_level_dbu = 12.5;
    info->output_level_dbu = 3.75;
    info->latency = 14.0;
    info->trained_epochs = 12.5;
    info->trained_seconds = 60.0;
    info->trained_seed = 4000000001ul;
    ModelBehaviour *behaviour = &info->behaviour;
    *behaviour = (ModelBehaviour){.known = true,
                                  .calm = true,
                                  .calm_to = 12.0,
                                  .guitar = {-121.5, -110.0, -99.0, -20.5, (double)NAN},
                                  .noise = {-80.0, -3.25},
                                  .aliasing_loud = -42.5,
                                  .aliasing_soft = -110.0,
                                  .steady = true,
                                  .gain = 11.5};
    strcpy(behaviour->calm_verdict, "calm to +12 dB");
    strcpy(behaviour->aliasing_verdict, "some at 0 dB");
    strcpy(behaviour->levels_verdict, "steady");
}

Model *rich_model_new(void) {
    static const struct {
        LayerKind kind;
        Activation activation;
        int outputs;
    } layers[] = {
        {LAYER_DENSE, ACTIVATION_TANH, 5},    {LAYER_GRU, ACTIVATION_LINEAR, 7},
        {LAYER_LSTM, ACTIVATION_LINEAR, 6},   {LAYER_GRU_RESET_BEFORE, ACTIVATION_LINEAR, 5},
        {LAYER_DENSE, ACTIVATION_PRELU, 4},   {LAYER_DENSE, ACTIVATION_ELU, 3},
        {LAYER_DENSE, ACTIVATION_SOFTMAX, 4}, {LAYER_DENSE, ACTIVATION_SIGMOID, 1},
    };
    Random random = {7};
    Model *model = model_new();
    assert_non_null(model);
    model->sample_rate = 44100.0;
    model->skip = true;
    model->input_gain = 1.25;
    model->output_gain = -7.5;
    model->settling = 4800;
    model->knobs = 2;
    model->knob[0] = (Knob){"Drive", -1.0f, 11.0f, 0.1f};
    model->knob[1] = (Knob){"Tone", 0.0f, 1.0f, 0.5f};
    fill_info(&model->info);
    int inputs = 3;
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        assert_int_equal(model_add_layer(model, layers[i].kind, layers[i].activation, inputs,
                                         layers[i].outputs, NULL),
                         STATUS_OK);
        inputs = layers[i].outputs;
    }
    fill_layers(model, &random);
    model->layers[1].bias[0] = -0.0f;
    assert_int_equal(model_add_test(model, 3, NULL), STATUS_OK);
    fill(model->test.input, 9, &random);
    fill(model->test.output, 3, &random);
    return model;
}
