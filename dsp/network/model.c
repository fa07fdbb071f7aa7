// SPDX-License-Identifier: ISC
#include "dsp/network/model.h"

#include <math.h>
#include <string.h>

#include "dsp/base/memory.h"

Model *model_new(void) {
    Model *model = memory_new(1, sizeof *model);
    if (!model) {
        return NULL;
    }
    model->info.esr = -1.0;
    model->info.loudness = NAN;
    model->info.input_level_dbu = NAN;
    model->info.output_level_dbu = NAN;
    for (int i = 0; i < MODEL_MAX_KNOBS; i++) {
        model->knob[i].maximum = 1.0f;
    }
    return model;
}

static void layer_clear(Layer *layer) {
    memory_free(layer->kernel);
    memory_free(layer->bias);
    memory_free(layer->recurrent_kernel);
    memory_free(layer->recurrent_bias);
    memory_free(layer->slope);
    memory_free(layer->initial_state);
    memory_free(layer->initial_cell);
}

void model_free(Model *model) {
    if (!model) {
        return;
    }
    for (int i = 0; i < model->layer_count; i++) {
        layer_clear(&model->layers[i]);
    }
    memory_free(model->test.input);
    memory_free(model->test.output);
    memory_free(model);
}

Status model_add_test(Model *model, int frames, Diagnostic *diagnostic) {
    ModelTest *test = &model->test;
    memory_free(test->input);
    memory_free(test->output);
    *test = (ModelTest){0};
    test->input = memory_new((size_t)frames * (size_t)(1 + model->knobs), sizeof(float));
    test->output = memory_new((size_t)frames, sizeof(float));
    if (!test->input || !test->output) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the self-test");
    }
    test->frames = frames;
    return STATUS_OK;
}

// Allocates what a layer of this shape has; false when memory is short.
static bool layer_fill(Layer *layer) {
    size_t outputs = (size_t)layer->outputs;
    size_t rows = (size_t)layer_gates(layer->kind) * outputs;
    bool recurrent = layer->kind != LAYER_DENSE;
    const struct {
        float **weights;
        size_t count;
        bool wanted;
    } all[] = {
        {&layer->kernel, rows * (size_t)layer->inputs, true},
        {&layer->bias, rows, true},
        {&layer->slope, outputs, !recurrent && layer->activation == ACTIVATION_PRELU},
        {&layer->recurrent_kernel, rows * outputs, recurrent},
        {&layer->recurrent_bias, rows, recurrent},
        {&layer->initial_state, outputs, recurrent},
        {&layer->initial_cell, outputs, layer->kind == LAYER_LSTM},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (all[i].wanted) {
            *all[i].weights = memory_new(all[i].count, sizeof(float));
            if (!*all[i].weights) {
                return false;
            }
        }
    }
    return true;
}

Status model_add_layer(Model *model, LayerKind kind, Activation activation, int inputs, int outputs,
                       Diagnostic *diagnostic) {
    int index = model->layer_count;
    if (index >= MODEL_MAX_LAYERS) {
        return diagnose(diagnostic, STATUS_UNSUPPORTED, "more than %d layers", MODEL_MAX_LAYERS);
    }
    if (inputs < 1 || inputs > MODEL_MAX_HIDDEN || outputs < 1 || outputs > MODEL_MAX_HIDDEN) {
        return diagnose(diagnostic, STATUS_UNSUPPORTED,
                        "layer %d takes %d values and gives %d; 1 to %d can be run", index + 1,
                        inputs, outputs, MODEL_MAX_HIDDEN);
    }
    if (index > 0 && inputs != model->layers[index - 1].outputs) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                        "layer %d takes %d values, but the layer before gives %d", index + 1,
                        inputs, model->layers[index - 1].outputs);
    }
    Layer layer = {.kind = kind, .activation = activation, .inputs = inputs, .outputs = outputs};
    if (!layer_fill(&layer)) {
        layer_clear(&layer);
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the weights of layer %d",
                        index + 1);
    }
    model->layers[index] = layer;
    model->layer_count = index + 1;
    return STATUS_OK;
}

static void copy_floats(float *to, const float *from, size_t count) {
    if (to && from) {
        memcpy(to, from, count * sizeof *to);
    }
}

