// SPDX-License-Identifier: ISC
#include "dsp/files/keras.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const double gain_limit = 120.0; // dB either way; more is a mistake
static const double rate_limit = 1e6;   // Hz

// The array of weights that is being read, for diagnostics.
typedef struct Place {
    int layer; // from 1
    const char *type;
    const char *array;
    Diagnostic *diagnostic;
} Place;

static Status wrong_count(const Place *place, const char *what, size_t expected,
                          const Tree *found) {
    if (!tree_is_array(found)) {
        return diagnose(place->diagnostic, STATUS_BAD_MODEL,
                        "layer %d (%s), %s: an array of %zu %s expected, %s found", place->layer,
                        place->type, place->array, expected, what, tree_kind(found));
    }
    return diagnose(place->diagnostic, STATUS_BAD_MODEL,
                    "layer %d (%s), %s: %zu %s expected, %zu found", place->layer, place->type,
                    place->array, expected, what, tree_count(found));
}

static bool has_count(const Tree *array, size_t count) {
    return tree_is_array(array) && tree_count(array) == count;
}

// Reads `count` numbers into values[0], values[stride], ...
static Status read_row(const Place *place, const Tree *row, float *values, size_t count,
                       size_t stride) {
    if (!has_count(row, count)) {
        return wrong_count(place, "numbers", count, row);
    }
    for (size_t i = 0; i < count; i++) {
        const Tree *item = tree_item(row, i);
        double number = 0.0;
        if (!tree_number(item, &number)) {
            return diagnose(place->diagnostic, STATUS_BAD_MODEL,
                            "layer %d (%s), %s: item %zu is %s instead of a number", place->layer,
                            place->type, place->array, i + 1, tree_kind(item));
        }
        float value = (float)number;
        if (!isfinite(value)) {
            return diagnose(place->diagnostic, STATUS_BAD_MODEL,
                            "layer %d (%s), %s: item %zu (%g) is too large", place->layer,
                            place->type, place->array, i + 1, number);
        }
        values[i * stride] = value;
    }
    return STATUS_OK;
}

// Keras has one row for each input; a Layer has one for each output.
static Status read_matrix(const Place *place, const Tree *rows, float *values, int inputs,
                          int outputs) {
    if (!has_count(rows, (size_t)inputs)) {
        return wrong_count(place, "rows", (size_t)inputs, rows);
    }
    for (int i = 0; i < inputs; i++) {
        Status status = read_row(place, tree_item(rows, (size_t)i), values + i, (size_t)outputs,
                                 (size_t)inputs);
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

static Status read_gru(const Layer *layer, const Tree *weights, Place *place) {
    int rows = layer_gates(layer->kind) * layer->outputs;
    place->array = "kernel";
    Status status = read_matrix(place, tree_item(weights, 0), layer->kernel, layer->inputs, rows);
    if (status != STATUS_OK) {
        return status;
    }
    place->array = "recurrent kernel";
    status = read_matrix(place, tree_item(weights, 1), layer->recurrent_kernel, layer->outputs,
                         rows);
    if (status != STATUS_OK) {
        return status;
    }
    place->array = "bias";
    const Tree *bias = tree_item(weights, 2);
    double number = 0.0;
    if (tree_number(tree_item(bias, 0), &number)) {
        return diagnose(place->diagnostic, STATUS_UNSUPPORTED,
                        "layer %d (gru): its single row of biases means that the reset gate comes "
                        "before the recurrent product (reset_after=False), which cannot be run",
                        place->layer);
    }
    if (!has_count(bias, 2)) {
        return wrong_count(place, "rows", 2, bias);
    }
    status = read_row(place, tree_item(bias, 0), layer->bias, (size_t)rows, 1);
    if (status != STATUS_OK) {
        return status;
    }
    return read_row(place, tree_item(bias, 1), layer->recurrent_bias, (size_t)rows, 1);
}

static Status read_dense(const Layer *layer, const Tree *weights, Place *place) {
    place->array = "kernel";
    Status status = read_matrix(place, tree_item(weights, 0), layer->kernel, layer->inputs,
                                layer->outputs);
    if (status != STATUS_OK) {
        return status;
    }
    place->array = "bias";
    return read_row(place, tree_item(weights, 1), layer->bias, (size_t)layer->outputs, 1);
}

static Status read_kind(const Tree *type, int number, LayerKind *kind, Diagnostic *diagnostic) {
    const char *text = tree_text(type);
    if (!text) {
        return diagnose(diagnostic, STATUS_BAD_MODEL, "layer %d: \"type\" is %s instead of a text",
                        number, tree_kind(type));
    }
    if (strcmp(text, "gru") == 0) {
        *kind = LAYER_GRU;
        return STATUS_OK;
    }
    if (strcmp(text, "dense") == 0 || strcmp(text, "time-distributed-dense") == 0) {
        *kind = LAYER_DENSE;
        return STATUS_OK;
    }
    return diagnose(diagnostic, STATUS_UNSUPPORTED,
                    "layer %d is of type \"%.40s\"; gru, dense and time-distributed-dense can be "
                    "run",
                    number, text);
}

// Recurrent layers always have the usual functions; what files say about them is not reliable.
static Status read_activation(const Tree *tree, int number, Activation *activation,
                              Diagnostic *diagnostic) {
    static const struct {
        const char *name;
        Activation activation;
    } known[] = {
        {"", ACTIVATION_LINEAR},         {"linear", ACTIVATION_LINEAR}, {"tanh", ACTIVATION_TANH},
        {"sigmoid", ACTIVATION_SIGMOID}, {"relu", ACTIVATION_RELU},
    };
    const char *text = tree && !tree_is_null(tree) ? tree_text(tree) : "";
    if (!text) {
        return diagnose(diagnostic, STATUS_BAD_MODEL,
                        "layer %d: \"activation\" is %s instead of a text", number,
                        tree_kind(tree));
    }
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(text, known[i].name) == 0) {
            *activation = known[i].activation;
            return STATUS_OK;
        }
    }
    return diagnose(diagnostic, STATUS_UNSUPPORTED,
                    "layer %d has the activation \"%.40s\"; linear, tanh, sigmoid and relu can be "
                    "run",
                    number, text);
}

