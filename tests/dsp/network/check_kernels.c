// SPDX-License-Identifier: ISC
// Holds every ISA of this machine against the scalar reference, through the engine.
// Usage: check_kernels [--quick]
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/network/engine.h"
#include "dsp/network/isa_choice.h"
#include "tests/dsp/network/guarded.h"
#include "tests/rig/check.h"

// Which activations are under test: the approximate ones, on all ISAs but the reference.
static bool fast;

// Largest error of an output at full scale (1) or, when the net is louder, relative to its peak.
static double output_bound(void) {
    return fast ? 1e-4 : 2e-7;
}

// ---- Random nets and signals ----

static uint64_t random_state;

// Uniform in -1 .. 1.
static float noise(void) {
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (float)((double)(random_state >> 40) / 8388608.0 - 1.0);
}

static void fill(float *values, int count, float scale) {
    for (int i = 0; i < count; i++) {
        values[i] = scale * noise();
    }
}

// Weights as PyTorch draws them: uniform within 1 / sqrt(hidden size).
static void randomise(Layer *layer, int hidden) {
    float scale = 1.0f / sqrtf((float)hidden);
    int rows = layer_gates(layer->kind) * layer->outputs;
    if (layer->slope) {
        fill(layer->slope, layer->outputs, scale);
    }
    fill(layer->kernel, rows * layer->inputs, scale);
    fill(layer->bias, rows, scale);
    if (layer->recurrent_kernel) {
        fill(layer->recurrent_kernel, rows * layer->outputs, scale);
        fill(layer->recurrent_bias, rows, scale);
    }
}

static void *must(void *memory) {
    if (!memory) {
        printf("no memory for the check\n");
        exit(1);
    }
    return memory;
}

static void add(Model *model, LayerKind kind, Activation activation, int inputs, int outputs) {
    Diagnostic diagnostic;
    if (model_add_layer(model, kind, activation, inputs, outputs, &diagnostic) != STATUS_OK) {
        printf("%s\n", diagnostic.text);
        exit(1);
    }
    int hidden = kind == LAYER_DENSE ? inputs : outputs;
    randomise(&model->layers[model->layer_count - 1], hidden);
}

static const LayerKind cells[] = {LAYER_GRU, LAYER_GRU_RESET_BEFORE, LAYER_LSTM};
enum { CELLS = sizeof cells / sizeof *cells };

static Model *simple_net(LayerKind kind, int hidden, unsigned seed) {
    random_state = seed;
    Model *model = must(model_new());
    add(model, kind, ACTIVATION_LINEAR, 1, hidden);
    add(model, LAYER_DENSE, ACTIVATION_LINEAR, hidden, 1);
    return model;
}

static Engine *engine_for(const Model *model, Isa isa, int channels) {
    Engine *engine;
    Diagnostic diagnostic;
    bool approximate = fast && isa != ISA_SCALAR;
    Status status = approximate ? engine_new_fast(&engine, model, isa, channels, &diagnostic)
                                : engine_new(&engine, model, isa, channels, &diagnostic);
    if (status != STATUS_OK) {
        printf("%s\n", diagnostic.text);
        exit(1);
    }
    check(engine_is_fast(engine) == approximate, "%s: the other activations", isa_name(isa));
    return engine;
}

enum { CHANNELS = GUARDED_CHANNELS };

// Something like a guitar: decaying notes, each channel its own, over a little noise.
static void signal_play(Guarded *signal) {
    for (int c = 0; c < CHANNELS; c++) {
        double phase = 0.0;
        double step = 0.0;
        double level = 0.0;
        for (int i = 0; i < signal->frames; i++) {
            if (i % 9000 == 0) {
                step = 0.01 + 0.04 * fabs((double)noise());
                level = 0.9;
            }
            phase += step;
            level *= 0.9997;
            signal->at[c][i] = (float)(level * (0.7 * sin(phase) + 0.3 * sin(2.01 * phase)) +
                                       0.01 * (double)noise());
        }
    }
}

// ---- The checks ----

// Runs in blocks of `block` frames; 0: of all sizes.
static void run_in_blocks(Engine *engine, Guarded *out, const Guarded *in, int block) {
    engine_reset(engine);
    int odd = 1;
    for (int start = 0; start < in->frames;) {
        int count = block ? block : odd;
        odd = odd * 5 % 131 + 1;
        count = count > in->frames - start ? in->frames - start : count;
        float *to[CHANNELS] = {out->at[0] + start, out->at[1] + start};
        const float *from[CHANNELS] = {in->at[0] + start, in->at[1] + start};
        engine_run(engine, to, from, count);
        start += count;
    }
}

