// SPDX-License-Identifier: ISC
// Prints the time of one sample of one channel, in nanoseconds, for every ISA of the machine, the
// usual hidden sizes, one channel and two, and blocks of several lengths: the median of some runs.
// Usage: bench_engine [ISA [CELL]]. Pin it to one core (taskset -c 1) on a quiet machine.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dsp/network/engine.h"

enum { FRAMES = 4096, RUNS = 15, CHANNELS = ENGINE_MAX_CHANNELS };

static float samples[CHANNELS][FRAMES];
static float results[CHANNELS][FRAMES];

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return 1e9 * (double)time.tv_sec + (double)time.tv_nsec;
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a;
    double y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void fill(float *values, int count, float scale) {
    for (int i = 0; i < count; i++) {
        values[i] = scale * (2.0f * (float)rand() / (float)RAND_MAX - 1.0f);
    }
}

static const struct {
    const char *name;
    LayerKind kind;
} cells[] = {
    {"gru", LAYER_GRU},
    {"reset-before", LAYER_GRU_RESET_BEFORE},
    {"lstm", LAYER_LSTM},
};
enum { CELLS = sizeof cells / sizeof *cells };

// A recurrent and a dense layer with random weights; exits when memory is short.
static Model *net(LayerKind kind, int hidden) {
    Model *model = model_new();
    if (!model || model_add_layer(model, kind, ACTIVATION_LINEAR, 1, hidden, NULL) != STATUS_OK ||
        model_add_layer(model, LAYER_DENSE, ACTIVATION_LINEAR, hidden, 1, NULL) != STATUS_OK) {
        exit(1);
    }
    float scale = 1.0f / sqrtf((float)hidden);
    for (int i = 0; i < model->layer_count; i++) {
        const Layer *layer = &model->layers[i];
        int rows = layer_gates(layer->kind) * layer->outputs;
        fill(layer->kernel, rows * layer->inputs, scale);
        fill(layer->bias, rows, scale);
        if (layer->recurrent_kernel) {
            fill(layer->recurrent_kernel, rows * layer->outputs, scale);
            fill(layer->recurrent_bias, rows, scale);
        }
    }
    return model;
}

static double run_once(Engine *engine, int channels, int block) {
    double start = now();
    for (int at = 0; at + block <= FRAMES; at += block) {
        float *out[CHANNELS] = {results[0] + at, results[1] + at};
        const float *in[CHANNELS] = {samples[0] + at, samples[1] + at};
        engine_run(engine, out, in, block);
    }
    return (now() - start) / (FRAMES / block * block * channels);
}

static double measure(const Model *model, Isa isa, int channels, int block) {
    Engine *engine;
    Diagnostic diagnostic;
    if (engine_new(&engine, model, isa, channels, &diagnostic) != STATUS_OK) {
        fprintf(stderr, "%s\n", diagnostic.text);
        exit(1);
    }
    double times[RUNS];
    run_once(engine, channels, block); // warms the caches
    int runs = isa == ISA_SCALAR ? 3 : RUNS;
    for (int i = 0; i < runs; i++) {
        times[i] = run_once(engine, channels, block);
    }
    qsort(times, (size_t)runs, sizeof *times, compare);
    engine_free(engine);
    return times[runs / 2];
}

static void bench(Isa isa, int cell) {
    static const int sizes[] = {8, 12, 16, 20, 24, 32, 40, 48, 64, 80, 96};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        Model *model = net(cells[cell].kind, sizes[i]);
        printf("%-7s %-12s %4d", isa_name(isa), cells[cell].name, sizes[i]);
        for (int channels = 1; channels <= CHANNELS; channels++) {
            static const int blocks[] = {4096, 64, 1};
            for (size_t b = 0; b < sizeof blocks / sizeof *blocks; b++) {
                printf(" %9.1f", measure(model, isa, channels, blocks[b]));
            }
        }
        printf("\n");
        fflush(stdout);
        model_free(model);
    }
}

int main(int argc, char **argv) {
    Isa only = ISA_COUNT;
    if (argc > 1 && !isa_from_name(argv[1], &only)) {
        fprintf(stderr, "usage: bench_engine [scalar|sse2|avx2|avx512|neon [CELL]]\n");
        return 1;
    }
    for (int i = 0; i < FRAMES; i++) {
        samples[0][i] = 0.5f * sinf(0.05f * (float)i);
        samples[1][i] = 0.4f * sinf(0.03f * (float)i);
    }
    printf("ns for a sample of a channel; columns: channels x frames of a block\n");
    printf("%-7s %-12s %4s %9s %9s %9s %9s %9s %9s\n", "isa", "cell", "size", "1x4096", "1x64",
           "1x1", "2x4096", "2x64", "2x1");
    for (int isa = 0; isa < ISA_COUNT; isa++) {
        if ((only == ISA_COUNT || only == (Isa)isa) && isa_available((Isa)isa)) {
            for (int cell = 0; cell < CELLS; cell++) {
                if (argc < 3 || strcmp(argv[2], cells[cell].name) == 0) {
                    bench((Isa)isa, cell);
                }
            }
        }
    }
    return 0;
}
