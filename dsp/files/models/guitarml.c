// SPDX-License-Identifier: ISC
#include "dsp/files/models/guitarml.h"

#include <stdio.h>
#include <string.h>

#include "dsp/files/models/fields.h"
#include "dsp/files/models/weights.h"

typedef struct Shape {
    LayerKind kind;
    int inputs, hidden, layers, skip, outputs, head_bias;
} Shape;

static Status read_unit(const Tree *data, LayerKind *kind, Diagnostic *diagnostic) {
    const char *unit = tree_text(tree_member(data, "unit_type"));
    if (unit && strcmp(unit, "GRU") == 0) {
        *kind = LAYER_GRU;
        return STATUS_OK;
    }
    if (unit && strcmp(unit, "LSTM") == 0) {
        *kind = LAYER_LSTM;
        return STATUS_OK;
    }
    return diagnose(diagnostic, STATUS_UNSUPPORTED,
                    "\"unit_type\" is \"%.40s\"; GRU and LSTM can be run",
                    unit ? unit : tree_kind(tree_member(data, "unit_type")));
}

static Status read_shape(const Tree *data, Shape *shape, Diagnostic *diagnostic) {
    const struct {
        const char *key;
        int least, most, *value;
    } fields[] = {
        {"input_size", 1, 1 + MODEL_MAX_KNOBS, &shape->inputs},
        {"hidden_size", 1, MODEL_MAX_HIDDEN, &shape->hidden},
        {"num_layers", 1, MODEL_MAX_LAYERS - 1, &shape->layers},
        {"skip", 0, 1 + MODEL_MAX_KNOBS, &shape->skip},
        {"output_size", 1, 1, &shape->outputs},
        {"bias_fl", 0, 1, &shape->head_bias},
    };
    *shape = (Shape){.inputs = 1, .layers = 1, .outputs = 1, .head_bias = 1};
    Status status = read_unit(data, &shape->kind, diagnostic);
    for (size_t i = 0; status == STATUS_OK && i < sizeof fields / sizeof *fields; i++) {
        status = field_integer(data, fields[i].key, fields[i].least, fields[i].most,
                               fields[i].value, diagnostic);
    }
    if (status == STATUS_OK && shape->hidden == 0) {
        return diagnose(diagnostic, STATUS_BAD_MODEL, "\"hidden_size\" is missing");
    }
    return status;
}

// PyTorch has one row for each output, as a Layer has.
static Status read_rows(const Tree *state, const char *key, float *values, int rows, int columns,
                        Diagnostic *diagnostic) {
    Place place = {.owner = "\"state_dict\"", .array = key, .diagnostic = diagnostic};
    const Tree *tree = tree_member(state, key);
    if (columns == 0) {
        return weights_read_row(&place, tree, values, (size_t)rows, 1);
    }
    return weights_read_matrix(&place, tree, values, (size_t)rows, (size_t)columns, (size_t)columns,
                               1);
}

// The gates of a GRU are r, z, n there and z, r, c here.
static void reorder(const Layer *layer) {
    if (layer->kind == LAYER_GRU) {
        size_t outputs = (size_t)layer->outputs;
        weights_swap(layer->kernel, outputs * (size_t)layer->inputs);
        weights_swap(layer->recurrent_kernel, outputs * outputs);
        weights_swap(layer->bias, outputs);
        weights_swap(layer->recurrent_bias, outputs);
    }
}

static Status read_recurrent(const Layer *layer, const Tree *state, int index,
                             Diagnostic *diagnostic) {
    int rows = layer_gates(layer->kind) * layer->outputs;
    const struct {
        const char *name;
        float *values;
        int columns;
    } arrays[] = {
        {"weight_ih", layer->kernel, layer->inputs},
        {"weight_hh", layer->recurrent_kernel, layer->outputs},
        {"bias_ih", layer->bias, 0},
        {"bias_hh", layer->recurrent_bias, 0},
    };
    for (int i = 0; i < 4; i++) {
        char key[40];
        snprintf(key, sizeof key, "rec.%s_l%d", arrays[i].name, index);
        Status status = read_rows(state, key, arrays[i].values, rows, arrays[i].columns,
                                  diagnostic);
        if (status != STATUS_OK) {
            return status;
        }
    }
    reorder(layer);
    return STATUS_OK;
}

static Status read_head(Model *model, const Tree *state, const Shape *shape,
                        Diagnostic *diagnostic) {
    Status status = model_add_layer(model, LAYER_DENSE, ACTIVATION_LINEAR, shape->hidden, 1,
                                    diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    const Layer *head = &model->layers[model->layer_count - 1];
    status = read_rows(state, "lin.weight", head->kernel, 1, shape->hidden, diagnostic);
    if (status == STATUS_OK && shape->head_bias) {
        status = read_rows(state, "lin.bias", head->bias, 1, 0, diagnostic);
    }
    return status;
}

Status guitarml_read(Model *model, const Tree *root, Diagnostic *diagnostic) {
    const Tree *data = NULL, *state = NULL;
    Shape shape;
    Status status = field_object(root, "model_data", &data, diagnostic);
    if (status == STATUS_OK) {
        status = field_object(root, "state_dict", &state, diagnostic);
    }
    if (status == STATUS_OK && (!data || !state)) {
        status = diagnose(diagnostic, STATUS_BAD_MODEL, "\"%s\" is missing",
                          data ? "state_dict" : "model_data");
    }
    if (status == STATUS_OK) {
        status = read_shape(data, &shape, diagnostic);
    }
    if (status != STATUS_OK) {
        return status;
    }
    model->knobs = shape.inputs - 1;
    for (int i = 0; i < model->knobs; i++) {
        model->knob[i].initial = 0.5f; // the programs that run these files start in the middle
    }
    model->skip = shape.skip > 0; // and add the audio alone
    for (int i = 0; status == STATUS_OK && i < shape.layers; i++) {
        status = model_add_layer(model, shape.kind, ACTIVATION_LINEAR,
                                 i ? shape.hidden : shape.inputs, shape.hidden, diagnostic);
        if (status == STATUS_OK) {
            status = read_recurrent(&model->layers[i], state, i, diagnostic);
        }
    }
    return status == STATUS_OK ? read_head(model, state, &shape, diagnostic) : status;
}
