// SPDX-License-Identifier: ISC
#include "training/data/signals.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "dsp/base/analyser.h"
#include "dsp/base/level.h"

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

// What is looked at.
typedef struct Listener {
    int size; // of a window, samples
    int rate;
    Analyser *analyser;
    const double *power; // [size / 2 + 1] of the window
} Listener;

static Status listener_init(Listener *listener, int rate, Diagnostic *diagnostic) {
    int size = 256;
    while (size < WINDOW * rate) {
        size *= 2;
    }
    *listener = (Listener){.size = size, .rate = rate};
    return analyser_new(&listener->analyser, size, WINDOW_HANN, diagnostic);
}

// Geometric over arithmetic mean of the power between LOWEST and HIGHEST: 1 for white noise.
static double flatness(const Listener *listener) {
    int first = (int)(LOWEST * listener->size / listener->rate);
    int end = (int)(fmin(HIGHEST, 0.4 * listener->rate) * listener->size / listener->rate);
    double sum = 0.0, logarithms = 0.0;
    int count = 0;
    for (int i = first; i + SMOOTH <= end; i += SMOOTH) {
        double power = 1e-30;
        for (int k = 0; k < SMOOTH; k++) {
            power += listener->power[i + k];
        }
        sum += power;
        logarithms += log(power);
        count++;
    }
    return count > 0 ? exp(logarithms / count) / (sum / count) : 0.0;
}

// The share of the power that lies about the strongest frequency.
static double sine_share(const Listener *listener) {
    int strongest = 0, bins = listener->size / 2 + 1;
    double all = 0.0, near = 0.0;
    for (int i = 0; i < bins; i++) {
        all += listener->power[i];
        strongest = listener->power[i] > listener->power[strongest] ? i : strongest;
    }
    double width = strongest * SINE_WIDTH + SINE_BINS;
    for (int i = 0; i < bins; i++) {
        near += fabs((double)(i - strongest)) <= width ? listener->power[i] : 0.0;
    }
    return near / all;
}

static Kind kind_of(Listener *listener, const float *input) {
    if (level_peak(input, (size_t)listener->size) < SILENCE) {
        return KIND_SILENCE;
    }
    memcpy(analyser_samples(listener->analyser), input, (size_t)listener->size * sizeof *input);
    listener->power = analyser_power(listener->analyser);
    bool made = flatness(listener) > NOISE_FLATNESS || sine_share(listener) > SINE_SHARE;
    return made ? KIND_SIGNAL : KIND_MUSIC;
}

Status signals_find(size_t *end, const float *input, size_t frames, int rate,
                    Diagnostic *diagnostic) {
    Listener listener;
    Status status = listener_init(&listener, rate, diagnostic);
    size_t size = (size_t)listener.size, last = 0, signal = 0, music = 0;
    *end = 0;
    for (size_t at = 0;
         status == STATUS_OK && at + size <= frames && at < LONGEST * rate && music < MUSIC * rate;
         at += size) {
        Kind kind = kind_of(&listener, input + at);
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
    analyser_free(listener.analyser);
    return status;
}
