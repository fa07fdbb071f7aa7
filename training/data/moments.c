// SPDX-License-Identifier: ISC
// Spectra under Hann windows of four moments each, about the middle of every moment; strokes are
// rises in the energy of hundredths of a second.
#include "training/data/moments.h"

#include <math.h>
#include <string.h>

#include "dsp/base/analyser.h"
#include "dsp/base/decibels.h"
#include "dsp/base/level.h"
#include "dsp/base/memory.h"

#define WINDOW 0.3        // s at least: at 40 Hz a third of an octave is three bins then
#define SILENCE (-60.0)   // dBFS, peak
#define BLOCK 0.01        // s whose energy is looked at
#define RISE 4.0          // times the energy, 6 dB, is a stroke
#define STROKE_LEAST 1e-6 // mean square, -60 dB: less is no stroke
#define RUNG 20.0         // dB below what was struck
#define STOPPED 10.0      // dB from one moment to the next, as no string falls by itself

enum {
    AFTER = 3,      // blocks of a stroke
    BEFORE = 5,     // blocks before it
    PER_WINDOW = 4, // moments
};

// What is looked at, and with what.
typedef struct Search {
    const float *input;
    size_t frames;
    double rate;
    double gain; // dB
    int size;    // of a window, samples
    Analyser *analyser;
    Moments *moments;
} Search;

double moments_hertz(int band) {
    return MOMENTS_LOWEST * exp2(band / 3.0);
}

int moments_band(double hertz) {
    double band = floor(3.0 * log2(hertz / MOMENTS_LOWEST) + 0.5);
    return (int)fmin(fmax(band, 0.0), MOMENTS_BANDS);
}

double moments_between(const Moment *moment, int first, int end) {
    double power = 0.0;
    for (int band = first; band < end; band++) {
        power += decibels_to_power(moment->level[band]);
    }
    return decibels_of_power(power);
}

// ---- Spectra ----

// The power between two places on the axis of bins, where bin k reaches from k - 1/2 to k + 1/2.
static double power_between(const double *power, double low, double high) {
    double sum = 0.0;
    for (int k = (int)(low + 0.5); k <= (int)(high + 0.5); k++) {
        sum += fmax(fmin(high, k + 0.5) - fmax(low, k - 0.5), 0.0) * power[k];
    }
    return sum;
}

static void measure_bands(Search *search, Moment *moment, size_t begin) {
    float *window = analyser_samples(search->analyser);
    size_t step = search->moments->step, size = (size_t)search->size;
    for (size_t i = 0; i < size; i++) { // silence beyond the ends
        size_t at = begin + step / 2 + i;
        window[i] = at >= size / 2 && at - size / 2 < search->frames ? search->input[at - size / 2]
                                                                     : 0.0f;
    }
    const double *power = analyser_power(search->analyser);
    // A Hann window lets 3/8 of the power through; a sine's mean square is a half.
    double scale = 4.0 / (0.375 * (double)size * (double)size) * decibels_to_power(search->gain);
    double bin = search->rate / (double)size;
    for (int band = 0; band < MOMENTS_BANDS; band++) {
        double low = moments_hertz(band) * exp2(-1.0 / 6.0), high = low * exp2(1.0 / 3.0);
        moment->level[band] = high < search->rate / 2.0
                                  ? decibels_of_power(scale *
                                                      power_between(power, low / bin, high / bin))
                                  : -INFINITY;
    }
}

static void measure(Search *search, int index) {
    Moments *moments = search->moments;
    Moment *moment = &moments->moment[index];
    size_t begin = (size_t)index * moments->step;
    const float *samples = search->input + begin;
    moment->peak = search->gain + decibels_of_amplitude((double)level_peak(samples, moments->step));
    moment->all = search->gain + decibels_of_power(2.0 * level_mean_square(samples, moments->step));
    moment->kind = moment->peak < SILENCE ? MOMENT_SILENT : MOMENT_SUSTAINED;
    measure_bands(search, moment, begin);
}

// ---- Strokes ----

static double block_energy(const Search *search, size_t first, size_t count, size_t block) {
    return level_mean_square(search->input + first * block, count * block);
}

// Marks the moments in and after which something is struck.
static void find_strokes(Search *search) {
    Moments *moments = search->moments;
    size_t block = (size_t)fmax(BLOCK * search->rate, 1.0), blocks = search->frames / block;
    double least = STROKE_LEAST * decibels_to_power(-search->gain);
    for (size_t b = 0; b + AFTER <= blocks; b++) {
        size_t before = b < BEFORE ? b : BEFORE;
        double now = block_energy(search, b, AFTER, block);
        if (now > least && now > RISE * block_energy(search, b - before, before, block)) {
            int first = (int)(b * block / moments->step);
            for (int i = first; i < first + 2 && i < moments->count; i++) {
                Moment *moment = &moments->moment[i];
                moment->kind = moment->kind == MOMENT_SILENT ? MOMENT_SILENT : MOMENT_STRUCK;
            }
        }
    }
}

// Marks the moments in which what was struck has become soft.
static void find_ringing(Moments *moments) {
    double struck = -INFINITY;
    for (int i = 0; i < moments->count; i++) {
        Moment *moment = &moments->moment[i];
        bool again = moment->kind == MOMENT_STRUCK && i > 0 && moment[-1].kind != MOMENT_STRUCK;
        bool stopped = i > 0 && moment->all < moment[-1].all - STOPPED;
        struck = again || stopped ? moment->all : fmax(struck, moment->all);
        moment->ringing = moment->kind == MOMENT_SUSTAINED && moment->all < struck - RUNG;
    }
}

Status moments_find(Moments *moments, const float *input, size_t frames, int rate, double gain,
                    Diagnostic *diagnostic) {
    int size = 256;
    while (size < WINDOW * rate) {
        size *= 2;
    }
    *moments = (Moments){.step = (size_t)size / PER_WINDOW};
    moments->count = (int)(frames / moments->step);
    Search search = {.input = input,
                     .frames = frames,
                     .rate = rate,
                     .gain = gain,
                     .size = size,
                     .moments = moments};
    Status status = analyser_new(&search.analyser, size, WINDOW_HANN, diagnostic);
    if (status != STATUS_OK) {
        *moments = (Moments){0};
        return status;
    }
    moments->moment = memory_new((size_t)moments->count + 1, sizeof *moments->moment);
    if (!moments->moment) {
        *moments = (Moments){0};
        status = diagnose(diagnostic, STATUS_NO_MEMORY, "no memory to look at a recording");
    }
    for (int i = 0; i < moments->count; i++) {
        measure(&search, i);
    }
    if (status == STATUS_OK) {
        find_strokes(&search);
        find_ringing(moments);
    }
    analyser_free(search.analyser);
    return status;
}

void moments_clear(Moments *moments) {
    memory_free(moments->moment);
    *moments = (Moments){0};
}
