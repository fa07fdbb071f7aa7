// SPDX-License-Identifier: ISC
// Holds every ISA of this machine against the scalar reference, and against what their makers'
// engines gave, on the trained nets of ../shared/models. Their slow units show errors that random
// nets hide. Usage: check_trained SHARED. Ends with 77 when the folder is not there.
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dsp/engine.h"
#include "dsp/files/audio_file.h"
#include "dsp/files/model_file.h"

enum { SKIPPED = 77, SECONDS = 10 };

typedef struct Net {
    const char *model;
    const char *expected; // NULL: no recording of its output
    float knob;           // of the first knob, where there is one
    double largest;       // bounds on the difference from the recording
    double rms;
} Net;

static const Net nets[] = {
    {"wright-ht1-gru32.json", "wright-ht1-gru32.expected.wav", 0.0f, 1e-4, 3e-6},
    {"wright-muff-gru32.json", "wright-muff-gru32.expected.wav", 0.0f, 1e-4, 3e-6},
    {"neuralpi-ts9-lstm20.json", "neuralpi-ts9-lstm20.expected.wav", 0.5f, 1e-4, 3e-6},
    {"nam-boss-lstm-1x16.nam", "nam-boss-lstm-1x16.expected.wav", 0.0f, 1e-3, 1e-4},
    {"aidax-tw40-british-rhythm-lstm12.json", NULL, 0.0f, 0.0, 0.0},
    {"rtneural-gru.json", NULL, 0.0f, 0.0, 0.0},
    {"rtneural-gru_1d.json", NULL, 0.0f, 0.0, 0.0},
};

static const double reference_bound = 5e-5;

static const char *shared;
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

static float *run(const Model *model, Isa isa, float knob, const Audio *in, int frames) {
    Engine *engine;
    Diagnostic diagnostic;
    float *out = calloc((size_t)frames, sizeof *out);
    if (!out) {
        stop("no memory");
    }
    if (engine_new(&engine, model, isa, 1, &diagnostic) != STATUS_OK) {
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
        if (!(difference <= largest)) { // a NaN stays
            largest = difference;
        }
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
    int frames = frames_of(guitar, SECONDS * 48000);
    float *out = run(model, isa, net->knob, guitar, frames);
    compare(net, isa, "reference", out, reference, frames, reference_bound, reference_bound);
    free(out);
}

static void check_recording(const Net *net, const Model *model, Isa isa, const Audio *input) {
    Audio expected = read_audio("models", net->expected);
    int frames = frames_of(&expected, frames_of(input, SECONDS * 48000));
    float *out = run(model, isa, net->knob, input, frames);
    compare(net, isa, "recording", out, expected.samples, frames, net->largest, net->rms);
    free(out);
    audio_clear(&expected);
}

int main(int argc, char **argv) {
    if (argc != 2) {
        stop("usage: check_trained SHARED");
    }
    shared = argv[1];
    char path[4096];
    snprintf(path, sizeof path, "%s/models/input-4s.wav", shared);
    if (access(path, R_OK) != 0) {
        printf("skipped: no %s\n", path);
        return SKIPPED;
    }
    Audio input = read_audio("models", "input-4s.wav");
    Audio guitar = read_audio("data", "test-input.flac");
    for (size_t i = 0; i < sizeof nets / sizeof *nets; i++) {
        Model *model = read_model(nets[i].model);
        int frames = frames_of(&guitar, SECONDS * 48000);
        float *reference = run(model, ISA_SCALAR, nets[i].knob, &guitar, frames);
        for (int isa = 0; isa < ISA_COUNT; isa++) {
            if (isa_available((Isa)isa)) {
                check_isa(&nets[i], model, (Isa)isa, &guitar, reference);
                if (nets[i].expected) {
                    check_recording(&nets[i], model, (Isa)isa, &input);
                }
            }
        }
        free(reference);
        model_free(model);
    }
    audio_clear(&guitar);
    audio_clear(&input);
    return failures ? 1 : 0;
}
