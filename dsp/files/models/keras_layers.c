// SPDX-License-Identifier: ISC
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "dsp/base/memory.h"
#include "dsp/files/models/fields.h"
#include "dsp/files/models/keras.h"
#include "dsp/files/models/weights.h"

typedef enum EntryKind { ENTRY_LAYER, ENTRY_ACTIVATION, ENTRY_PRELU } EntryKind;

// What a "type" stands for: a layer, or what is done to the values of the layer before.
static const struct {
    const char *type;
    EntryKind entry;
    LayerKind kind;
} types[] = {
    {"gru", ENTRY_LAYER, LAYER_GRU},
    {"lstm", ENTRY_LAYER, LAYER_LSTM},
    {"dense", ENTRY_LAYER, LAYER_DENSE},
    {"time-distributed-dense", ENTRY_LAYER, LAYER_DENSE},
    {"activation", ENTRY_ACTIVATION, LAYER_DENSE},
    {"prelu", ENTRY_PRELU, LAYER_DENSE},
};

// An entry of "layers".
typedef struct Entry {
    const Tree *tree;
    int number; // from 1
    EntryKind entry;
    LayerKind kind;
    Activation activation;
    int outputs;
    Place place;
} Entry;

// Keras has one row for each input; a Layer has one for each output.
static Status read_transposed(const Place *place, const Tree *rows, float *values, int inputs,
                              int outputs) {
    return weights_read_matrix(place, rows, values, (size_t)inputs, (size_t)outputs, 1,
                               (size_t)inputs);
}

// One row, or two: that of the input and that of the recurrence.
static Status read_recurrent_bias(const Layer *layer, const Tree *bias, const Place *place) {
    size_t rows = (size_t)(layer_gates(layer->kind) * layer->outputs);
    double number = 0.0;
    if (tree_number(tree_item(bias, 0), &number)) {
        return weights_read_row(place, bias, layer->bias, rows, 1);
    }
    if (!weights_has_count(bias, 2)) {
        return weights_wrong_count(place, "rows", 2, bias);
    }
    Status status = weights_read_row(place, tree_item(bias, 0), layer->bias, rows, 1);
    if (status != STATUS_OK) {
        return status;
    }
    return weights_read_row(place, tree_item(bias, 1), layer->recurrent_bias, rows, 1);
}

static Status read_weights(const Layer *layer, const Tree *weights, Place *place) {
    int rows = layer_gates(layer->kind) * layer->outputs;
    place->array = "kernel";
    Status status = read_transposed(place, tree_item(weights, 0), layer->kernel, layer->inputs,
                                    rows);
    if (status != STATUS_OK) {
        return status;
    }
    if (layer->kind == LAYER_DENSE) {
        place->array = "bias";
        return weights_read_row(place, tree_item(weights, 1), layer->bias, (size_t)rows, 1);
    }
    place->array = "recurrent kernel";
    status = read_transposed(place, tree_item(weights, 1), layer->recurrent_kernel, layer->outputs,
                             rows);
    if (status != STATUS_OK) {
        return status;
    }
    place->array = "bias";
    return read_recurrent_bias(layer, tree_item(weights, 2), place);
}

static Status read_type(Entry *entry, Diagnostic *diagnostic) {
    const Tree *tree = tree_member(entry->tree, "type");
    const char *text = tree_text(tree);
    if (!text) {
        return diagnose(diagnostic, STATUS_BAD_MODEL, "layer %d: \"type\" is %s instead of a text",
                        entry->number, tree_kind(tree));
    }
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (strcmp(text, types[i].type) == 0) {
            entry->entry = types[i].entry;
            entry->kind = types[i].kind;
            snprintf(entry->place.owner, sizeof entry->place.owner, "layer %d (%s)", entry->number,
                     types[i].type);
            return STATUS_OK;
        }
    }
    return diagnose(diagnostic, STATUS_UNSUPPORTED,
                    "layer %d is of type \"%.40s\"; gru, lstm, dense, activation and prelu can be "
                    "run",
                    entry->number, text);
}

// Recurrent layers always have the usual functions; what files say about them is not reliable.
static Status read_activation(Entry *entry, Diagnostic *diagnostic) {
    const Tree *tree = field_find(entry->tree, "activation");
    const char *text = tree ? tree_text(tree) : "";
    if (!text) {
        return diagnose(diagnostic, STATUS_BAD_MODEL,
                        "layer %d: \"activation\" is %s instead of a text", entry->number,
                        tree_kind(tree));
    }
    if (strcmp(text, "linear") == 0) {
        return STATUS_OK;
    }
    for (int i = ACTIVATION_LINEAR; i < ACTIVATION_PRELU; i++) { // which is an entry of its own
        if (strcmp(text, activation_name((Activation)i)) == 0) {
            entry->activation = (Activation)i;
            return STATUS_OK;
        }
    }
    return diagnose(diagnostic, STATUS_UNSUPPORTED,
                    "layer %d has the activation \"%.40s\"; linear, tanh, sigmoid, relu, elu and "
                    "softmax can be run",
                    entry->number, text);
}

bool keras_read_size(const Tree *shape, int most, int *size) {
    size_t count = tree_count(shape);
    double number = 0.0;
    if (count == 0 || !tree_number(tree_item(shape, count - 1), &number) || !(number >= 1.0) ||
        !(number <= most) || number != floor(number)) {
        return false;
    }
    *size = (int)number;
    return true;
}

