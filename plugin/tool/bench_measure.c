// SPDX-License-Identifier: ISC
#include "plugin/tool/bench_measure.h"

#include <math.h>

#include "dsp/base/random.h"

// ---- Something to measure ----

static void fill(Random *random, float *values, int count, double bound) {
    for (int i = 0; i < count; i++) {
        values[i] = (float)random_within(random, bound);
    }
}

Status bench_make_model(Model **model, LayerKind kind, int hidden, Diagnostic *diagnostic) {
    *model = NULL;
    Model *made = model_new();
    if (!made) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for a model");
    }
    Status status = model_add_layer(made, kind, ACTIVATION_LINEAR, 1, hidden, diagnostic);
    if (status == STATUS_OK) {
        status = model_add_layer(made, LAYER_DENSE, ACTIVATION_LINEAR, hidden, 1, diagnostic);
    }
    if (status != STATUS_OK) {
        model_free(made);
        return status;
    }
    Random random = {.state = (uint64_t)hidden};
    double bound = 1.0 / sqrt((double)hidden); // as PyTorch initialises
    const Layer *layer = &made->layers[0], *head = &made->layers[1];
    int rows = layer_gates(kind) * hidden;
    fill(&random, layer->kernel, rows, bound);
    fill(&random, layer->bias, rows, bound);
    fill(&random, layer->recurrent_kernel, rows * hidden, bound);
    fill(&random, layer->recurrent_bias, rows, bound);
    fill(&random, head->kernel, hidden, bound);
    *model = made;
    return STATUS_OK;
}

// ---- The limit ----

// Weights that are multiplied anew for each sample: not those of the knobs.
static double count_macs(const Model *model) {
    double macs = 0.0;
    for (int i = 0; i < model->layer_count; i++) {
        const Layer *layer = &model->layers[i];
        int columns = i == 0 ? 1 : layer->inputs;
        columns += layer->recurrent_kernel ? layer->outputs : 0;
        macs += (double)layer_gates(layer->kind) * layer->outputs * columns;
    }
    return macs;
}

static double find_limit(const Model *model, const Probe *probe, int channels) {
    double macs = count_macs(model);
    double loads = probe_load_ns(probe, (size_t)macs * (size_t)probe->number);
    return fmax(macs / probe->macs_per_ns, loads / channels);
}

Status bench_measure(BenchResult *results, const Model *const *models, int count,
                     const SpeedCase *what, const Probe *probe, Diagnostic *diagnostic) {
    double times[SPEED_MAX_MODELS];
    Status status = speed_measure(times, models, count, what, diagnostic);
    for (int k = 0; status == STATUS_OK && k < count; k++) {
        double ns = 1e9 * times[k], limit = find_limit(models[k], probe, what->channels);
        results[k] = (BenchResult){
            .ns = ns,
            .times_first = times[k] / times[0],
            .load = times[k] * what->channels * BENCH_RATE,
            .limit = limit,
            .share = limit / ns,
        };
    }
    return status;
}
