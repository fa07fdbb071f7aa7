// SPDX-License-Identifier: ISC
// How much a model sounds like itself in sessions of other rates, on the demo's guitar: for each
// model (at its own rate, 48 kHz) and session rate how the rate is met, the latency, what it costs,
// and how far the output is from that at 48 kHz.
//   band: both at the lower of the two rates, converted with a filter.
//   pass: the same below 0.8 of the lower Nyquist frequency, with a guitar that has nothing above
//     either: what is left when neither the filters' edges nor what only one of the two sessions
//     can hold at all is counted.
//   grid: only the samples at the times of those at 48 kHz, no filter.
// A model distorts, and folds back what it makes above half the rate it runs at. At 48 kHz that is
// part of its sound; with its state delayed at 96 kHz it is there on the grid, and between the grid
// it is another one, of which a filter takes half away. "alias" tells it: what a tone of 1201 Hz,
// brought to 48 kHz, has beside its harmonics.
// Usage: bench_rate MODEL...
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/base/clock.h"
#include "dsp/base/decibels.h"
#include "dsp/base/denormals.h"
#include "dsp/base/fourier.h"
#include "dsp/base/memory.h"
#include "dsp/chain/model_stage.h"
#include "dsp/chain/rate_converter.h"
#include "dsp/files/models/model_file.h"
#include "dsp/network/isa_choice.h"
#include "dsp/signals/guitar.h"
#include "dsp/signals/score.h"

enum { MODEL_RATE = 48000, SECONDS = 10, SKIP = MODEL_RATE / 2, TONE = 1201 };

static const double pass_band = 0.8; // of the lower Nyquist frequency

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
    static const ModelStageLevels levels;
    ModelStage *stage = NULL;
    Diagnostic diagnostic = {""};
    need(model_stage_new(&stage, model, isa_best(), in->rate, 1, &diagnostic) == STATUS_OK,
         diagnostic.text);
    *mode = model_stage_rate_mode(stage);
    *latency = model_stage_latency(stage);
    Signal out = signal_new(in->rate, in->frames);
    double begin = clock_now();
    DenormalState before = denormals_off();
    for (size_t at = 0; at + MODEL_STAGE_BLOCK <= in->frames; at += MODEL_STAGE_BLOCK) {
        model_stage_run(stage, (float *[]){out.samples + at}, (const float *[]){in->samples + at},
                        &levels, MODEL_STAGE_BLOCK);
    }
    denormals_restore(before);
    *cost = 1e9 * (clock_now() - begin) / (double)in->frames;
    model_stage_free(stage);
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
    return decibels_of_power(error / energy);
}

static Fourier *fourier(int size) {
    Fourier *made = NULL;
    Diagnostic diagnostic = {""};
    need(fourier_new(&made, size, &diagnostic) == STATUS_OK, diagnostic.text);
    return made;
}

static Bin *spectrum_new(Fourier *transform, const float *samples, int size) {
    Bin *bins = memory_new((size_t)size / 2 + 1, sizeof *bins);
    need(bins != NULL, "no memory");
    fourier_forward(transform, samples, bins);
    return bins;
}

static double power(Bin bin) {
    return (double)bin.re * (double)bin.re + (double)bin.im * (double)bin.im;
}

// `from` without what is above `edge` Hz.
static Signal limited(const Signal *from, double edge) {
    int size = (int)from->frames;
    Fourier *transform = fourier(size);
    Bin *bins = spectrum_new(transform, from->samples, size);
    Signal to = signal_new(from->rate, from->frames);
    for (int k = (int)(edge * size / from->rate); k <= size / 2; k++) {
        bins[k] = (Bin){0.0f, 0.0f};
    }
    fourier_inverse(transform, bins, to.samples);
    memory_free(bins);
    fourier_free(transform);
    return to;
}

