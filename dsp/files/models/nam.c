// SPDX-License-Identifier: ISC
#include "dsp/files/models/nam.h"

#include <string.h>

#include "dsp/files/models/fields.h"
#include "dsp/files/models/weights.h"

static const double default_rate = 48000.0; // Hz, of files that do not tell
static const double settling_seconds = 0.5; // of silence, as NAM's own engine runs first

typedef struct Shape {
    int inputs, hidden, layers;
} Shape;

// The list of weights, taken from the front.
typedef struct Reader {
    const Tree *list;
    size_t next;
    Place place;
    Status status;
} Reader;

static void take(Reader *reader, float *value) {
    if (reader->status == STATUS_OK) {
        reader->status = weights_read(&reader->place, tree_item(reader->list, reader->next),
                                      reader->next + 1, value);
        reader->next++;
    }
}

static void take_many(Reader *reader, float *values, int count) {
    for (int i = 0; i < count; i++) {
        take(reader, &values[i]);
    }
}

// Each row holds the weights of the inputs and then those of the state.
static void take_layer(Reader *reader, const Layer *layer) {
    int rows = layer_gates(layer->kind) * layer->outputs;
    for (int row = 0; row < rows; row++) {
        take_many(reader, layer->kernel + (long)row * layer->inputs, layer->inputs);
        take_many(reader, layer->recurrent_kernel + (long)row * layer->outputs, layer->outputs);
    }
    take_many(reader, layer->bias, rows);
    take_many(reader, layer->initial_state, layer->outputs);
    take_many(reader, layer->initial_cell, layer->outputs);
}

static Status check_architecture(const Tree *root, Diagnostic *diagnostic) {
    const char *name = tree_text(tree_member(root, "architecture"));
    if (name && strcmp(name, "LSTM") == 0) {
        return STATUS_OK;
    }
    return diagnose(diagnostic, STATUS_UNSUPPORTED,
                    "this is a NAM model of architecture \"%.40s\"; LSTM can be run",
                    name ? name : tree_kind(tree_member(root, "architecture")));
}

static Status read_shape(const Tree *root, Shape *shape, Diagnostic *diagnostic) {
    const Tree *config = NULL;
    *shape = (Shape){.inputs = 1, .layers = 1};
    Status status = field_object(root, "config", &config, diagnostic);
    if (status == STATUS_OK) {
        status = field_integer(config, "input_size", 1, 1 + MODEL_MAX_KNOBS, &shape->inputs,
                               diagnostic);
    }
    if (status == STATUS_OK) {
        status = field_integer(config, "hidden_size", 1, MODEL_MAX_HIDDEN, &shape->hidden,
                               diagnostic);
    }
    if (status == STATUS_OK) {
        status = field_integer(config, "num_layers", 1, MODEL_MAX_LAYERS - 1, &shape->layers,
                               diagnostic);
    }
    if (status == STATUS_OK && shape->hidden == 0) {
        return diagnose(diagnostic, STATUS_BAD_MODEL, "\"config\": \"hidden_size\" is missing");
    }
    return status;
}

static Status add_layers(Model *model, const Shape *shape, Diagnostic *diagnostic) {
    Status status = STATUS_OK;
    model->knobs = shape->inputs - 1;
    for (int i = 0; status == STATUS_OK && i < shape->layers; i++) {
        status = model_add_layer(model, LAYER_LSTM, ACTIVATION_LINEAR,
                                 i ? shape->hidden : shape->inputs, shape->hidden, diagnostic);
    }
    if (status == STATUS_OK) {
        status = model_add_layer(model, LAYER_DENSE, ACTIVATION_LINEAR, shape->hidden, 1,
                                 diagnostic);
    }
    return status;
}

static size_t count_weights(const Model *model) {
    size_t count = 0;
    for (int i = 0; i < model->layer_count; i++) {
        const Layer *layer = &model->layers[i];
        size_t outputs = (size_t)layer->outputs, rows = outputs;
        rows *= (size_t)layer_gates(layer->kind);
        count += rows * ((size_t)layer->inputs + 1);
        count += layer->kind == LAYER_LSTM ? rows * outputs + 2 * outputs : 0;
    }
    return count;
}

static Status read_weights(Model *model, const Tree *root, Diagnostic *diagnostic) {
    Reader reader = {.list = tree_member(root, "weights"),
                     .place = {.owner = "NAM", .array = "weights", .diagnostic = diagnostic}};
    size_t count = count_weights(model);
    if (!weights_has_count(reader.list, count)) {
        return weights_wrong_count(&reader.place, "numbers", count, reader.list);
    }
    for (int i = 0; i < model->layer_count - 1; i++) {
        take_layer(&reader, &model->layers[i]);
    }
    const Layer *head = &model->layers[model->layer_count - 1];
    take_many(&reader, head->kernel, head->inputs);
    take_many(&reader, head->bias, 1);
    return reader.status;
}

static Status read_metadata(Model *model, const Tree *root, Diagnostic *diagnostic) {
    const Tree *metadata = NULL;
    Status status = field_object(root, "metadata", &metadata, diagnostic);
    ModelInfo *info = &model->info;
    field_text(metadata, "name", info->name);
    field_text(metadata, "modeled_by", info->author);
    field_text(metadata, "gear_model", info->gear);
    field_hint(metadata, "loudness", &info->loudness);
    field_hint(metadata, "input_level_dbu", &info->input_level_dbu);
    field_hint(metadata, "output_level_dbu", &info->output_level_dbu);
    return status;
}

Status nam_read(Model *model, const Tree *root, Diagnostic *diagnostic) {
    Shape shape;
    model->sample_rate = default_rate;
    Status status = check_architecture(root, diagnostic);
    if (status == STATUS_OK) {
        status = field_rate(root, "sample_rate", &model->sample_rate, diagnostic);
    }
    if (status == STATUS_OK) {
        status = read_metadata(model, root, diagnostic);
    }
    if (status == STATUS_OK) {
        status = read_shape(root, &shape, diagnostic);
    }
    if (status == STATUS_OK) {
        status = add_layers(model, &shape, diagnostic);
    }
    if (status == STATUS_OK) {
        status = read_weights(model, root, diagnostic);
    }
    model->settling = (int)(settling_seconds * model->sample_rate);
    return status;
}
