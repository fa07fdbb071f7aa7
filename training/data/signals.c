// SPDX-License-Identifier: ISC
#include "training/data/signals.h"

#include <math.h>
#include <stdbool.h>

#include "dsp/base/fourier.h"
#include "dsp/base/level.h"
#include "dsp/base/memory.h"

enum { SMOOTH = 8 }; // bins whose mean counts: a periodogram scatters

#define WINDOW 0.04        // s, about
#define LONGEST 120.0      // s that are looked at
#define LEAST 1.0          // s of test signals
#define MUSIC 0.5          // s of anything else, which end them
#define SILENCE 1e-3       // peak, -60 dBFS
#define LOWEST 50.0        // Hz
#define HIGHEST 8000.0     // Hz
#define NOISE_FLATNESS 0.2 // made noise reaches 0.4 to 0.9, guitars 0.02
#define SINE_SHARE 0.99    // of the power, within
#define SINE_WIDTH 0.08    // of the frequency, and
#define SINE_BINS 3        // bins: what a window does to a sine

typedef enum Kind { KIND_SILENCE, KIND_SIGNAL, KIND_MUSIC } Kind;

typedef struct Analyser {
    int size; // of a window, samples
    int rate;
    Fourier *fourier;
    float *window, *samples; // [size]
    Bin *bins;               // [size / 2 + 1]
    double *power;           // [size / 2 + 1]
} Analyser;

static void analyser_clear(Analyser *analyser) {
    fourier_free(analyser->fourier);
    memory_free(analyser->window);
    memory_free(analyser->samples);
    memory_free(analyser->bins);
    memory_free(analyser->power);
}

static Status analyser_init(Analyser *analyser, int rate, Diagnostic *diagnostic) {
    int size = 256;
    while (size < WINDOW * rate) {
        size *= 2;
    }
    *analyser = (Analyser){.size = size, .rate = rate};
    size_t bins = (size_t)size / 2 + 1;
    analyser->window = memory_new((size_t)size, sizeof(float));
    analyser->samples = memory_new((size_t)size, sizeof(float));
    analyser->bins = memory_new(bins, sizeof(Bin));
    analyser->power = memory_new(bins, sizeof(double));
    if (!analyser->window || !analyser->samples || !analyser->bins || !analyser->power) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory to look for test signals");
    }
    fourier_hann(analyser->window, size);
    return fourier_new(&analyser->fourier, size, diagnostic);
}

// Geometric over arithmetic mean of the power between LOWEST and HIGHEST: 1 for white noise.
static double flatness(const Analyser *analyser) {
    int first = (int)(LOWEST * analyser->size / analyser->rate);
    int end = (int)(fmin(HIGHEST, 0.4 * analyser->rate) * analyser->size / analyser->rate);
    double sum = 0.0, logarithms = 0.0;
    int count = 0;
    for (int i = first; i + SMOOTH <= end; i += SMOOTH) {
        double power = 1e-30;
        for (int k = 0; k < SMOOTH; k++) {
            power += analyser->power[i + k];
        }
        sum += power;
        logarithms += log(power);
        count++;
    }
    return count > 0 ? exp(logarithms / count) / (sum / count) : 0.0;
}

// The share of the power that lies about the strongest frequency.
static double sine_share(const Analyser *analyser) {
    int strongest = 0, bins = analyser->size / 2 + 1;
    double all = 0.0, near = 0.0;
    for (int i = 0; i < bins; i++) {
        all += analyser->power[i];
        strongest = analyser->power[i] > analyser->power[strongest] ? i : strongest;
    }
    double width = strongest * SINE_WIDTH + SINE_BINS;
    for (int i = 0; i < bins; i++) {
        near += fabs((double)(i - strongest)) <= width ? analyser->power[i] : 0.0;
    }
    return near / all;
}

static Kind kind_of(Analyser *analyser, const float *input) {
    if (level_peak(input, (size_t)analyser->size) < SILENCE) {
        return KIND_SILENCE;
    }
    for (int i = 0; i < analyser->size; i++) {
        analyser->samples[i] = input[i] * analyser->window[i];
    }
    fourier_forward(analyser->fourier, analyser->samples, analyser->bins);
    for (int i = 0; i <= analyser->size / 2; i++) {
        double re = analyser->bins[i].re, im = analyser->bins[i].im;
        analyser->power[i] = re * re + im * im;
    }
    bool made = flatness(analyser) > NOISE_FLATNESS || sine_share(analyser) > SINE_SHARE;
    return made ? KIND_SIGNAL : KIND_MUSIC;
}

Status signals_find(size_t *end, const float *input, size_t frames, int rate,
                    Diagnostic *diagnostic) {
    Analyser analyser;
    Status status = analyser_init(&analyser, rate, diagnostic);
    size_t size = (size_t)analyser.size, last = 0, signal = 0, music = 0;
    *end = 0;
    for (size_t at = 0;
         status == STATUS_OK && at + size <= frames && at < LONGEST * rate && music < MUSIC * rate;
         at += size) {
        Kind kind = kind_of(&analyser, input + at);
        if (kind == KIND_SIGNAL) {
            last = at + size;
            signal += size;
            music = 0;
        } else if (kind == KIND_MUSIC) {
            music += size;
        }
    }
    if (status == STATUS_OK && signal >= LEAST * rate && music >= MUSIC * rate) {
        *end = last;
    }
    analyser_clear(&analyser);
    return status;
}
