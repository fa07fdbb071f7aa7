// SPDX-License-Identifier: ISC
#include <float.h>
#include <math.h>
#include <stdbool.h>

#include "dsp/files/models/extras.h"
#include "dsp/files/models/keras.h"

// [null, null, size]: any batch, any time, `size` values.
static Tree *build_shape(int size) {
    Tree *shape = tree_array();
    bool whole = tree_put_null(shape, NULL);
    whole = tree_put_null(shape, NULL) && whole;
    return tree_if_whole(shape, whole && tree_put_integer(shape, NULL, size));
}

static Tree *build_row(const float *values, int count, int stride) {
    Tree *row = tree_array();
    bool whole = row != NULL;
    for (int i = 0; whole && i < count; i++) {
        whole = tree_put_float(row, NULL, values[(long)i * stride]);
    }
    return tree_if_whole(row, whole);
}

// One row for each input: the other way round than in a Layer.
static Tree *build_matrix(const float *values, int inputs, int outputs) {
    Tree *rows = tree_array();
    bool whole = rows != NULL;
    for (int i = 0; whole && i < inputs; i++) {
        whole = tree_put(rows, NULL, build_row(values + i, outputs, inputs));
    }
    return tree_if_whole(rows, whole);
}

// Both rows of a GRU; an LSTM has one in these files, the sum of the two.
static Tree *build_bias(const Layer *layer) {
    int rows = layer_gates(layer->kind) * layer->outputs;
    Tree *bias = tree_array();
    bool whole = bias != NULL;
    if (layer->kind == LAYER_LSTM) {
        for (int i = 0; whole && i < rows; i++) {
            float sum = layer->bias[i] + layer->recurrent_bias[i];
            whole = tree_put_float(bias, NULL, fmaxf(fminf(sum, FLT_MAX), -FLT_MAX));
        }
    } else {
        whole = tree_put(bias, NULL, build_row(layer->bias, rows, 1)) &&
                tree_put(bias, NULL, build_row(layer->recurrent_bias, rows, 1));
    }
    return tree_if_whole(bias, whole);
}

static Tree *build_weights(const Layer *layer) {
    int rows = layer_gates(layer->kind) * layer->outputs;
    Tree *weights = tree_array();
    bool whole = tree_put(weights, NULL, build_matrix(layer->kernel, layer->inputs, rows));
    if (layer->kind == LAYER_DENSE) {
        whole = whole && tree_put(weights, NULL, build_row(layer->bias, rows, 1));
    } else {
        whole = whole &&
                tree_put(weights, NULL,
                         build_matrix(layer->recurrent_kernel, layer->outputs, rows)) &&
                tree_put(weights, NULL, build_bias(layer));
    }
    return tree_if_whole(weights, whole);
}

// PReLU stands in an entry of its own.
static const char *own_activation(const Layer *layer) {
    bool own = layer->kind == LAYER_DENSE && layer->activation != ACTIVATION_PRELU;
    return activation_name(own ? layer->activation : ACTIVATION_LINEAR);
}

// As RTNeural's files have it. Which GRU it is stands in "reset_after".
static const char *type_name(const Layer *layer, bool first) {
    if (layer->kind == LAYER_DENSE && first) {
        return "time-distributed-dense";
    }
    return layer_kind_name(layer->kind == LAYER_GRU_RESET_BEFORE ? LAYER_GRU : layer->kind);
}

static Tree *build_layer(const Layer *layer, bool first) {
    Tree *tree = tree_object();
    bool whole = tree_put_text(tree, "type", type_name(layer, first)) &&
                 tree_put_text(tree, "activation", own_activation(layer)) &&
                 tree_put(tree, "shape", build_shape(layer->outputs)) &&
                 (layer->kind != LAYER_GRU_RESET_BEFORE ||
                  tree_put_bool(tree, "reset_after", false)) &&
                 tree_put(tree, "weights", build_weights(layer));
    return tree_if_whole(tree, whole);
}

static Tree *build_prelu(const Layer *layer) {
    Tree *tree = tree_object(), *weights = tree_array();
    bool whole = tree_put(weights, NULL, build_row(layer->slope, layer->outputs, 1));
    whole = tree_put(tree, "weights", weights) && whole && tree_put_text(tree, "type", "prelu") &&
            tree_put(tree, "shape", build_shape(layer->outputs));
    return tree_if_whole(tree, whole);
}

static Tree *build_layers(const Model *model) {
    Tree *layers = tree_array();
    bool whole = layers != NULL;
    for (int i = 0; whole && i < model->layer_count; i++) {
        const Layer *layer = &model->layers[i];
        whole = tree_put(layers, NULL, build_layer(layer, i == 0)) &&
                (!layer->slope || tree_put(layers, NULL, build_prelu(layer)));
    }
    return tree_if_whole(layers, whole);
}

static bool put_text_if_any(Tree *to, const char *key, const char *text) {
    return !*text || tree_put_text(to, key, text);
}

static bool put_rate_if_known(Tree *to, const Model *model) {
    double rate = model->sample_rate;
    if (rate <= 0.0) {
        return true;
    }
    long whole = (long)rate;
    return (double)whole == rate ? tree_put_integer(to, "samplerate", whole)
                                 : tree_put_number(to, "samplerate", rate);
}

static Tree *build_metadata(const Model *model) {
    const ModelInfo *info = &model->info;
    Tree *metadata = tree_object();
    bool whole = metadata && put_text_if_any(metadata, "name", info->name) &&
                 put_text_if_any(metadata, "author", info->author) &&
                 put_text_if_any(metadata, "license", info->license) &&
                 put_text_if_any(metadata, "based", info->gear) &&
                 put_rate_if_known(metadata, model) &&
                 (info->esr < 0.0 || tree_put_number(metadata, "esr", info->esr));
    return tree_if_whole(metadata, whole);
}

Tree *keras_build(const Model *model) {
    Tree *root = tree_object();
    bool whole = tree_put(root, "in_shape", build_shape(1 + model->knobs)) &&
                 tree_put_integer(root, "in_skip", model->skip) &&
                 tree_put_number(root, "in_gain", model->input_gain) &&
                 tree_put_number(root, "out_gain", model->output_gain) &&
                 put_rate_if_known(root, model) &&
                 tree_put(root, "metadata", build_metadata(model)) &&
                 tree_put(root, "gruff", extras_build(model)) &&
                 tree_put(root, "layers", build_layers(model));
    return tree_if_whole(root, whole);
}
