// SPDX-License-Identifier: ISC
// Holds every ISA of this machine against the scalar reference, and against what their makers'
// engines gave, on the trained nets of ../shared/models. Their slow units show errors that random
// nets hide. Usage: check_trained [--quick] SHARED. Ends with 77 when the folder is not there.
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dsp/files/audio/audio_file.h"
#include "dsp/files/models/model_file.h"
#include "dsp/network/engine.h"
#include "dsp/network/isa_choice.h"
#include "dsp/network/selftest.h"
#include "tests/rig/largest.h"

enum { SKIPPED = 77, SECONDS = 10, QUICK_SECONDS = 2, RATE = 48000 };

typedef struct Net {
    const char *model;
    const char *expected; // a recording of its output, or NULL
    const char *pair;     // input and output as PAIR.x.csv and PAIR.y.csv, or NULL
    float knob;           // of the first knob, where there is one
    double largest;       // bounds on the difference from what its makers' engine gave
    double rms;
} Net;

static const Net nets[] = {
    {"wright-ht1-gru32.json", "wright-ht1-gru32.expected.wav", NULL, 0.0f, 1e-4, 3e-6},
    {"wright-muff-gru32.json", "wright-muff-gru32.expected.wav", NULL, 0.0f, 1e-4, 3e-6},
    {"neuralpi-ts9-lstm20.json", "neuralpi-ts9-lstm20.expected.wav", NULL, 0.5f, 1e-4, 3e-6},
    {"nam-boss-lstm-1x16.nam", "nam-boss-lstm-1x16.expected.wav", NULL, 0.0f, 1e-3, 1e-4},
    {"aidax-tw40-british-rhythm-lstm12.json", NULL, NULL, 0.0f, 1e-4, 3e-6},
    {"rtneural-gru.json", NULL, "rtneural-gru", 0.0f, 1e-4, 3e-6},
    {"rtneural-gru_1d.json", NULL, "rtneural-gru_1d", 0.0f, 1e-4, 3e-6},
};

static const double reference_bound = 5e-5;
static const double fast_bound = 1e-2, fast_rms_bound = 2e-3; // with approximate activations

static const char *shared;
static int longest = SECONDS * RATE; // frames of each net
static int failures;

static void stop(const char *text) {
    fprintf(stderr, "%s\n", text);
    exit(1);
}

static Audio read_audio(const char *folder, const char *name) {
    char path[4096];
    Audio audio;
    Diagnostic diagnostic;
    snprintf(path, sizeof path, "%s/%s/%s", shared, folder, name);
    if (audio_file_read(&audio, path, &diagnostic) != STATUS_OK) {
        stop(diagnostic.text);
    }
    return audio;
}

static Model *read_model(const char *name) {
    char path[4096];
    Model *model;
    Diagnostic diagnostic;
    snprintf(path, sizeof path, "%s/models/%s", shared, name);
    if (model_file_read(&model, path, &diagnostic) != STATUS_OK) {
        stop(diagnostic.text);
    }
    return model;
}

static float *run(const Model *model, Isa isa, bool fast, float knob, const Audio *in, int frames) {
    Engine *engine;
    Diagnostic diagnostic;
    float *out = calloc((size_t)frames, sizeof *out);
    if (!out) {
        stop("no memory");
    }
    if ((fast ? engine_new_fast : engine_new)(&engine, model, isa, 1, &diagnostic) != STATUS_OK) {
        stop(diagnostic.text);
    }
    engine_set_knob(engine, 0, knob);
    float *to[] = {out};
    const float *from[] = {in->samples};
    engine_run(engine, to, from, frames);
    engine_free(engine);
    return out;
}

static int frames_of(const Audio *audio, int most) {
    return audio->frames < (size_t)most ? (int)audio->frames : most;
}

static void compare(const Net *net, Isa isa, const char *with, const float *out, const float *other,
                    int frames, double largest_bound, double rms_bound) {
    double largest = 0.0;
    double sum = 0.0;
    for (int i = 0; i < frames; i++) {
        double difference = fabs((double)out[i] - (double)other[i]);
        largest = largest_of(largest, difference);
        sum += difference * difference;
    }
    double rms = sqrt(sum / frames);
    bool ok = largest < largest_bound && rms < rms_bound;
    printf("%s%-38s %-6s %s: largest difference %.2g, RMS %.2g\n", ok ? "" : "FAILED: ", net->model,
           isa_name(isa), with, largest, rms);
    failures += !ok;
}

