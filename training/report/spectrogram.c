// SPDX-License-Identifier: ISC
#include "training/report/spectrogram.h"

#include <math.h>

#include "dsp/base/decibels.h"
#include "dsp/base/fourier.h"
#include "dsp/base/memory.h"

enum { ROWS = SPECTROGRAM_ROWS, COLUMNS = SPECTROGRAM_COLUMNS };

typedef struct Analyser {
    Fourier *fourier;
    int size;
    float *window, *samples; // [size], owned
    Bin *bins;               // [size / 2 + 1], owned
} Analyser;

static void analyser_clear(Analyser *analyser) {
    fourier_free(analyser->fourier);
    memory_free(analyser->window);
    memory_free(analyser->samples);
    memory_free(analyser->bins);
}

static Status analyser_init(Analyser *analyser, double rate, Diagnostic *diagnostic) {
    *analyser = (Analyser){.size = 64};
    while (analyser->size < 0.03 * rate) { // a power of two: 43 ms at 48 kHz
        analyser->size *= 2;
    }
    size_t size = (size_t)analyser->size;
    analyser->window = memory_new(size, sizeof(float));
    analyser->samples = memory_new(size, sizeof(float));
    analyser->bins = memory_new(size / 2 + 1, sizeof(Bin));
    if (!analyser->window || !analyser->samples || !analyser->bins) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for a spectrogram");
    }
    fourier_hann(analyser->window, analyser->size);
    return fourier_new(&analyser->fourier, analyser->size, diagnostic);
}

// The transform about the frame `centre`; beyond the sound there is silence.
static void transform(Analyser *analyser, const float *samples, size_t frames, long centre) {
    for (int i = 0; i < analyser->size; i++) {
        long at = centre - analyser->size / 2 + i;
        float sample = at >= 0 && at < (long)frames ? samples[at] : 0.0f;
        analyser->samples[i] = analyser->window[i] * sample;
    }
    fourier_forward(analyser->fourier, analyser->samples, analyser->bins);
}

// Amplitude of a bin, 1 for a sine of peak 1 (a Hann window halves it, and so do two sides).
static double amplitude(const Analyser *analyser, int bin) {
    return 4.0 / analyser->size *
           hypot((double)analyser->bins[bin].re, (double)analyser->bins[bin].im);
}

// The highest amplitude between two places on the axis of bins, or that between two bins.
static double highest(const Analyser *analyser, double low, double high) {
    int first = (int)ceil(low), last = (int)floor(high), most = analyser->size / 2;
    if (first > last) {
        double middle = 0.5 * (low + high);
        int below = (int)middle;
        double share = middle - below;
        return below >= most ? 0.0
                             : (1.0 - share) * amplitude(analyser, below) +
                                   share * amplitude(analyser, below + 1);
    }
    double value = 0.0;
    for (int bin = first; bin <= last && bin <= most; bin++) {
        value = fmax(value, amplitude(analyser, bin));
    }
    return value;
}

Status spectrogram_make(double *levels, const float *samples, size_t frames, double rate,
                        Diagnostic *diagnostic) {
    Analyser analyser;
    Status status = analyser_init(&analyser, rate, diagnostic);
    double octaves = log2(0.5 * rate / SPECTROGRAM_LOW), bin = rate / analyser.size;
    for (int column = 0; column < COLUMNS && status == STATUS_OK; column++) {
        transform(&analyser, samples, frames, (long)((column + 0.5) / COLUMNS * (double)frames));
        for (int row = 0; row < ROWS; row++) {
            double low = SPECTROGRAM_LOW * exp2(octaves * row / ROWS) / bin;
            double high = SPECTROGRAM_LOW * exp2(octaves * (row + 1) / ROWS) / bin;
            levels[row * COLUMNS + column] = fmax(
                decibels_of_amplitude(highest(&analyser, low, high)), SPECTROGRAM_FLOOR);
        }
    }
    analyser_clear(&analyser);
    return status;
}