// One net on one ISA against what the reference made of it; the largest error.
static double check_net(const Model *model, Isa isa, int channels, const Guarded *in,
                        const Guarded *reference, double bound, const char *what) {
    const char *name = isa_name(isa);
    Engine *engine = engine_for(model, isa, channels);
    Guarded whole = guarded_new(in->frames);
    Guarded parts = guarded_new(in->frames);
    run_in_blocks(engine, &whole, in, in->frames);
    check(guarded_whole(&whole), "%s %s, %d ch: writes outside its buffers", name, what, channels);
    double error = guarded_difference(&whole, reference, channels) / guarded_full_scale(reference);
    check(error <= bound, "%s %s, %d ch: error %.3g, above %.3g", name, what, channels, error,
          bound);
    static const int blocks[] = {1, 64, 4096, 0};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        if (blocks[i] >= in->frames) {
            continue; // the whole, once more
        }
        run_in_blocks(engine, &parts, in, blocks[i]);
        check(guarded_same(&parts, &whole, channels), "%s %s, %d ch: other bytes in blocks of %d",
              name, what, channels, blocks[i]);
    }
    guarded_copy(&parts, in);
    run_in_blocks(engine, &parts, &parts, 0);
    check(guarded_same(&parts, &whole, channels), "%s %s, %d ch: other bytes in place", name, what,
          channels);
    check(guarded_whole(&parts), "%s %s, %d ch: writes outside its buffers", name, what, channels);
    guarded_free(&parts);
    guarded_free(&whole);
    engine_free(engine);
    return error;
}

// One net on every ISA from `first` on, with one channel and two.
static void check_everywhere(const Model *model, Isa first, int frames, double bound,
                             const char *what, double *worst) {
    Guarded in = guarded_new(frames);
    Guarded reference = guarded_new(frames);
    signal_play(&in);
    Engine *engine = engine_for(model, ISA_SCALAR, CHANNELS);
    run_in_blocks(engine, &reference, &in, frames);
    engine_free(engine);
    for (int isa = (int)first; isa < ISA_COUNT; isa++) {
        for (int channels = 1; channels <= CHANNELS && isa_available((Isa)isa); channels++) {
            double error = check_net(model, (Isa)isa, channels, &in, &reference, bound, what);
            worst[isa] = fmax(worst[isa], error);
        }
    }
    guarded_free(&reference);
    guarded_free(&in);
}

static void report(const char *what, const double *worst) {
    for (int isa = 0; isa < ISA_COUNT; isa++) {
        if (isa_available((Isa)isa)) {
            printf("%-7s%s %s: largest error %.2g\n", isa_name((Isa)isa), fast ? " fast" : "", what,
                   worst[isa]);
        }
    }
}

// Quick: of the larger sizes, those about whole vectors, and not for the reference itself, which
// has no vectors but takes most of the time.
static void check_sizes(LayerKind kind, int frames, bool quick) {
    double worst[ISA_COUNT] = {0};
    char what[64];
    for (int hidden = 1; hidden <= MODEL_MAX_HIDDEN; hidden++) {
        bool large = hidden > 48;
        if (quick && large && (hidden + 1) % 8 > 2) {
            continue;
        }
        Isa first = quick && large ? ISA_SCALAR + 1 : ISA_SCALAR;
        int seeds = large || fast || quick ? 1 : 2;
        for (int seed = 0; seed < seeds; seed++) {
            snprintf(what, sizeof what, "%s %d (seed %d)", layer_kind_title(kind), hidden, seed);
            Model *model = simple_net(kind, hidden, (unsigned)(hidden + 1000 * seed));
            check_everywhere(model, first, frames + hidden % 7, output_bound(), what, worst);
            model_free(model);
        }
    }
    snprintf(what, sizeof what, "%s 1 to 128", layer_kind_title(kind));
    report(what, worst);
}