static void layer_copy(Layer *to, const Layer *from) {
    size_t outputs = (size_t)from->outputs;
    size_t rows = (size_t)layer_gates(from->kind) * outputs;
    copy_floats(to->kernel, from->kernel, rows * (size_t)from->inputs);
    copy_floats(to->bias, from->bias, rows);
    copy_floats(to->slope, from->slope, outputs);
    copy_floats(to->recurrent_kernel, from->recurrent_kernel, rows * outputs);
    copy_floats(to->recurrent_bias, from->recurrent_bias, rows);
    copy_floats(to->initial_state, from->initial_state, outputs);
    copy_floats(to->initial_cell, from->initial_cell, outputs);
}

Model *model_copy(const Model *model) {
    Model *copy = model_new();
    if (!copy) {
        return NULL;
    }
    *copy = *model;
    copy->layer_count = 0;
    copy->test = (ModelTest){0};
    bool whole = true;
    for (int i = 0; whole && i < model->layer_count; i++) {
        const Layer *layer = &model->layers[i];
        whole = model_add_layer(copy, layer->kind, layer->activation, layer->inputs, layer->outputs,
                                NULL) == STATUS_OK;
        if (whole) {
            layer_copy(&copy->layers[i], layer);
        }
    }
    if (whole && model->test.frames > 0) {
        size_t frames = (size_t)model->test.frames;
        whole = model_add_test(copy, model->test.frames, NULL) == STATUS_OK;
        copy_floats(copy->test.input, model->test.input, frames * (size_t)(1 + model->knobs));
        copy_floats(copy->test.output, model->test.output, frames);
    }
    if (!whole) {
        model_free(copy);
        return NULL;
    }
    return copy;
}

static bool all_finite(const float *values, long count) {
    for (long i = 0; values && i < count; i++) {
        if (!isfinite(values[i])) {
            return false;
        }
    }
    return true;
}

static bool layer_finite(const Layer *layer) {
    long rows = (long)layer_gates(layer->kind) * layer->outputs;
    return all_finite(layer->kernel, rows * layer->inputs) && all_finite(layer->bias, rows) &&
           all_finite(layer->recurrent_kernel, rows * layer->outputs) &&
           all_finite(layer->recurrent_bias, rows) && all_finite(layer->slope, layer->outputs) &&
           all_finite(layer->initial_state, layer->outputs) &&
           all_finite(layer->initial_cell, layer->outputs);
}

Status model_check(const Model *model, Diagnostic *diagnostic) {
    if (model->layer_count < 1) {
        return diagnose(diagnostic, STATUS_BAD_MODEL, "the model has no layers");
    }
    int first_inputs = model->layers[0].inputs;
    if (model->knobs < 0 || model->knobs > MODEL_MAX_KNOBS || first_inputs != 1 + model->knobs) {
        return diagnose(
            diagnostic, STATUS_BAD_MODEL,
            "the first layer takes %d values; 1 for the audio and %d for knobs expected",
            first_inputs, model->knobs);
    }
    int last_outputs = model->layers[model->layer_count - 1].outputs;
    if (last_outputs != 1) {
        return diagnose(diagnostic, STATUS_BAD_MODEL, "the last layer gives %d values instead of 1",
                        last_outputs);
    }
    for (int i = 0; i < model->layer_count; i++) {
        if (!layer_finite(&model->layers[i])) {
            return diagnose(diagnostic, STATUS_BAD_MODEL,
                            "layer %d has a weight that is not a finite number", i + 1);
        }
    }
    if (!isfinite(model->input_gain) || !isfinite(model->output_gain) ||
        !isfinite(model->sample_rate) || model->sample_rate < 0.0) {
        return diagnose(diagnostic, STATUS_BAD_MODEL,
                        "a gain or the sample rate is not a usable number");
    }
    return STATUS_OK;
}

int model_hidden(const Model *model) {
    for (int i = 0; i < model->layer_count; i++) {
        if (model->layers[i].kind != LAYER_DENSE) {
            return model->layers[i].outputs;
        }
    }
    return 0;
}

long model_weight_count(const Model *model) {
    long count = 0;
    for (int i = 0; i < model->layer_count; i++) {
        const Layer *layer = &model->layers[i];
        long rows = (long)layer_gates(layer->kind) * layer->outputs;
        count += rows * (layer->inputs + 1);
        if (layer->recurrent_kernel) {
            count += rows * (layer->outputs + 1);
        }
    }
    return count;
}
