// SPDX-License-Identifier: ISC
#include <math.h>
#include <stdbool.h>

#include "dsp/files/models/behaviour_record.h"
#include "dsp/files/models/extras.h"

static bool put_if(Tree *to, const char *key, double value, bool known) {
    return !known || tree_put_number(to, key, value);
}

static Tree *build_row(const float *values, int count) {
    Tree *row = tree_array();
    bool whole = row != NULL;
    for (int i = 0; whole && i < count; i++) {
        whole = tree_put_float(row, NULL, values[i]);
    }
    return tree_if_whole(row, whole);
}

static Tree *build_knob(const Knob *knob) {
    Tree *tree = tree_object();
    return tree_if_whole(tree, tree_put_text(tree, "name", knob->name) &&
                                   tree_put_float(tree, "minimum", knob->minimum) &&
                                   tree_put_float(tree, "maximum", knob->maximum) &&
                                   tree_put_float(tree, "default", knob->initial));
}

static Tree *build_knobs(const Model *model) {
    Tree *knobs = tree_array();
    bool whole = knobs != NULL;
    for (int i = 0; whole && i < model->knobs; i++) {
        whole = tree_put(knobs, NULL, build_knob(&model->knob[i]));
    }
    return tree_if_whole(knobs, whole);
}

static Tree *build_training(const ModelInfo *info) {
    Tree *training = tree_object();
    bool whole = tree_put_number(training, "epochs", info->trained_epochs) &&
                 tree_put_number(training, "seconds", info->trained_seconds) &&
                 tree_put_integer(training, "seed", (long long)info->trained_seed);
    if (whole && info->esr_seconds > 0.0) {
        whole = tree_put_number(training, "held_out", info->esr_seconds) &&
                tree_put_integer(training, "stretches", info->esr_stretches);
    }
    return tree_if_whole(training, whole);
}

static const float *state_of(const Layer *layer, bool cell) {
    return cell ? layer->initial_cell : layer->initial_state;
}

// Whether any layer starts from something else than zero.
static bool has_state(const Model *model, bool cell) {
    for (int i = 0; i < model->layer_count; i++) {
        const float *state = state_of(&model->layers[i], cell);
        for (int k = 0; state && k < model->layers[i].outputs; k++) {
            if (state[k] != 0.0f) {
                return true;
            }
        }
    }
    return false;
}

static Tree *build_states(const Model *model, bool cell) {
    Tree *rows = tree_array();
    bool whole = rows != NULL;
    for (int i = 0; whole && i < model->layer_count; i++) {
        const float *state = state_of(&model->layers[i], cell);
        whole = state ? tree_put(rows, NULL, build_row(state, model->layers[i].outputs))
                      : tree_put_null(rows, NULL);
    }
    return tree_if_whole(rows, whole);
}

static Tree *build_inputs(const Model *model) {
    const ModelTest *test = &model->test;
    int count = 1 + model->knobs;
    if (count == 1) {
        return build_row(test->input, test->frames);
    }
    Tree *rows = tree_array();
    bool whole = rows != NULL;
    for (int i = 0; whole && i < test->frames; i++) {
        whole = tree_put(rows, NULL, build_row(test->input + (long)i * count, count));
    }
    return tree_if_whole(rows, whole);
}

static Tree *build_test(const Model *model) {
    Tree *test = tree_object();
    bool whole = tree_put(test, "input", build_inputs(model)) &&
                 tree_put(test, "output", build_row(model->test.output, model->test.frames));
    return tree_if_whole(test, whole);
}

static bool put_levels(Tree *gruff, const ModelInfo *info) {
    return put_if(gruff, "latency", info->latency, info->latency != 0.0) &&
           put_if(gruff, "loudness", info->loudness, isfinite(info->loudness)) &&
           put_if(gruff, "input_level_dbu", info->input_level_dbu,
                  isfinite(info->input_level_dbu)) &&
           put_if(gruff, "output_level_dbu", info->output_level_dbu,
                  isfinite(info->output_level_dbu));
}

Tree *extras_build(const Model *model) {
    Tree *gruff = tree_object();
    const ModelInfo *info = &model->info;
    bool trained = info->trained_epochs > 0.0 || info->trained_seconds > 0.0;
    bool whole = tree_put_integer(gruff, "version", 1) && put_levels(gruff, info) &&
                 (model->knobs == 0 || tree_put(gruff, "knobs", build_knobs(model))) &&
                 (!trained || tree_put(gruff, "training", build_training(info))) &&
                 (!info->behaviour.known ||
                  tree_put(gruff, "behaviour", behaviour_record_build(&info->behaviour))) &&
                 (model->settling == 0 || tree_put_integer(gruff, "settling", model->settling)) &&
                 (!has_state(model, false) ||
                  tree_put(gruff, "initial_state", build_states(model, false))) &&
                 (!has_state(model, true) ||
                  tree_put(gruff, "initial_cell", build_states(model, true))) &&
                 (model->test.frames == 0 || tree_put(gruff, "test", build_test(model)));
    return tree_if_whole(gruff, whole);
}
