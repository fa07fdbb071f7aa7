// SPDX-License-Identifier: ISC
#include "dsp/network/selftest.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "dsp/network/engine.h"

// Trainers store what float arithmetic of another kind gave: 1e-4 of the output's peak is far above
// that, and far below what any mistake makes.
static const double tolerance = 1e-4;

const SelftestFaultNames selftest_faults[SELFTEST_FAULTS] = {
    {FAULT_GATES_SWAPPED, "gates_swapped", "update and reset gates swapped"},
    {FAULT_BIASES_REVERSED, "biases_reversed", "bias rows reversed"},
    {FAULT_SKIP_MISSING, "skip_missing", "skip missing"},
};

static void swap(float *a, float *b, int count) {
    for (int i = 0; i < count; i++) {
        float value = a[i];
        a[i] = b[i];
        b[i] = value;
    }
}

static bool is_gru(const Layer *layer) {
    return layer->kind == LAYER_GRU || layer->kind == LAYER_GRU_RESET_BEFORE;
}

void selftest_repair(Model *model, unsigned faults) {
    for (int i = 0; i < model->layer_count; i++) {
        const Layer *layer = &model->layers[i];
        int units = layer->outputs;
        if (!is_gru(layer)) {
            continue;
        }
        if (faults & FAULT_GATES_SWAPPED) {
            int inputs = units * layer->inputs, states = units * units;
            swap(layer->kernel, layer->kernel + inputs, inputs);
            swap(layer->recurrent_kernel, layer->recurrent_kernel + states, states);
            swap(layer->bias, layer->bias + units, units);
            swap(layer->recurrent_bias, layer->recurrent_bias + units, units);
        }
        if (faults & FAULT_BIASES_REVERSED) {
            swap(layer->bias, layer->recurrent_bias, 3 * units);
        }
    }
    model->skip = model->skip || faults & FAULT_SKIP_MISSING;
}

// A copy as the test wants it: from zero, without gains.
static Model *copy_for_test(const Model *model) {
    Model *copy = model_copy(model);
    for (int i = 0; copy && i < copy->layer_count; i++) {
        const Layer *layer = &copy->layers[i];
        for (int k = 0; k < layer->outputs; k++) {
            if (layer->initial_state) {
                layer->initial_state[k] = 0.0f;
            }
            if (layer->initial_cell) {
                layer->initial_cell[k] = 0.0f;
            }
        }
    }
    if (copy) {
        copy->settling = 0;
        copy->input_gain = 0.0;
        copy->output_gain = 0.0;
    }
    return copy;
}

// Runs the test's input, one frame at a time, and measures against its output.
static void replay(Selftest *result, Engine *engine, const Model *model) {
    const ModelTest *test = &model->test;
    double energy = 0.0, largest = 0.0, peak = 0.0;
    for (int i = 0; i < result->frames; i++) {
        const float *input = test->input + (long)i * (1 + model->knobs);
        float sample = 0.0f;
        float *out = &sample;
        for (int k = 0; k < model->knobs; k++) {
            engine_set_knob(engine, k, input[1 + k]);
        }
        engine_run(engine, &out, &input, 1);
        double error = fabs((double)sample - (double)test->output[i]);
        energy += error * error;
        largest = error > largest || isnan(error) ? error : largest;
        peak = fmax(peak, fabs((double)test->output[i]));
    }
    result->max_abs = largest;
    result->rms = sqrt(energy / result->frames);
    result->passed = largest <= tolerance * fmax(peak, 1.0);
}

// Replays the test on a copy with `faults` undone and, if asked, without the skip.
static Status attempt(Selftest *result, const Model *model, Isa isa, unsigned faults, bool plain,
                      Diagnostic *diagnostic) {
    Engine *engine = NULL;
    Model *copy = copy_for_test(model);
    if (!copy) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the self-test");
    }
    selftest_repair(copy, faults);
    copy->skip = copy->skip && !plain;
    Status status = engine_new(&engine, copy, isa, 1, diagnostic);
    if (status == STATUS_OK) {
        replay(result, engine, copy);
    }
    engine_free(engine);
    model_free(copy);
    return status;
}

// Whether undoing `faults` would change anything.
static bool applies(const Model *model, unsigned faults) {
    bool gru = false;
    for (int i = 0; i < model->layer_count; i++) {
        gru = gru || is_gru(&model->layers[i]);
    }
    bool needs_gru = faults & (FAULT_GATES_SWAPPED | FAULT_BIASES_REVERSED);
    return (gru || !needs_gru) && !(model->skip && faults & FAULT_SKIP_MISSING);
}

Status selftest_run(Selftest *result, const Model *model, Isa isa, Diagnostic *diagnostic) {
    int frames = model->test.frames;
    *result = (Selftest){.frames = frames < SELFTEST_MAX_FRAMES ? frames : SELFTEST_MAX_FRAMES};
    if (result->frames == 0) {
        return STATUS_OK;
    }
    Status status = attempt(result, model, isa, 0, false, diagnostic);
    const unsigned all = FAULT_GATES_SWAPPED | FAULT_BIASES_REVERSED | FAULT_SKIP_MISSING;
    for (unsigned faults = 0; status == STATUS_OK && !result->passed && faults <= all; faults++) {
        // Some trainers store what the layers alone give: that is no mistake.
        Selftest candidate = *result;
        bool plain = faults == 0;
        if ((plain && !model->skip) || !applies(model, faults)) {
            continue;
        }
        status = attempt(&candidate, model, isa, faults, plain, diagnostic);
        if (status == STATUS_OK && candidate.passed && plain) {
            *result = candidate;
        } else if (status == STATUS_OK && candidate.passed) {
            result->faults = faults;
            break;
        }
    }
    return status;
}

void selftest_describe(const Selftest *result, Diagnostic *text) {
    char list[120] = "";
    for (int i = 0; i < SELFTEST_FAULTS; i++) {
        if (result->faults & (unsigned)selftest_faults[i].fault) {
            size_t length = strlen(list);
            snprintf(list + length, sizeof list - length, "%s%s", length ? ", " : "",
                     selftest_faults[i].words);
        }
    }
    if (result->frames == 0) {
        diagnose(text, STATUS_OK, "the file has no self-test");
    } else if (result->passed) {
        diagnose(text, STATUS_OK, "passed: %d samples, largest difference %.2g", result->frames,
                 result->max_abs);
    } else if (result->faults) {
        diagnose(text, STATUS_OK,
                 "FAILED: off by up to %.2g, because of: %s; gruff-model convert --repair mends it",
                 result->max_abs, list);
    } else {
        diagnose(text, STATUS_OK,
                 "FAILED: off by up to %.2g in %d samples, for no known reason; the weights may "
                 "not be those that were trained",
                 result->max_abs, result->frames);
    }
}
