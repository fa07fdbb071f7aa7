// SPDX-License-Identifier: ISC
#include "dsp/model.h"

#include <math.h>

#include "dsp/memory.h"

int layer_gates(LayerKind kind) {
    return kind == LAYER_GRU ? 3 : 1;
}

Model *model_new(void) {
    Model *model = memory_new(1, sizeof *model);
    if (model) {
        model->info.esr = -1.0;
    }
    return model;
}

static void layer_clear(Layer *layer) {
    memory_free(layer->kernel);
    memory_free(layer->bias);
    memory_free(layer->recurrent_kernel);
    memory_free(layer->recurrent_bias);
}

void model_free(Model *model) {
    if (!model) {
        return;
    }
    for (int i = 0; i < model->layer_count; i++) {
        layer_clear(&model->layers[i]);
    }
    memory_free(model);
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
    bool recurrent = kind != LAYER_DENSE;
    size_t rows = (size_t)layer_gates(kind) * (size_t)outputs;
    Layer layer = {.kind = kind, .activation = activation, .inputs = inputs, .outputs = outputs};
    layer.kernel = memory_new(rows * (size_t)inputs, sizeof(float));
    layer.bias = memory_new(rows, sizeof(float));
    if (recurrent) {
        layer.recurrent_kernel = memory_new(rows * (size_t)outputs, sizeof(float));
        layer.recurrent_bias = memory_new(rows, sizeof(float));
    }
    if (!layer.kernel || !layer.bias ||
        (recurrent && (!layer.recurrent_kernel || !layer.recurrent_bias))) {
        layer_clear(&layer);
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the weights of layer %d",
                        index + 1);
    }
    model->layers[index] = layer;
    model->layer_count = index + 1;
    return STATUS_OK;
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
           all_finite(layer->recurrent_bias, rows);
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