// In dB, of two signals of one rate, but for the ends, below `edge` Hz.
static double difference_below(const Signal *a, const Signal *b, double edge) {
    int size = (int)(a->frames < b->frames ? a->frames : b->frames) - 2 * SKIP;
    size -= size % 2;
    Signal window = signal_new(a->rate, (size_t)size), parts[2];
    double energy[2] = {0.0};
    Fourier *transform = fourier(size);
    fourier_hann(window.samples, size);
    for (int p = 0; p < 2; p++) {
        parts[p] = signal_new(a->rate, (size_t)size);
        for (int i = 0; i < size; i++) {
            float other = p ? b->samples[i + SKIP] : 0.0f;
            parts[p].samples[i] = window.samples[i] * (a->samples[i + SKIP] - other);
        }
        Bin *bins = spectrum_new(transform, parts[p].samples, size);
        for (int k = 0; k < (int)(edge * size / a->rate); k++) {
            energy[p] += power(bins[k]);
        }
        memory_free(bins);
        memory_free(parts[p].samples);
    }
    fourier_free(transform);
    memory_free(window.samples);
    return decibels_of_power(energy[1] / energy[0]);
}

// What the model adds to a tone beside harmonics, in a session of `rate` Hz, brought to 48 kHz.
static double aliases(const Model *model, int rate) {
    RateMode mode;
    int latency;
    double cost, rest = 0.0, all = 0.0;
    Signal tone = signal_new(rate, (size_t)rate * 2);
    for (size_t i = 0; i < tone.frames; i++) {
        tone.samples[i] = (float)(0.3 * sin(2.0 * 3.14159265358979 * TONE * (double)i / rate));
    }
    Signal out = played(model, &tone, &mode, &latency, &cost);
    Signal there = rate == MODEL_RATE ? out : converted(&out, MODEL_RATE);
    Fourier *transform = fourier(MODEL_RATE); // a second: every alias is a bin
    Bin *bins = spectrum_new(transform, there.samples + SKIP, MODEL_RATE);
    for (int k = 1; k < (int)(pass_band * MODEL_RATE / 2); k++) {
        rest += k % TONE ? power(bins[k]) : 0.0;
        all += power(bins[k]);
    }
    memory_free(bins);
    fourier_free(transform);
    if (there.samples != out.samples) {
        memory_free(there.samples);
    }
    memory_free(out.samples);
    memory_free(tone.samples);
    return decibels_of_power(rest / all);
}

typedef struct Comparison {
    RateMode mode;
    int latency;
    double cost, band, pass, grid;
} Comparison;

// The session of `rate` Hz against that of 48 kHz. With an edge only what is below it counts.
static void compare(Comparison *found, const Model *model, const Signal *guitar, int rate,
                    double edge) {
    RateMode own_mode;
    int own_latency;
    double own_cost;
    bool lower = rate < MODEL_RATE;
    Signal own = played(model, guitar, &own_mode, &own_latency, &own_cost);
    Signal in = converted(guitar, rate);
    Signal out = played(model, &in, &found->mode, &found->latency, &found->cost);
    Signal there = lower ? converted(&own, rate) : converted(&out, MODEL_RATE);
    if (edge > 0.0) {
        found->pass = difference_below(lower ? &out : &own, &there, edge);
    } else {
        found->band = difference(lower ? &out : &own, &there, 1);
        found->grid = difference(&own, &out, lower ? 1 : (size_t)(rate / MODEL_RATE));
    }
    memory_free(there.samples);
    memory_free(out.samples);
    memory_free(in.samples);
    memory_free(own.samples);
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
    printf("%s\n%8s  %-13s  %7s  %9s  %8s  %8s  %8s  %8s\n", path, "Hz", "conversion", "latency",
           "ns/sample", "alias dB", "band dB", "pass dB", "grid dB");
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        int rate = rates[i];
        double edge = pass_band * 0.5 * (rate < MODEL_RATE ? rate : MODEL_RATE);
        Signal limited_guitar = limited(guitar, edge);
        Comparison found = {0};
        compare(&found, model, guitar, rate, 0.0);
        compare(&found, model, &limited_guitar, rate, edge);
        printf("%8d  %-13s  %7d  %9.1f  %8.1f", rate, modes[found.mode], found.latency, found.cost,
               aliases(model, rate));
        if (found.mode != RATE_SAME) {
            printf("  %8.1f  %8.1f", found.band, found.pass);
        }
        if (found.mode == RATE_DELAYED) {
            printf("  %8.1f", found.grid);
        }
        puts("");
        memory_free(limited_guitar.samples);
    }
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