// A whole number from 1 to `most`, the last one of the array `shape`.
static bool read_size(const Tree *shape, int most, int *size) {
    size_t count = tree_count(shape);
    double number = 0.0;
    if (count == 0 || !tree_number(tree_item(shape, count - 1), &number) || !(number >= 1.0) ||
        !(number <= most) || number != floor(number)) {
        return false;
    }
    *size = (int)number;
    return true;
}

static Status read_layer(Model *model, const Tree *tree, int inputs, Diagnostic *diagnostic) {
    int number = model->layer_count + 1;
    LayerKind kind = LAYER_DENSE;
    Activation activation = ACTIVATION_LINEAR;
    int outputs = 0;
    if (!tree_is_object(tree)) {
        return diagnose(diagnostic, STATUS_BAD_MODEL, "layer %d is %s instead of an object", number,
                        tree_kind(tree));
    }
    Status status = read_kind(tree_member(tree, "type"), number, &kind, diagnostic);
    if (status == STATUS_OK && kind == LAYER_DENSE) {
        status = read_activation(tree_member(tree, "activation"), number, &activation, diagnostic);
    }
    if (status != STATUS_OK) {
        return status;
    }
    if (!read_size(tree_member(tree, "shape"), MODEL_MAX_HIDDEN, &outputs)) {
        return diagnose(diagnostic, STATUS_BAD_MODEL,
                        "layer %d: \"shape\" must be an array that ends in a whole number from 1 "
                        "to %d",
                        number, MODEL_MAX_HIDDEN);
    }
    Place place = {number, kind == LAYER_GRU ? "gru" : "dense", "weights", diagnostic};
    size_t arrays = kind == LAYER_GRU ? 3 : 2;
    const Tree *weights = tree_member(tree, "weights");
    if (!has_count(weights, arrays)) {
        return wrong_count(&place, "arrays", arrays, weights);
    }
    status = model_add_layer(model, kind, activation, inputs, outputs, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    const Layer *layer = &model->layers[model->layer_count - 1];
    return kind == LAYER_GRU ? read_gru(layer, weights, &place)
                             : read_dense(layer, weights, &place);
}

static Status read_layers(Model *model, const Tree *root, Diagnostic *diagnostic) {
    const Tree *layers = tree_member(root, "layers");
    size_t count = tree_count(layers);
    if (count < 1) {
        return diagnose(diagnostic, STATUS_BAD_MODEL,
                        "\"layers\" is %s instead of an array of layers",
                        tree_is_array(layers) ? "empty" : tree_kind(layers));
    }
    if (count > MODEL_MAX_LAYERS) {
        return diagnose(diagnostic, STATUS_UNSUPPORTED, "it has %zu layers; up to %d can be run",
                        count, MODEL_MAX_LAYERS);
    }
    int inputs = 0;
    if (!read_size(tree_member(root, "in_shape"), 1 + MODEL_MAX_KNOBS, &inputs)) {
        return diagnose(diagnostic, STATUS_BAD_MODEL,
                        "\"in_shape\" must be an array that ends in a whole number from 1 to %d "
                        "(the audio and the knobs)",
                        1 + MODEL_MAX_KNOBS);
    }
    model->knobs = inputs - 1;
    for (size_t i = 0; i < count; i++) {
        Status status = read_layer(model, tree_item(layers, i), inputs, diagnostic);
        if (status != STATUS_OK) {
            return status;
        }
        inputs = model->layers[i].outputs;
    }
    return STATUS_OK;
}

static Status read_gain(const Tree *root, const char *key, double *gain, Diagnostic *diagnostic) {
    const Tree *tree = tree_member(root, key);
    if (!tree || tree_is_null(tree)) {
        return STATUS_OK;
    }
    if (!tree_number(tree, gain)) {
        return diagnose(diagnostic, STATUS_BAD_MODEL, "\"%s\" is %s instead of a number of dB", key,
                        tree_kind(tree));
    }
    if (!(fabs(*gain) <= gain_limit)) {
        return diagnose(diagnostic, STATUS_BAD_MODEL, "\"%s\" is %g dB; at most %g makes sense",
                        key, *gain, gain_limit);
    }
    return STATUS_OK;
}

static Status read_skip(const Tree *root, bool *skip, Diagnostic *diagnostic) {
    const Tree *tree = tree_member(root, "in_skip");
    double number = 0.0;
    if (tree && !tree_is_null(tree) &&
        (!tree_number(tree, &number) || (number != 0.0 && number != 1.0))) {
        return diagnose(diagnostic, STATUS_BAD_MODEL, "\"in_skip\" must be 0 or 1");
    }
    *skip = number == 1.0;
    return STATUS_OK;
}

// Digits, or digits and a point and zeros: what trainers write. Not strtod, which follows the
// locale.
static bool rate_from_text(const char *text, double *rate) {
    char *end = NULL;
    if (*text < '0' || *text > '9') {
        return false;
    }
    *rate = (double)strtol(text, &end, 10);
    if (*end == '.') {
        end += 1 + strspn(end + 1, "0");
    }
    return *end == '\0';
}

static Status read_rate(const Tree *root, double *rate, Diagnostic *diagnostic) {
    const Tree *tree = tree_member(root, "samplerate");
    if (!tree || tree_is_null(tree)) {
        tree = tree_member(tree_member(root, "metadata"), "samplerate");
    }
    if (!tree || tree_is_null(tree)) {
        return STATUS_OK;
    }
    const char *text = tree_text(tree);
    bool known = text ? rate_from_text(text, rate) : tree_number(tree, rate);
    if (!known || !(*rate >= 1.0 && *rate <= rate_limit)) {
        return diagnose(diagnostic, STATUS_BAD_MODEL,
                        "\"samplerate\" must be a number of Hz from 1 to %g", rate_limit);
    }
    return STATUS_OK;
}

// As much of a text as fits, never half a UTF-8 character, no control characters.
static void read_text(const Tree *tree, char to[MODEL_TEXT]) {
    const char *text = tree_text(tree);
    if (!text) {
        return;
    }
    size_t length = strlen(text);
    if (length > MODEL_TEXT - 1) {
        length = MODEL_TEXT - 1;
        while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80) {
            length--;
        }
    }
    for (size_t i = 0; i < length; i++) {
        to[i] = (unsigned char)text[i] < 0x20 || text[i] == 0x7f ? ' ' : text[i];
    }
    to[length] = '\0';
}

