// SPDX-License-Identifier: ISC
#include <stdbool.h>
#include <stdio.h>

#include "dsp/files/models/behaviour_record.h"
#include "dsp/files/models/extras.h"
#include "dsp/files/models/fields.h"
#include "dsp/files/models/weights.h"

enum { TEST_LIMIT = 1 << 20, SETTLING_LIMIT = 1 << 20 };

static const double knob_limit = 1e6;

static Status read_knob(Knob *knob, const Tree *tree, int number, Diagnostic *diagnostic) {
    if (!tree_is_object(tree)) {
        return diagnose(diagnostic, STATUS_BAD_MODEL, "knob %d is %s instead of an object", number,
                        tree_kind(tree));
    }
    double least = knob->minimum, most = knob->maximum, initial = knob->initial;
    Status status = field_number(tree, "minimum", -knob_limit, knob_limit, &least, diagnostic);
    if (status == STATUS_OK) {
        status = field_number(tree, "maximum", -knob_limit, knob_limit, &most, diagnostic);
    }
    if (status == STATUS_OK) {
        status = field_number(tree, "default", -knob_limit, knob_limit, &initial, diagnostic);
    }
    if (status != STATUS_OK) {
        return status;
    }
    if (!((float)least < (float)most) || !(initial >= least && initial <= most)) {
        return diagnose(diagnostic, STATUS_BAD_MODEL,
                        "knob %d goes from %g to %g with default %g, which cannot be", number,
                        least, most, initial);
    }
    field_text(tree, "name", knob->name);
    knob->minimum = (float)least;
    knob->maximum = (float)most;
    knob->initial = (float)initial;
    return STATUS_OK;
}

static Status read_knobs(Model *model, const Tree *gruff, Diagnostic *diagnostic) {
    const Tree *knobs = field_find(gruff, "knobs");
    Place place = {.owner = "\"gruff\"", .array = "knobs", .diagnostic = diagnostic};
    if (knobs && !weights_has_count(knobs, (size_t)model->knobs)) {
        return weights_wrong_count(&place, "knobs", (size_t)model->knobs, knobs);
    }
    Status status = STATUS_OK;
    for (int i = 0; knobs && status == STATUS_OK && i < model->knobs; i++) {
        status = read_knob(&model->knob[i], tree_item(knobs, (size_t)i), i + 1, diagnostic);
    }
    return status;
}

// For each layer a row of its outputs, or null.
static Status read_states(const Model *model, const Tree *gruff, bool cell,
                          Diagnostic *diagnostic) {
    const char *key = cell ? "initial_cell" : "initial_state";
    const Tree *rows = field_find(gruff, key);
    Place place = {.owner = "\"gruff\"", .array = key, .diagnostic = diagnostic};
    if (rows && !weights_has_count(rows, (size_t)model->layer_count)) {
        return weights_wrong_count(&place, "rows", (size_t)model->layer_count, rows);
    }
    for (int i = 0; rows && i < model->layer_count; i++) {
        const Layer *layer = &model->layers[i];
        const Tree *row = tree_item(rows, (size_t)i);
        float *state = cell ? layer->initial_cell : layer->initial_state;
        if (!state || tree_is_null(row)) {
            continue;
        }
        snprintf(place.owner, sizeof place.owner, "layer %d", i + 1);
        Status status = weights_read_row(&place, row, state, (size_t)layer->outputs, 1);
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

static Status read_training(ModelInfo *info, const Tree *gruff, Diagnostic *diagnostic) {
    const Tree *training = NULL;
    Status status = field_object(gruff, "training", &training, diagnostic);
    double seed = 0.0, stretches = 0.0;
    field_hint(training, "epochs", &info->trained_epochs);
    field_hint(training, "seconds", &info->trained_seconds);
    field_hint(training, "seed", &seed);
    field_hint(training, "held_out", &info->esr_seconds);
    field_hint(training, "stretches", &stretches);
    if (info->esr_seconds > 0.0 && stretches >= 1.0 && stretches < 1e9) {
        info->esr_stretches = (int)stretches;
    } else {
        info->esr_seconds = 0.0;
    }
    if (seed >= 0.0 && seed < 9e15) {
        info->trained_seed = (unsigned long)seed;
    }
    return status;
}

static Status read_gruff(Model *model, const Tree *gruff, Diagnostic *diagnostic) {
    ModelInfo *info = &model->info;
    field_hint(gruff, "latency", &info->latency);
    field_hint(gruff, "loudness", &info->loudness);
    field_hint(gruff, "input_level_dbu", &info->input_level_dbu);
    field_hint(gruff, "output_level_dbu", &info->output_level_dbu);
    behaviour_record_read(&info->behaviour, field_find(gruff, "behaviour"));
    Status status = field_integer(gruff, "settling", 0, SETTLING_LIMIT, &model->settling,
                                  diagnostic);
    if (status == STATUS_OK) {
        status = read_training(info, gruff, diagnostic);
    }
    if (status == STATUS_OK) {
        status = read_knobs(model, gruff, diagnostic);
    }
    if (status == STATUS_OK) {
        status = read_states(model, gruff, false, diagnostic);
    }
    if (status == STATUS_OK) {
        status = read_states(model, gruff, true, diagnostic);
    }
    return status;
}

// Audio alone, or audio and knobs.
static Status read_frame(const Place *place, const Tree *tree, size_t number, float *values,
                         size_t count) {
    if (!tree_is_array(tree)) {
        return weights_read(place, tree, number, &values[0]);
    }
    size_t found = tree_count(tree);
    return weights_read_row(place, tree, values, found == 1 ? 1 : count, 1);
}

// The test batch, if the file has one.
static Status read_test(Model *model, const Tree *owner, const char *input_key,
                        const char *output_key, Diagnostic *diagnostic) {
    const Tree *input = field_find(owner, input_key), *output = field_find(owner, output_key);
    if (!input || !output) {
        return STATUS_OK;
    }
    Place place = {.owner = "test", .array = input_key, .diagnostic = diagnostic};
    size_t frames = tree_count(input), inputs = (size_t)(1 + model->knobs);
    if (!tree_is_array(input) || frames > TEST_LIMIT) {
        return diagnose(diagnostic, STATUS_BAD_MODEL,
                        "\"%s\" must be an array of at most %d numbers", input_key, TEST_LIMIT);
    }
    if (!weights_has_count(output, frames)) {
        place.array = output_key;
        return weights_wrong_count(&place, "numbers", frames, output);
    }
    if (frames == 0) {
        return STATUS_OK;
    }
    Status status = model_add_test(model, (int)frames, diagnostic);
    for (size_t i = 0; status == STATUS_OK && i < frames; i++) {
        place.array = input_key;
        status = read_frame(&place, tree_item(input, i), i + 1, model->test.input + i * inputs,
                            inputs);
        if (status == STATUS_OK) {
            place.array = output_key;
            status = read_frame(&place, tree_item(output, i), i + 1, model->test.output + i, 1);
        }
    }
    return status;
}

Status extras_read(Model *model, const Tree *root, Diagnostic *diagnostic) {
    const Tree *gruff = NULL, *test = NULL;
    Status status = field_object(root, "gruff", &gruff, diagnostic);
    if (status == STATUS_OK && gruff) {
        status = read_gruff(model, gruff, diagnostic);
    }
    if (status == STATUS_OK) {
        status = field_object(gruff, "test", &test, diagnostic);
    }
    if (status != STATUS_OK) {
        return status;
    }
    return test ? read_test(model, test, "input", "output", diagnostic)
                : read_test(model, root, "input_batch", "output_batch", diagnostic);
}