static void check_isa(const Net *net, const Model *model, Isa isa, const Audio *guitar,
                      const float *reference) {
    int frames = frames_of(guitar, longest);
    float *out = run(model, isa, false, net->knob, guitar, frames);
    compare(net, isa, "reference", out, reference, frames, reference_bound, reference_bound);
    free(out);
    if (isa != ISA_SCALAR) {
        out = run(model, isa, true, net->knob, guitar, frames);
        compare(net, isa, "reference, fast", out, reference, frames, fast_bound, fast_rms_bound);
        free(out);
    }
}

static void check_recording(const Net *net, const Model *model, Isa isa, const Audio *input) {
    Audio expected = read_audio("models", net->expected);
    int frames = frames_of(&expected, frames_of(input, longest));
    float *out = run(model, isa, false, net->knob, input, frames);
    compare(net, isa, "recording", out, expected.samples, frames, net->largest, net->rms);
    free(out);
    audio_clear(&expected);
}

// Reads a column of numbers.
static int read_column(float *values, int most, const char *pair, char which) {
    char path[4096];
    snprintf(path, sizeof path, "%s/models/%s.%c.csv", shared, pair, which);
    FILE *file = fopen(path, "r");
    if (!file) {
        stop(path);
    }
    int count = 0;
    while (count < most && fscanf(file, "%f", &values[count]) == 1) {
        count++;
    }
    fclose(file);
    return count;
}

static void check_pair(const Net *net, const Model *model, Isa isa) {
    enum { MOST = 1000 };
    float x[MOST];
    float y[MOST];
    int frames = read_column(x, MOST, net->pair, 'x');
    if (frames == 0 || frames != read_column(y, MOST, net->pair, 'y')) {
        stop("a pair of columns is not whole");
    }
    Audio in = {.samples = x, .frames = (size_t)frames};
    float *out = run(model, isa, false, net->knob, &in, frames);
    compare(net, isa, "columns", out, y, frames, net->largest, net->rms);
    free(out);
}

// The file's own test.
static void check_batch(const Net *net, const Model *model, Isa isa) {
    Selftest result;
    Diagnostic diagnostic;
    if (selftest_run(&result, model, isa, &diagnostic) != STATUS_OK) {
        stop(diagnostic.text);
    }
    bool ok = result.passed && result.max_abs < net->largest && result.rms < net->rms;
    printf("%s%-38s %-6s own test: largest difference %.2g, RMS %.2g\n",
           ok ? "" : "FAILED: ", net->model, isa_name(isa), result.max_abs, result.rms);
    failures += !ok;
}

static void check_net(const Net *net, const Audio *guitar, const Audio *input) {
    Model *model = read_model(net->model);
    int frames = frames_of(guitar, longest);
    float *reference = run(model, ISA_SCALAR, false, net->knob, guitar, frames);
    if (!net->expected && !net->pair && model->test.frames == 0) {
        stop("a net without anything to hold it against");
    }
    for (int isa = 0; isa < ISA_COUNT; isa++) {
        if (!isa_available((Isa)isa)) {
            continue;
        }
        check_isa(net, model, (Isa)isa, guitar, reference);
        if (net->expected) {
            check_recording(net, model, (Isa)isa, input);
        }
        if (net->pair) {
            check_pair(net, model, (Isa)isa);
        }
        if (model->test.frames > 0) {
            check_batch(net, model, (Isa)isa);
        }
    }
    free(reference);
    model_free(model);
}

int main(int argc, char **argv) {
    bool quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
    if (argc != 2 + quick) {
        stop("usage: check_trained [--quick] SHARED");
    }
    shared = argv[1 + quick];
    if (quick) {
        longest = QUICK_SECONDS * RATE;
    }
    char path[4096];
    snprintf(path, sizeof path, "%s/models/input-4s.wav", shared);
    if (access(path, R_OK) != 0) {
        printf("skipped: no %s\n", path);
        return SKIPPED;
    }
    Audio input = read_audio("models", "input-4s.wav");
    Audio guitar = read_audio("data", "test-input.flac");
    for (size_t i = 0; i < sizeof nets / sizeof *nets; i++) {
        check_net(&nets[i], &guitar, &input);
    }
    audio_clear(&guitar);
    audio_clear(&input);
    return failures ? 1 : 0;
}