// Ten seconds at 48 kHz, one channel.
static void check_long(LayerKind kind) {
    static const int sizes[] = {8, 20, 40};
    double worst[ISA_COUNT] = {0};
    Guarded in = guarded_new(480000);
    Guarded reference = guarded_new(in.frames);
    Guarded out = guarded_new(in.frames);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        Model *model = simple_net(kind, sizes[i], 7);
        signal_play(&in);
        for (int isa = 0; isa < ISA_COUNT; isa++) {
            if (!isa_available((Isa)isa)) {
                continue;
            }
            Engine *engine = engine_for(model, (Isa)isa, 1);
            run_in_blocks(engine, isa == ISA_SCALAR ? &reference : &out, &in, 512);
            engine_free(engine);
            if (isa != ISA_SCALAR) {
                double error = guarded_difference(&out, &reference, 1);
                worst[isa] = fmax(worst[isa], error);
                check(error <= output_bound(), "%s %s %d, 10 s: error %.3g", isa_name((Isa)isa),
                      layer_kind_title(kind), sizes[i], error);
            }
        }
        model_free(model);
    }
    guarded_free(&out);
    guarded_free(&reference);
    guarded_free(&in);
    char what[64];
    snprintf(what, sizeof what, "%s, 10 s", layer_kind_title(kind));
    report(what, worst);
}

// The rows between the layers of a chain are rounded to float: the bound is wider.
static const Activation activations[] = {
    ACTIVATION_LINEAR, ACTIVATION_TANH,  ACTIVATION_SIGMOID, ACTIVATION_RELU,
    ACTIVATION_ELU,    ACTIVATION_PRELU, ACTIVATION_SOFTMAX,
};
enum { ACTIVATIONS = sizeof activations / sizeof *activations };

static void check_chains(int frames) {
    double worst[ISA_COUNT] = {0};
    for (int i = 0; i < 24; i++) {
        char what[64];
        snprintf(what, sizeof what, "chain %d", i);
        random_state = (unsigned)i;
        Model *model = must(model_new());
        LayerKind cell = cells[i / 2 % CELLS];
        int width = 1 + i * 7 % 40;
        int second = 1 + i * 11 % 33;
        model->knobs = i % 3;
        if (i % 4 == 3) {
            add(model, LAYER_DENSE, activations[i % ACTIVATIONS], 1 + model->knobs, 5);
            add(model, cell, ACTIVATION_LINEAR, 5, width);
        } else {
            add(model, cell, ACTIVATION_LINEAR, 1 + model->knobs, width);
        }
        if (i % 2) {
            add(model, cells[(i + 1) % CELLS], ACTIVATION_LINEAR, width, second);
            add(model, LAYER_DENSE, activations[(i + 3) % ACTIVATIONS], second, 3 + i);
        } else {
            add(model, LAYER_DENSE, activations[i / 2 % ACTIVATIONS], width, 3 + i);
        }
        add(model, LAYER_DENSE, activations[i / 3 % (ACTIVATIONS - 1)], 3 + i, 1);
        check_everywhere(model, ISA_SCALAR, frames, 5.0 * output_bound(), what, worst);
        model_free(model);
    }
    report("chains of layers", worst);
}

// Whatever finite values come in, finite values come out, and the engine recovers.
static void check_extremes(LayerKind kind) {
    static const float values[] = {FLT_MAX, -FLT_MAX, 1e6f, -1e6f, FLT_MIN, 1e-45f, 0.0f, -0.0f};
    enum { COUNT = 8 * 40 };
    Model *model = simple_net(kind, 16, 3);
    for (int isa = 0; isa < ISA_COUNT; isa++) {
        if (!isa_available((Isa)isa)) {
            continue;
        }
        Engine *engine = engine_for(model, (Isa)isa, 1);
        float samples[COUNT];
        for (int i = 0; i < COUNT; i++) {
            samples[i] = values[i / 3 % 8];
        }
        float *out[1] = {samples};
        const float *in[1] = {samples};
        engine_run(engine, out, in, COUNT);
        bool finite = true;
        for (int i = 0; i < COUNT; i++) {
            finite = finite && isfinite(samples[i]);
        }
        check(finite, "%s %s: output is not finite for extreme input", isa_name((Isa)isa),
              layer_kind_title(kind));
        engine_free(engine);
    }
    model_free(model);
}

static void check_all(bool quick) {
    check_chains(quick ? 70 : 200);
    for (int i = 0; i < CELLS; i++) {
        check_extremes(cells[i]);
        check_sizes(cells[i], quick ? 40 : 150, quick);
        if (!quick) {
            check_long(cells[i]);
        }
    }
}

int main(int argc, char **argv) {
    bool quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
    check_all(quick);
    if (!quick) { // the bodies are the same; check_activations looks at what differs
        fast = true;
        check_all(true);
    }
    return check_report();
}
