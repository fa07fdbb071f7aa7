// SPDX-License-Identifier: ISC
// How much a model sounds like itself in sessions of other rates, on the demo's guitar: for each
// model (at its own rate, 48 kHz) and session rate how the rate is met, the latency, how far the
// output is from that at 48 kHz, and what it costs. "band": both at the lower of the two rates,
// converted with a filter; what the model folds back at 48 kHz, and does not at a higher rate,
// counts as a difference. "grid": only the samples at the times of those at 48 kHz, no filter.
// Usage: bench_rate MODEL...
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dsp/denormals.h"
#include "dsp/files/model_file.h"
#include "dsp/memory.h"
#include "dsp/rate_converter.h"
#include "dsp/voice.h"
#include "presets/guitar.h"
#include "presets/score.h"

enum { MODEL_RATE = 48000, SECONDS = 10, SKIP = MODEL_RATE / 2 };

typedef struct Signal {
    int rate;
    size_t frames;
    float *samples;
} Signal;

static void need(bool condition, const char *what) {
    if (!condition) {
        fprintf(stderr, "bench_rate: %s\n", what);
        exit(1);
    }
}

static Signal signal_new(int rate, size_t frames) {
    Signal signal = {rate, frames, memory_new(frames, sizeof(float))};
    need(signal.samples != NULL, "no memory");
    return signal;
}

static Signal converted(const Signal *from, int rate) {
    enum { BLOCK = 256 };
    Signal to = signal_new(rate, from->frames * (size_t)rate / (size_t)from->rate);
    RateConverter *converter = NULL;
    Diagnostic diagnostic = {""};
    need(rate_converter_new(&converter, from->rate, rate, 1, BLOCK, 0, &diagnostic) == STATUS_OK,
         diagnostic.text);
    size_t given = 0;
    for (size_t at = 0; given < to.frames; at += BLOCK) {
        float block[BLOCK] = {0.0f};
        for (size_t i = 0; i < BLOCK && at + i < from->frames; i++) {
            block[i] = from->samples[at + i];
        }
        rate_converter_push(converter, (const float *[]){block}, BLOCK);
        size_t ready = (size_t)rate_converter_ready(converter), left = to.frames - given;
        ready = ready < left ? ready : left;
        rate_converter_pull(converter, (float *[]){to.samples + given}, (int)ready);
        given += ready;
    }
    rate_converter_free(converter);
    return to;
}

// The model over `in`, its latency taken out; `cost` in ns a sample.
static Signal played(const Model *model, const Signal *in, RateMode *mode, int *latency,
                     double *cost) {
    static const VoiceLevels levels;
    Voice *voice = NULL;
    Diagnostic diagnostic = {""};
    need(voice_new(&voice, model, isa_best(), in->rate, 1, &diagnostic) == STATUS_OK,
         diagnostic.text);
    *mode = voice_rate_mode(voice);
    *latency = voice_latency(voice);
    Signal out = signal_new(in->rate, in->frames);
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    DenormalState before = denormals_off();
    for (size_t at = 0; at + VOICE_BLOCK <= in->frames; at += VOICE_BLOCK) {
        voice_run(voice, (float *[]){out.samples + at}, (const float *[]){in->samples + at},
                  &levels, VOICE_BLOCK);
    }
    denormals_restore(before);
    clock_gettime(CLOCK_MONOTONIC, &end);
    *cost = ((double)(end.tv_sec - begin.tv_sec) * 1e9 + (double)(end.tv_nsec - begin.tv_nsec)) /
            (double)in->frames;
    voice_free(voice);
    memmove(out.samples, out.samples + *latency, (out.frames - (size_t)*latency) * sizeof(float));
    return out;
}

// In dB, but for the ends, of every `step`th frame of `b`.
static double difference(const Signal *a, const Signal *b, size_t step) {
    double error = 0.0, energy = 0.0;
    size_t frames = a->frames < b->frames / step ? a->frames : b->frames / step;
    for (size_t i = SKIP; i + SKIP < frames; i++) {
        double d = (double)a->samples[i] - (double)b->samples[i * step];
        error += d * d;
        energy += (double)a->samples[i] * (double)a->samples[i];
    }
    need(energy > 0.0, "a model is silent");
    return 10.0 * log10(error / energy);
}

static void bench(const char *path, const Signal *guitar) {
    static const int rates[] = {48000, 22050, 32000, 44100, 88200, 96000, 176400, 192000};
    static const char *const modes[] = {"same", "delayed state", "resampled"};
    Model *model = NULL;
    Diagnostic diagnostic = {""};
    need(model_file_read(&model, path, &diagnostic) == STATUS_OK, diagnostic.text);
    if (model->sample_rate != MODEL_RATE) {
        model->sample_rate = MODEL_RATE; // of those that do not tell
    }
    RateMode mode;
    int latency;
    double cost;
    Signal own = played(model, guitar, &mode, &latency, &cost);
    printf("%s\n%8s  %-13s  %7s  %9s  %10s  %10s\n", path, "Hz", "conversion", "latency",
           "ns/sample", "band", "grid");
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        Signal in = converted(guitar, rates[i]);
        Signal out = played(model, &in, &mode, &latency, &cost);
        bool lower = rates[i] < MODEL_RATE;
        Signal there = lower ? converted(&own, rates[i]) : converted(&out, MODEL_RATE);
        printf("%8d  %-13s  %7d  %9.1f  %7.1f dB", rates[i], modes[mode], latency, cost,
               difference(lower ? &out : &own, &there, 1));
        if (mode == RATE_DELAYED) {
            printf("  %7.1f dB",
                   difference(&own, &out, lower ? 1 : (size_t)(rates[i] / MODEL_RATE)));
        }
        puts("");
        memory_free(there.samples);
        memory_free(out.samples);
        memory_free(in.samples);
    }
    memory_free(own.samples);
    model_free(model);
}

int main(int argc, char **argv) {
    Score score;
    Diagnostic diagnostic = {""};
    Signal guitar = signal_new(MODEL_RATE, (size_t)MODEL_RATE * SECONDS);
    need(score_compose(&score, SECONDS, 2, 5, &diagnostic) == STATUS_OK, diagnostic.text);
    need(guitar_play(guitar.samples, guitar.frames, MODEL_RATE, &score, 0.7, 6, &diagnostic) ==
             STATUS_OK,
         diagnostic.text);
    score_clear(&score);
    for (int i = 1; i < argc; i++) {
        bench(argv[i], &guitar);
    }
    memory_free(guitar.samples);
    return 0;
}
