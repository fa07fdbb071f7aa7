// SPDX-License-Identifier: ISC
#include "training/learning/head_fit.h"

#include <math.h>
#include <string.h>

#include "dsp/base/denormals.h"
#include "dsp/base/memory.h"
#include "dsp/network/engine.h"
#include "dsp/network/isa_choice.h"

#define SETTLING 2048 // samples before the state counts
#define RIDGE 1e-2    // of the mean square of a unit, so that nearly equal units share their part

typedef struct Fit {
    const Dataset *dataset;
    const float *input; // the passage
    const float *wanted;
    const float *knobs;
    int frames, size; // size: units and one constant
    float *units;     // [size][frames], owned
    double *matrix;   // [size][size], owned
    double *right;    // [size], owned
} Fit;

// A passage that costs about as much to look at for every hidden size.
static bool choose_passage(Fit *fit, int hidden) {
    const Recording *recording = &fit->dataset->recordings[0];
    Range range = ranges_longest(&recording->training);
    size_t room = range.end - range.begin;
    size_t frames = (size_t)(6e6 / (hidden * hidden)) + 20 * (size_t)hidden + SETTLING;
    frames = frames < 96000 ? frames : 96000;
    if (room < frames) {
        return false;
    }
    size_t begin = range.begin + (room - frames) / 2;
    fit->input = recording->input + begin;
    fit->wanted = recording->target + begin;
    fit->knobs = recording->knobs;
    fit->frames = (int)frames;
    return true;
}

// The state of every unit over the passage: the network with a head that shows that unit alone.
static Status run_units(Fit *fit, const Network *network, Diagnostic *diagnostic) {
    Model *model = network_model(network, fit->dataset->rate);
    if (!model) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the first head");
    }
    int hidden = network->shape.hidden;
    Layer *head = &model->layers[network->shape.layers];
    model->skip = false;
    head->bias[0] = 0.0f;
    Status status = STATUS_OK;
    for (int unit = 0; unit < hidden && status == STATUS_OK; unit++) {
        Engine *engine = NULL;
        memset(head->kernel, 0, (size_t)hidden * sizeof(float));
        head->kernel[unit] = 1.0f;
        status = engine_new(&engine, model, isa_best(), 1, diagnostic);
        if (status == STATUS_OK) {
            float *out = fit->units + (ptrdiff_t)unit * fit->frames;
            for (int k = 0; k < network->shape.knobs; k++) {
                engine_set_knob(engine, k, fit->knobs[k]);
            }
            DenormalState before = denormals_off();
            engine_run(engine, &out, &fit->input, fit->frames);
            denormals_restore(before);
        }
        engine_free(engine);
    }
    for (int t = 0; t < fit->frames; t++) {
        fit->units[(ptrdiff_t)hidden * fit->frames + t] = 1.0f; // the bias
    }
    model_free(model);
    return status;
}

static double product(const Fit *fit, int unit, const float *other) {
    const float *values = fit->units + (ptrdiff_t)unit * fit->frames;
    double sum = 0.0;
    for (int t = SETTLING; t < fit->frames; t++) {
        sum += (double)values[t] * (double)other[t];
    }
    return sum;
}

static void fill_equations(Fit *fit, bool skip) {
    double ridge = 0.0;
    for (int i = 0; i < fit->size; i++) {
        for (int j = 0; j <= i; j++) {
            fit->matrix[i * fit->size + j] = product(fit, i,
                                                     fit->units + (ptrdiff_t)j * fit->frames);
        }
        fit->right[i] = product(fit, i, fit->wanted) - (skip ? product(fit, i, fit->input) : 0.0);
        ridge += RIDGE * fit->matrix[i * fit->size + i] / fit->size;
    }
    for (int i = 0; i < fit->size; i++) {
        fit->matrix[i * fit->size + i] += ridge;
    }
}

// Cholesky's method in place; the solution replaces the right side.
static void solve(Fit *fit) {
    const int n = fit->size;
    double *l = fit->matrix, *x = fit->right;
    for (int i = 0; i < n; i++) {
        for (int j = 0; j <= i; j++) {
            double sum = l[i * n + j];
            for (int k = 0; k < j; k++) {
                sum -= l[i * n + k] * l[j * n + k];
            }
            l[i * n + j] = i == j ? sqrt(fmax(sum, 1e-300)) : sum / l[j * n + j];
        }
        for (int k = 0; k < i; k++) {
            x[i] -= l[i * n + k] * x[k];
        }
        x[i] /= l[i * n + i];
    }
    for (int i = n - 1; i >= 0; i--) {
        for (int k = i + 1; k < n; k++) {
            x[i] -= l[k * n + i] * x[k];
        }
        x[i] /= l[i * n + i];
    }
}

Status head_fit(Network *network, const Dataset *dataset, Diagnostic *diagnostic) {
    int hidden = network->shape.hidden;
    Fit fit = {.dataset = dataset, .size = hidden + 1};
    if (!choose_passage(&fit, hidden)) {
        return STATUS_OK;
    }
    size_t size = (size_t)fit.size;
    fit.units = memory_new(size * (size_t)fit.frames, sizeof(float));
    fit.matrix = memory_new(size * size, sizeof(double));
    fit.right = memory_new(size, sizeof(double));
    Status status = fit.units && fit.matrix && fit.right
                        ? run_units(&fit, network, diagnostic)
                        : diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the first head");
    if (status == STATUS_OK) {
        bool finite = true;
        fill_equations(&fit, network->shape.skip);
        solve(&fit);
        for (int i = 0; i < fit.size; i++) {
            finite = finite && isfinite(fit.right[i]);
        }
        if (finite) {
            memcpy(network->head, fit.right, (size_t)hidden * sizeof(double));
            network->head_bias[0] = fit.right[hidden];
        }
    }
    memory_free(fit.units);
    memory_free(fit.matrix);
    memory_free(fit.right);
    return status;
}
