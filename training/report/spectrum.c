// SPDX-License-Identifier: ISC
#include "training/report/spectrum.h"

#include <math.h>
#include <string.h>

#include "dsp/base/analyser.h"
#include "dsp/base/decibels.h"
#include "dsp/base/memory.h"

enum { SIZE = 16384, BINS = SIZE / 2 + 1, PER_OCTAVE = 12 };

#define LOWEST 20.0 // Hz

struct Spectrum {
    double rate;
    Analyser *analyser;
    double windows;     // taken in
    double power[BINS]; // sum over the windows
};

Status spectrum_new(Spectrum **spectrum, double rate, Diagnostic *diagnostic) {
    *spectrum = NULL;
    Spectrum *made = memory_new(1, sizeof *made);
    if (!made) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for a spectrum");
    }
    made->rate = rate;
    Status status = analyser_new(&made->analyser, SIZE, WINDOW_HANN, diagnostic);
    if (status != STATUS_OK) {
        spectrum_free(made);
        return status;
    }
    *spectrum = made;
    return STATUS_OK;
}

void spectrum_free(Spectrum *spectrum) {
    if (spectrum) {
        analyser_free(spectrum->analyser);
        memory_free(spectrum);
    }
}

static void add_window(Spectrum *spectrum, const float *samples, size_t frames) {
    float *to = analyser_samples(spectrum->analyser);
    memset(to, 0, SIZE * sizeof *to);
    memcpy(to + (SIZE - frames) / 2, samples, frames * sizeof *to);
    const double *power = analyser_power(spectrum->analyser);
    // A Hann window lets 3/8 of a signal's power through.
    double scale = 1.0 / (0.375 * SIZE * (double)SIZE);
    for (int k = 0; k < BINS; k++) {
        double sides = k == 0 || k == BINS - 1 ? 1.0 : 2.0;
        spectrum->power[k] += sides * scale * power[k];
    }
    spectrum->windows += 1.0;
}

void spectrum_add(Spectrum *spectrum, const float *samples, size_t frames) {
    if (frames < SIZE) {
        add_window(spectrum, samples, frames);
        return;
    }
    for (size_t i = 0; i + SIZE <= frames; i += SIZE / 2) {
        add_window(spectrum, samples + i, SIZE);
    }
}

// The power between two places on the axis of bins, where bin k reaches from k - 1/2 to k + 1/2.
static double power_between(const Spectrum *spectrum, double low, double high) {
    double sum = 0.0;
    int last = (int)fmin(floor(high + 0.5), BINS - 1);
    for (int k = (int)floor(low + 0.5); k <= last; k++) {
        double from = fmax(low, k - 0.5), to = fmin(high, k + 0.5);
        sum += fmax(to - from, 0.0) * spectrum->power[k];
    }
    return sum / fmax(spectrum->windows, 1.0);
}

int spectrum_bands(const Spectrum *spectrum, double hertz[SPECTRUM_BANDS],
                   double level[SPECTRUM_BANDS]) {
    double half = pow(2.0, 0.5 / PER_OCTAVE), bin = spectrum->rate / SIZE;
    int count = 0;
    for (; count < SPECTRUM_BANDS; count++) {
        double centre = LOWEST * pow(2.0, (double)count / PER_OCTAVE);
        if (centre * half > spectrum->rate / 2.0) {
            break;
        }
        double power = power_between(spectrum, centre / half / bin, centre * half / bin);
        hertz[count] = centre;
        level[count] = fmax(decibels_of_power(power), SPECTRUM_FLOOR);
    }
    return count;
}
