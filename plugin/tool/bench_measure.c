// SPDX-License-Identifier: ISC
#include <math.h>
#include <stdlib.h>

#include "dsp/denormals.h"
#include "dsp/engine.h"
#include "dsp/memory.h"
#include "dsp/random.h"
#include "plugin/tool/bench.h"

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

// Median time of a frame.
static double frame_ns(const Work *work) {
    long blocks = 1;
    while (run(work, blocks) < run_ns) {
        blocks *= 2;
    }
    double times[BENCH_RUNS];
    for (int i = 0; i < BENCH_RUNS; i++) {
        times[i] = run(work, blocks);
    }
    qsort(times, BENCH_RUNS, sizeof *times, compare);
    return times[BENCH_RUNS / 2] / ((double)blocks * work->block);
}

// `buffers` holds two of BENCH_MAX_BLOCK for each channel.
static Status time_engine(double *ns, const Model *model, Isa isa, bool fast, int channels,
                          int block, float *buffers, Diagnostic *diagnostic) {
    Work work = {.block = block};
    Random random = {.state = 1};
    for (int c = 0; c < ENGINE_MAX_CHANNELS; c++) {
        work.in[c] = buffers + (long)2 * c * BENCH_MAX_BLOCK;
        work.out[c] = work.in[c] + BENCH_MAX_BLOCK;
        fill(&random, work.in[c], BENCH_MAX_BLOCK, 0.5);
    }
    Status status = (fast ? engine_new_fast : engine_new)(&work.engine, model, isa, channels,
                                                          diagnostic);
    if (status == STATUS_OK) {
        *ns = frame_ns(&work) / channels;
    }
    engine_free(work.engine);
    return status;
}

Status bench_time(double *ns, const Model *model, Isa isa, bool fast, int channels, int block,
                  Diagnostic *diagnostic) {
    float *buffers = memory_new((size_t)2 * ENGINE_MAX_CHANNELS * BENCH_MAX_BLOCK, sizeof(float));
    if (!buffers) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the audio to measure with");
    }
    Status status = time_engine(ns, model, isa, fast, channels, block, buffers, diagnostic);
    memory_free(buffers);
    return status;
}

Status bench_measure(BenchResult *result, const Model *model, const Probe *probe,
                     Diagnostic *diagnostic) {
    Status status = bench_time(&result->ns, model, probe->isa, result->fast, result->channels,
                               result->block, diagnostic);
    if (status == STATUS_OK) {
        result->load = result->ns * 1e-9 * result->channels * BENCH_RATE;
        result->limit = find_limit(model, probe, result->channels);
        result->share = result->limit / result->ns;
    }
    return status;
}
