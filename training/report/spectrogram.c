// SPDX-License-Identifier: ISC
#include "training/report/spectrogram.h"

#include <math.h>

#include "dsp/base/analyser.h"
#include "dsp/base/decibels.h"

enum { ROWS = SPECTROGRAM_ROWS, COLUMNS = SPECTROGRAM_COLUMNS };

typedef struct Window {
    int size;
    Analyser *analyser;
    const double *power; // [size / 2 + 1]
} Window;

static Status window_init(Window *window, double rate, Diagnostic *diagnostic) {
    *window = (Window){.size = 64};
    while (window->size < 0.03 * rate) { // a power of two: 43 ms at 48 kHz
        window->size *= 2;
    }
    return analyser_new(&window->analyser, window->size, WINDOW_HANN, diagnostic);
}

// The spectrum about the frame `centre`; beyond the sound there is silence.
static void look(Window *window, const float *samples, size_t frames, long centre) {
    float *to = analyser_samples(window->analyser);
    for (int i = 0; i < window->size; i++) {
        long at = centre - window->size / 2 + i;
        to[i] = at >= 0 && at < (long)frames ? samples[at] : 0.0f;
    }
    window->power = analyser_power(window->analyser);
}

// Amplitude of a bin, 1 for a sine of peak 1 (a Hann window halves it, and so do two sides).
static double amplitude(const Window *window, int bin) {
    return 4.0 / window->size * sqrt(window->power[bin]);
}

// The highest amplitude between two places on the axis of bins, or that between two bins.
static double highest(const Window *window, double low, double high) {
    int first = (int)ceil(low), last = (int)floor(high), most = window->size / 2;
    if (first > last) {
        double middle = 0.5 * (low + high);
        int below = (int)middle;
        double share = middle - below;
        return below >= most ? 0.0
                             : (1.0 - share) * amplitude(window, below) +
                                   share * amplitude(window, below + 1);
    }
    double value = 0.0;
    for (int bin = first; bin <= last && bin <= most; bin++) {
        value = fmax(value, amplitude(window, bin));
    }
    return value;
}

Status spectrogram_make(double *levels, const float *samples, size_t frames, double rate,
                        Diagnostic *diagnostic) {
    Window window;
    Status status = window_init(&window, rate, diagnostic);
    double octaves = log2(0.5 * rate / SPECTROGRAM_LOW), bin = rate / window.size;
    for (int column = 0; column < COLUMNS && status == STATUS_OK; column++) {
        look(&window, samples, frames, (long)((column + 0.5) / COLUMNS * (double)frames));
        for (int row = 0; row < ROWS; row++) {
            double low = SPECTROGRAM_LOW * exp2(octaves * row / ROWS) / bin;
            double high = SPECTROGRAM_LOW * exp2(octaves * (row + 1) / ROWS) / bin;
            levels[row * COLUMNS + column] = fmax(
                decibels_of_amplitude(highest(&window, low, high)), SPECTROGRAM_FLOOR);
        }
    }
    analyser_free(window.analyser);
    return status;
}
