// SPDX-License-Identifier: ISC
#include "training/report/spectrogram.h"

#include <math.h>

#include "dsp/base/decibels.h"
#include "dsp/base/fourier.h"
#include "dsp/base/memory.h"

enum { ROWS = SPECTROGRAM_ROWS, COLUMNS = SPECTROGRAM_COLUMNS };

typedef struct Bench {
    Fourier *fourier;
    int size;
    float *window, *samples; // [size], owned
    Bin *bins;               // [size / 2 + 1], owned
} Bench;

static void bench_clear(Bench *bench) {
    fourier_free(bench->fourier);
    memory_free(bench->window);
    memory_free(bench->samples);
    memory_free(bench->bins);
}

static Status bench_init(Bench *bench, double rate, Diagnostic *diagnostic) {
    *bench = (Bench){.size = 64};
    while (bench->size < 0.03 * rate) { // a power of two: 43 ms at 48 kHz
        bench->size *= 2;
    }
    size_t size = (size_t)bench->size;
    bench->window = memory_new(size, sizeof(float));
    bench->samples = memory_new(size, sizeof(float));
    bench->bins = memory_new(size / 2 + 1, sizeof(Bin));
    if (!bench->window || !bench->samples || !bench->bins) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for a spectrogram");
    }
    fourier_hann(bench->window, bench->size);
    return fourier_new(&bench->fourier, bench->size, diagnostic);
}

// The transform about the frame `centre`; beyond the sound there is silence.
static void transform(Bench *bench, const float *samples, size_t frames, long centre) {
    for (int i = 0; i < bench->size; i++) {
        long at = centre - bench->size / 2 + i;
        float sample = at >= 0 && at < (long)frames ? samples[at] : 0.0f;
        bench->samples[i] = bench->window[i] * sample;
    }
    fourier_forward(bench->fourier, bench->samples, bench->bins);
}

// Amplitude of a bin, 1 for a sine of peak 1 (a Hann window halves it, and so do two sides).
static double amplitude(const Bench *bench, int bin) {
    return 4.0 / bench->size * hypot((double)bench->bins[bin].re, (double)bench->bins[bin].im);
}

// The highest amplitude between two places on the axis of bins, or that between two bins.
static double highest(const Bench *bench, double low, double high) {
    int first = (int)ceil(low), last = (int)floor(high), most = bench->size / 2;
    if (first > last) {
        double middle = 0.5 * (low + high);
        int below = (int)middle;
        double share = middle - below;
        return below >= most
                   ? 0.0
                   : (1.0 - share) * amplitude(bench, below) + share * amplitude(bench, below + 1);
    }
    double value = 0.0;
    for (int bin = first; bin <= last && bin <= most; bin++) {
        value = fmax(value, amplitude(bench, bin));
    }
    return value;
}

Status spectrogram_make(double *levels, const float *samples, size_t frames, double rate,
                        Diagnostic *diagnostic) {
    Bench bench;
    Status status = bench_init(&bench, rate, diagnostic);
    double octaves = log2(0.5 * rate / SPECTROGRAM_LOW), bin = rate / bench.size;
    for (int column = 0; column < COLUMNS && status == STATUS_OK; column++) {
        transform(&bench, samples, frames, (long)((column + 0.5) / COLUMNS * (double)frames));
        for (int row = 0; row < ROWS; row++) {
            double low = SPECTROGRAM_LOW * exp2(octaves * row / ROWS) / bin;
            double high = SPECTROGRAM_LOW * exp2(octaves * (row + 1) / ROWS) / bin;
            levels[row * COLUMNS + column] = fmax(decibels_of_amplitude(highest(&bench, low, high)),
                                                  SPECTROGRAM_FLOOR);
        }
    }
    bench_clear(&bench);
    return status;
}
