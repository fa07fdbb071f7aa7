// SPDX-License-Identifier: ISC
#include "plugin/tool/bench_measure.h"

#include <math.h>
#include <stdlib.h>

#include "dsp/base/denormals.h"
#include "dsp/base/memory.h"
#include "dsp/base/random.h"
#include "dsp/network/engine.h"

static const double run_ns = 4e6; // a run takes at least this

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

// ---- The time ----

typedef struct Work {
    Engine *engine;
    int block;
    float *in[ENGINE_MAX_CHANNELS], *out[ENGINE_MAX_CHANNELS]; // BENCH_MAX_BLOCK each
} Work;

static double run(const Work *work, long blocks) {
    const float *in[ENGINE_MAX_CHANNELS] = {work->in[0], work->in[1]};
    DenormalState before = denormals_off();
    double start = probe_now_ns();
    for (long i = 0; i < blocks; i++) {
        engine_run(work->engine, work->out, in, work->block);
    }
    double elapsed = probe_now_ns() - start;
    denormals_restore(before);
    return elapsed;
}

static int compare(const void *one, const void *other) {
    double a = *(const double *)one, b = *(const double *)other;
    return (a > b) - (a < b);
}

// The work, and how long it took.
typedef struct Timed {
    Work work;
    long blocks; // of a run
    double times[BENCH_RUNS];
} Timed;

static Status open_timed(Timed *timed, const Model *model, const BenchCase *what,
                         float *const buffers[], Diagnostic *diagnostic) {
    timed->work.block = what->block;
    for (int c = 0; c < ENGINE_MAX_CHANNELS; c++) {
        timed->work.in[c] = buffers[c];
        timed->work.out[c] = buffers[c] + BENCH_MAX_BLOCK;
    }
    Status status = (what->fast ? engine_new_fast : engine_new)(
        &timed->work.engine, model, what->isa, what->channels, diagnostic);
    if (status == STATUS_OK) {
        timed->blocks = 1;
        while (run(&timed->work, timed->blocks) < run_ns) {
            timed->blocks *= 2;
        }
    }
    return status;
}

// All of them in turns: a machine whose clock wanders slows all of them down.
static void take_turns(Timed *timed, int count) {
    for (int i = 0; i < BENCH_RUNS; i++) {
        for (int k = 0; k < count; k++) {
            timed[k].times[i] = run(&timed[k].work, timed[k].blocks);
        }
    }
}

static double median_ns(Timed *timed, int channels) {
    qsort(timed->times, BENCH_RUNS, sizeof *timed->times, compare);
    double frames = (double)timed->blocks * timed->work.block;
    return timed->times[BENCH_RUNS / 2] / frames / channels;
}

Status bench_time(double *ns, Model *const *models, int count, const BenchCase *what,
                  Diagnostic *diagnostic) {
    Timed timed[BENCH_MAX_MODELS] = {0};
    float *memory = memory_new((size_t)2 * ENGINE_MAX_CHANNELS * BENCH_MAX_BLOCK, sizeof(float));
    if (!memory) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the audio to measure with");
    }
    float *buffers[ENGINE_MAX_CHANNELS];
    Random random = {.state = 1};
    for (int c = 0; c < ENGINE_MAX_CHANNELS; c++) {
        buffers[c] = memory + (long)2 * c * BENCH_MAX_BLOCK;
        fill(&random, buffers[c], BENCH_MAX_BLOCK, 0.5);
    }
    Status status = STATUS_OK;
    for (int k = 0; status == STATUS_OK && k < count; k++) {
        status = open_timed(&timed[k], models[k], what, buffers, diagnostic);
    }
    if (status == STATUS_OK) {
        take_turns(timed, count);
    }
    for (int k = 0; k < count; k++) {
        ns[k] = status == STATUS_OK ? median_ns(&timed[k], what->channels) : 0.0;
        engine_free(timed[k].work.engine);
    }
    memory_free(memory);
    return status;
}

Status bench_measure(BenchResult *results, Model *const *models, int count, const BenchCase *what,
                     const Probe *probe, Diagnostic *diagnostic) {
    double ns[BENCH_MAX_MODELS];
    Status status = bench_time(ns, models, count, what, diagnostic);
    for (int k = 0; status == STATUS_OK && k < count; k++) {
        double limit = find_limit(models[k], probe, what->channels);
        results[k] = (BenchResult){
            .ns = ns[k],
            .times_first = ns[k] / ns[0],
            .load = ns[k] * 1e-9 * what->channels * BENCH_RATE,
            .limit = limit,
            .share = limit / ns[k],
        };
    }
    return status;
}