static Status read_metadata(const Tree *root, ModelInfo *info, Diagnostic *diagnostic) {
    const Tree *metadata = tree_member(root, "metadata");
    if (!metadata || tree_is_null(metadata)) {
        return STATUS_OK;
    }
    if (!tree_is_object(metadata)) {
        return diagnose(diagnostic, STATUS_BAD_MODEL, "\"metadata\" is %s instead of an object",
                        tree_kind(metadata));
    }
    read_text(tree_member(metadata, "name"), info->name);
    read_text(tree_member(metadata, "author"), info->author);
    read_text(tree_member(metadata, "license"), info->license);
    double esr = 0.0;
    if (tree_number(tree_member(metadata, "esr"), &esr) && isfinite(esr) && esr >= 0.0) {
        info->esr = esr;
    }
    return STATUS_OK;
}

Status keras_read(Model *model, const Tree *root, Diagnostic *diagnostic) {
    Status status = read_metadata(root, &model->info, diagnostic);
    if (status == STATUS_OK) {
        status = read_rate(root, &model->sample_rate, diagnostic);
    }
    if (status == STATUS_OK) {
        status = read_skip(root, &model->skip, diagnostic);
    }
    if (status == STATUS_OK) {
        status = read_gain(root, "in_gain", &model->input_gain, diagnostic);
    }
    if (status == STATUS_OK) {
        status = read_gain(root, "out_gain", &model->output_gain, diagnostic);
    }
    return status == STATUS_OK ? read_layers(model, root, diagnostic) : status;
}
