// SPDX-License-Identifier: ISC
#include "training/report/responses.h"

#include <math.h>

#include "dsp/base/memory.h"
#include "training/report/figure.h"
#include "training/report/spectrum.h"

enum { POINTS = 1500, COLUMNS = 700 };

static Status no_memory(Diagnostic *diagnostic) {
    return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the report's plots");
}

// ---- Spectra ----

typedef struct Spectra {
    Spectrum *target, *model, *residual;
} Spectra;

static void spectra_free(Spectra *spectra) {
    spectrum_free(spectra->target);
    spectrum_free(spectra->model);
    spectrum_free(spectra->residual);
}

static Status spectra_new(Spectra *spectra, double rate, Diagnostic *diagnostic) {
    *spectra = (Spectra){0};
    Status status = spectrum_new(&spectra->target, rate, diagnostic);
    if (status == STATUS_OK) {
        status = spectrum_new(&spectra->model, rate, diagnostic);
    }
    if (status == STATUS_OK) {
        status = spectrum_new(&spectra->residual, rate, diagnostic);
    }
    if (status != STATUS_OK) {
        spectra_free(spectra);
    }
    return status;
}

// Takes in all the held-out audio.
static Status spectra_add(Spectra *spectra, const Validation *validation, Diagnostic *diagnostic) {
    const Dataset *dataset = validation->dataset;
    float *residual = memory_new(dataset->validation_frames, sizeof *residual);
    if (!residual) {
        return no_memory(diagnostic);
    }
    for (HeldOut held = {0}; dataset_next_held_out(dataset, &held);) {
        const float *target = held.recording->target + held.range.begin;
        const float *output = validation->output + held.before;
        size_t frames = held.range.end - held.range.begin;
        for (size_t i = 0; i < frames; i++) {
            residual[i] = target[i] - output[i];
        }
        spectrum_add(spectra->target, target, frames);
        spectrum_add(spectra->model, output, frames);
        spectrum_add(spectra->residual, residual, frames);
    }
    memory_free(residual);
    return STATUS_OK;
}

static Status draw_spectra(FILE *page, const Spectra *spectra, Diagnostic *diagnostic) {
    double hertz[SPECTRUM_BANDS], target[SPECTRUM_BANDS], model[SPECTRUM_BANDS];
    double residual[SPECTRUM_BANDS], loudest = SPECTRUM_FLOOR, softest = 0.0;
    size_t count = (size_t)spectrum_bands(spectra->target, hertz, target);
    spectrum_bands(spectra->model, hertz, model);
    spectrum_bands(spectra->residual, hertz, residual);
    for (size_t i = 0; i < count; i++) {
        loudest = fmax(loudest, fmax(target[i], model[i]));
        softest = fmin(softest, fmin(residual[i], target[i]));
    }
    Plot plot = {.title = "Spectra of the held-out audio",
                 .x = {.label = "frequency (Hz)", .logarithmic = true},
                 .y = {.label = "level (dB)",
                       .low = fmax(softest - 3.0, loudest - 110.0),
                       .high = loudest + 3.0},
                 .series_count = 3};
    plot.series[0] = (PlotSeries){"target", PLOT_LINE, TARGET_COLOUR, hertz, target, count};
    plot.series[1] = (PlotSeries){"model", PLOT_LINE, MODEL_COLOUR, hertz, model, count};
    plot.series[2] = (PlotSeries){"residual", PLOT_LINE, RESIDUAL_COLOUR, hertz, residual, count};
    return figure_plot(page, &plot, 330.0,
                       "Power in bands of a twelfth of an octave; 0 dB: mean square 1.",
                       diagnostic);
}