static Status read_head(Entry *entry, Diagnostic *diagnostic) {
    if (!tree_is_object(entry->tree)) {
        return diagnose(diagnostic, STATUS_BAD_MODEL, "layer %d is %s instead of an object",
                        entry->number, tree_kind(entry->tree));
    }
    Status status = read_type(entry, diagnostic);
    if (status == STATUS_OK && entry->kind == LAYER_DENSE) {
        status = read_activation(entry, diagnostic);
    }
    if (status != STATUS_OK) {
        return status;
    }
    if (!keras_read_size(tree_member(entry->tree, "shape"), MODEL_MAX_HIDDEN, &entry->outputs)) {
        return diagnose(diagnostic, STATUS_BAD_MODEL,
                        "layer %d: \"shape\" must be an array that ends in a whole number from 1 "
                        "to %d",
                        entry->number, MODEL_MAX_HIDDEN);
    }
    return STATUS_OK;
}

// A GRU with one row of biases has its reset gate before the recurrent product (Keras:
// reset_after=False); our own files say so with a key, and keep both rows.
static Status read_order(Entry *entry, const Tree *weights, Diagnostic *diagnostic) {
    int after = 1;
    double number = 0.0;
    Status status = field_integer(entry->tree, "reset_after", 0, 1, &after, diagnostic);
    if (after == 0 || tree_number(tree_item(tree_item(weights, 2), 0), &number)) {
        entry->kind = LAYER_GRU_RESET_BEFORE;
    }
    return status;
}

static Status read_layer(Model *model, Entry *entry, int inputs, Diagnostic *diagnostic) {
    const Tree *weights = tree_member(entry->tree, "weights");
    size_t arrays = entry->kind == LAYER_DENSE ? 2 : 3;
    entry->place.array = "weights";
    if (!weights_has_count(weights, arrays)) {
        return weights_wrong_count(&entry->place, "arrays", arrays, weights);
    }
    Status status = STATUS_OK;
    if (entry->kind == LAYER_GRU) {
        status = read_order(entry, weights, diagnostic);
    }
    if (status == STATUS_OK) {
        status = model_add_layer(model, entry->kind, entry->activation, inputs, entry->outputs,
                                 diagnostic);
    }
    if (status != STATUS_OK) {
        return status;
    }
    return read_weights(&model->layers[model->layer_count - 1], weights, &entry->place);
}

// A layer to which an activation may be given: the last one if it is dense and has none, otherwise
// a new one that passes its inputs on.
static Status find_dense(Model *model, const Entry *entry, int inputs, Layer **layer,
                         Diagnostic *diagnostic) {
    *layer = model->layer_count ? &model->layers[model->layer_count - 1] : NULL;
    if (entry->outputs != inputs) {
        return diagnose(diagnostic, STATUS_BAD_MODEL,
                        "layer %d: \"shape\" says %d values, but the layer before gives %d",
                        entry->number, entry->outputs, inputs);
    }
    if (*layer && (*layer)->kind == LAYER_DENSE && (*layer)->activation == ACTIVATION_LINEAR) {
        return STATUS_OK;
    }
    Status status = model_add_layer(model, LAYER_DENSE, ACTIVATION_LINEAR, inputs, inputs,
                                    diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    *layer = &model->layers[model->layer_count - 1];
    for (int i = 0; i < inputs; i++) {
        (*layer)->kernel[i * inputs + i] = 1.0f;
    }
    return STATUS_OK;
}

// The slopes of a PReLU: one for all or one for each, in as many brackets as the trainer liked.
static Status read_slopes(Layer *layer, Entry *entry) {
    const Tree *slopes = tree_member(entry->tree, "weights");
    while (tree_count(slopes) == 1 && tree_is_array(tree_item(slopes, 0))) {
        slopes = tree_item(slopes, 0);
    }
    layer->slope = memory_new((size_t)layer->outputs, sizeof *layer->slope);
    if (!layer->slope) {
        return diagnose(entry->place.diagnostic, STATUS_NO_MEMORY, "no memory for the slopes");
    }
    layer->activation = ACTIVATION_PRELU;
    entry->place.array = "slopes";
    size_t count = weights_has_count(slopes, 1) ? 1 : (size_t)layer->outputs;
    Status status = weights_read_row(&entry->place, slopes, layer->slope, count, 1);
    for (int i = 1; count == 1 && i < layer->outputs; i++) {
        layer->slope[i] = layer->slope[0];
    }
    return status;
}

static Status read_entry(Model *model, Entry *entry, int inputs, Diagnostic *diagnostic) {
    Status status = read_head(entry, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    if (entry->entry == ENTRY_LAYER) {
        return read_layer(model, entry, inputs, diagnostic);
    }
    Layer *layer = NULL;
    status = find_dense(model, entry, inputs, &layer, diagnostic);
    if (status == STATUS_OK && entry->entry == ENTRY_PRELU) {
        return read_slopes(layer, entry);
    }
    if (status == STATUS_OK) {
        layer->activation = entry->activation;
    }
    return status;
}

Status keras_read_layers(Model *model, const Tree *layers, Diagnostic *diagnostic) {
    size_t count = tree_count(layers);
    if (count < 1) {
        return diagnose(diagnostic, STATUS_BAD_MODEL,
                        "\"layers\" is %s instead of an array of layers",
                        tree_is_array(layers) ? "empty" : tree_kind(layers));
    }
    if (count > 2 * MODEL_MAX_LAYERS) { // every other one may be an activation
        return diagnose(diagnostic, STATUS_UNSUPPORTED, "it has %zu layers; up to %d can be run",
                        count, MODEL_MAX_LAYERS);
    }
    int inputs = 1 + model->knobs;
    for (size_t i = 0; i < count; i++) {
        Entry entry = {
            .tree = tree_item(layers, i), .number = (int)i + 1, .place.diagnostic = diagnostic};
        Status status = read_entry(model, &entry, inputs, diagnostic);
        if (status != STATUS_OK) {
            return status;
        }
        inputs = model->layers[model->layer_count - 1].outputs;
    }
    return STATUS_OK;
}