Status report_spectra(FILE *page, const Validation *validation, Diagnostic *diagnostic) {
    Spectra spectra;
    Status status = spectra_new(&spectra, validation->dataset->rate, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    status = spectra_add(&spectra, validation, diagnostic);
    if (status == STATUS_OK) {
        status = draw_spectra(page, &spectra, diagnostic);
    }
    spectra_free(&spectra);
    return status;
}

// ---- Transfer ----

typedef struct Points {
    size_t count;
    double input[POINTS], target[POINTS], model[POINTS];
} Points;

// Samples from all over the held-out audio, evenly spaced.
static void pick_points(Points *points, const Validation *validation) {
    const Dataset *dataset = validation->dataset;
    double step = fmax((double)dataset->validation_frames / POINTS, 1.0);
    points->count = 0;
    for (HeldOut held = {0}; dataset_next_held_out(dataset, &held);) {
        size_t end = held.before + held.range.end - held.range.begin;
        while (points->count < POINTS) {
            size_t at = (size_t)((double)points->count * step);
            if (at >= end) {
                break;
            }
            size_t frame = held.range.begin + at - held.before;
            points->input[points->count] = (double)held.recording->input[frame];
            points->target[points->count] = (double)held.recording->target[frame];
            points->model[points->count++] = (double)validation->output[at];
        }
    }
}

Status report_transfer(FILE *page, const Validation *validation, Diagnostic *diagnostic) {
    Points *points = memory_new(1, sizeof *points);
    if (!points) {
        return no_memory(diagnostic);
    }
    pick_points(points, validation);
    Plot plot = {.title = "Output over input, sample by sample",
                 .x = {.label = "input sample"},
                 .y = {.label = "output sample"},
                 .series_count = 2};
    plot.series[0] = (PlotSeries){"target",      PLOT_POINTS,    TARGET_COLOUR,
                                  points->input, points->target, points->count};
    plot.series[1] = (PlotSeries){"model",       PLOT_POINTS,   MODEL_COLOUR,
                                  points->input, points->model, points->count};
    Status status = figure_plot(page, &plot, 340.0,
                                "A device without memory gives a curve; filters widen it to a "
                                "cloud. The two should lie on each other.",
                                diagnostic);
    memory_free(points);
    return status;
}

Status report_levels(FILE *page, const SineLevels levels[2], Diagnostic *diagnostic) {
    char names[2][40];
    Plot plot = {.title = "Level of the model's output for a sine",
                 .x = {.label = "level of the sine (dB, peak 1 = 0 dB)"},
                 .y = {.label = "output (dB)"},
                 .series_count = 2};
    for (int i = 0; i < 2; i++) {
        snprintf(names[i], sizeof names[i], "%.0f Hz", levels[i].hertz);
        plot.series[i] = (PlotSeries){
            names[i],        PLOT_LINE,        i ? PLOT_ORANGE : PLOT_BLUE,
            levels[i].input, levels[i].output, SINES_LEVELS,
        };
    }
    return figure_plot(page, &plot, 280.0,
                       "Where the line rises by less than the input does, the model compresses.",
                       diagnostic);
}

// ---- A sine ----

// Of what is between the harmonics, the highest bin in each column.
Status report_tone(FILE *page, const SineSpectrum *tone, Diagnostic *diagnostic) {
    double *hertz = memory_new(SINES_BINS + 2 * (COLUMNS), sizeof *hertz);
    if (!hertz) {
        return no_memory(diagnostic);
    }
    double *x = hertz + SINES_BINS, *other = x + COLUMNS;
    for (int k = 0; k < SINES_BINS; k++) {
        hertz[k] = k * tone->bin;
    }
    double loudest = SINES_FLOOR;
    for (int c = 0; c < COLUMNS; c++) {
        other[c] = SINES_FLOOR;
        x[c] = (c + 0.5) / COLUMNS * (SINES_BINS - 1) * tone->bin;
    }
    for (int k = 0; k < SINES_BINS; k++) {
        int c = (int)((long)k * COLUMNS / SINES_BINS);
        other[c] = fmax(other[c], tone->other[k]); // passes over NaN
        loudest = fmax(loudest, fmax(tone->harmonic[k], other[c]));
    }
    char title[80];
    snprintf(title, sizeof title, "Spectrum for a full-scale sine of %.0f Hz", tone->hertz);
    Plot plot = {.title = title,
                 .x = {.label = "frequency (Hz)"},
                 .y = {.label = "level (dB)", .low = loudest - 130.0, .high = loudest + 5.0},
                 .series_count = 2};
    plot.series[0] = (PlotSeries){"sine and harmonics", PLOT_STEMS, PLOT_BLUE, hertz,
                                  tone->harmonic,       SINES_BINS};
    plot.series[1] = (PlotSeries){"the rest: aliasing", PLOT_LINE, PLOT_ORANGE, x, other, COLUMNS};
    Status status = figure_plot(page, &plot, 280.0, NULL, diagnostic);
    memory_free(hertz);
    return status;
}
