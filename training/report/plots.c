// SPDX-License-Identifier: ISC
#include "training/report/plots.h"

#include <math.h>
#include <string.h>

#include "dsp/base/memory.h"
#include "training/report/figure.h"
#include "training/report/html.h"
#include "training/report/spectrum.h"

#define ZOOM 0.015 // s: the moment of a second that is shown closely

enum {
    COLUMNS = 375, // pairs of points that a whole second is drawn with
};

static Status no_memory(Diagnostic *diagnostic) {
    return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the report's plots");
}

// ---- Training ----

Status report_curves(FILE *page, const TrainerResult *result, Diagnostic *diagnostic) {
    double epoch[TRAINER_CHECKS + 2], loss[TRAINER_CHECKS + 2], esr[TRAINER_CHECKS + 2];
    for (int i = 0; i < result->checks; i++) {
        epoch[i] = result->history[i].epoch;
        // A mean over a moment, as at the end, says nothing.
        bool moment = i > 0 && epoch[i] - epoch[i - 1] < 0.1 * epoch[i] / (i + 1);
        loss[i] = moment ? (double)NAN : result->history[i].loss;
        esr[i] = result->history[i].esr;
    }
    size_t count = (size_t)result->checks;
    Plot plot = {.title = "Error as the training went on",
                 .x = {.label = "epoch"},
                 .y = {.label = "error", .logarithmic = true},
                 .series_count = 2};
    plot.series[0] = (PlotSeries){"training loss", PLOT_LINE, PLOT_BLUE, epoch, loss, count};
    plot.series[1] = (PlotSeries){"validation ESR", PLOT_LINE, PLOT_ORANGE, epoch, esr, count};
    return figure_plot(page, &plot, 280.0, NULL, diagnostic);
}

// ---- Seconds ----

// Round ends of an axis on which the bars of all seconds can be seen.
static void fit_axis(PlotAxis *axis, const Seconds *seconds, double esr_of_all) {
    static const double steps[] = {1.0, 2.0, 5.0, 10.0};
    double least = esr_of_all, most = esr_of_all;
    if (seconds->audible > 0) {
        least = fmin(least, seconds->ranked[0]->esr);
        most = fmax(most, seconds->ranked[seconds->audible - 1]->esr);
    }
    least = fmax(least / 1.5, 1e-12);
    most *= 1.1;
    double below = pow(10.0, floor(log10(least))), above = pow(10.0, floor(log10(most)));
    for (int i = 0; i < 3 && steps[i] * below <= least; i++) {
        axis->low = steps[i] * below;
    }
    for (int i = 3; i >= 0 && steps[i] * above >= most; i--) {
        axis->high = steps[i] * above;
    }
}

Status report_seconds(FILE *page, const Seconds *seconds, double esr_of_all,
                      Diagnostic *diagnostic) {
    size_t count = (size_t)seconds->count;
    double *time = memory_new(2 * count, sizeof *time), *esr = time + count;
    if (!time) {
        return no_memory(diagnostic);
    }
    for (size_t i = 0; i < count; i++) {
        time[i] = seconds->second[i].time + 0.5;
        esr[i] = seconds->second[i].esr;
    }
    Plot plot = {.title = "ESR of each second",
                 .x = {.label = "held-out audio (s)"},
                 .y = {.label = "ESR (logarithmic)", .logarithmic = true},
                 .series_count = 2};
    fit_axis(&plot.y, seconds, esr_of_all);
    const double ends[] = {0.0, time[count - 1] + 0.5}, whole[] = {esr_of_all, esr_of_all};
    plot.series[0] = (PlotSeries){"a second", PLOT_BARS, PLOT_BLUE, time, esr, count};
    plot.series[1] = (PlotSeries){"the whole", PLOT_LINE, PLOT_ORANGE, ends, whole, 2};
    char caption[200];
    snprintf(caption, sizeof caption,
             "%d second%s without a bar: more than %.0f dB below the mean level, too quiet for an "
             "ESR.",
             seconds->count - seconds->audible, seconds->count - seconds->audible == 1 ? "" : "s",
             SECONDS_QUIET);
    Status status = figure_plot(page, &plot, 230.0,
                                seconds->audible < seconds->count ? caption : NULL, diagnostic);
    memory_free(time);
    return status;
}

// Least and greatest sample of each column of `count` samples, as a line that fills the shape.
static void envelope(const float *samples, size_t count, double *values) {
    for (size_t c = 0; c < COLUMNS; c++) {
        size_t begin = c * count / COLUMNS, end = (c + 1) * count / COLUMNS;
        double low = INFINITY, high = -INFINITY;
        for (size_t i = begin; i < end || i == begin; i++) {
            low = fmin(low, (double)samples[i]);
            high = fmax(high, (double)samples[i]);
        }
        values[2 * c] = low;
        values[2 * c + 1] = high;
    }
}

static Status draw_whole(FILE *page, const char *name, const Second *second, double rate,
                         const float *residual, Diagnostic *diagnostic) {
    double x[2 * COLUMNS], target[2 * COLUMNS], rest[2 * COLUMNS];
    envelope(second->recording->target + second->begin, second->frames, target);
    envelope(residual, second->frames, rest);
    for (int i = 0; i < 2 * COLUMNS; i++) {
        x[i] = second->time + (0.25 + 0.5 * i) / COLUMNS * (double)second->frames / rate;
    }
    char title[80];
    snprintf(title, sizeof title, "%s second: ESR %.3g", name, second->esr);
    Plot plot = {.title = title,
                 .x = {.label = "held-out audio (s)"},
                 .y = {.label = "sample value"},
                 .series_count = 2};
    plot.series[0] = (PlotSeries){"target", PLOT_LINE, TARGET_COLOUR, x, target, 2 * COLUMNS};
    plot.series[1] = (PlotSeries){"residual", PLOT_LINE, RESIDUAL_COLOUR, x, rest, 2 * COLUMNS};
    return figure_plot(page, &plot, 190.0, NULL, diagnostic);
}

// First frame of the `count` frames of the residual with the most energy.
static size_t worst_moment(const float *residual, size_t frames, size_t count) {
    size_t worst = 0;
    double most = -1.0;
    for (size_t i = 0; i + count <= frames; i += count / 4 + 1) {
        double energy = 0.0;
        for (size_t k = i; k < i + count; k++) {
            energy += (double)residual[k] * (double)residual[k];
        }
        if (energy > most) {
            most = energy;
            worst = i;
        }
    }
    return worst;
}

static Status draw_moment(FILE *page, const char *name, const Second *second, double rate,
                          const float *residual, Diagnostic *diagnostic) {
    size_t count = (size_t)(ZOOM * rate);
    count = count < second->frames ? count : second->frames;
    size_t first = worst_moment(residual, second->frames, count);
    double *x = memory_new(4 * count, sizeof *x);
    if (!x) {
        return no_memory(diagnostic);
    }
    double *target = x + count, *model = x + 2 * count, *rest = x + 3 * count;
    for (size_t i = 0; i < count; i++) {
        x[i] = (double)i / rate * 1e3;
        target[i] = (double)second->recording->target[second->begin + first + i];
        model[i] = (double)second->output[first + i];
        rest[i] = (double)residual[first + i];
    }
    char title[80], label[80];
    snprintf(title, sizeof title, "%s second: where the residual is largest", name);
    snprintf(label, sizeof label, "ms from %.3f s on", second->time + (double)first / rate);
    Plot plot = {
        .title = title, .x = {.label = label}, .y = {.label = "sample value"}, .series_count = 3};
    plot.series[0] = (PlotSeries){"target", PLOT_LINE, TARGET_COLOUR, x, target, count};
    plot.series[1] = (PlotSeries){"model", PLOT_LINE, MODEL_COLOUR, x, model, count};
    plot.series[2] = (PlotSeries){"residual", PLOT_LINE, RESIDUAL_COLOUR, x, rest, count};
    Status status = figure_plot(page, &plot, 250.0, NULL, diagnostic);
    memory_free(x);
    return status;
}

Status report_second(FILE *page, const char *name, const Second *second, double rate,
                     Diagnostic *diagnostic) {
    float *residual = memory_new(second->frames, sizeof *residual);
    if (!residual) {
        return no_memory(diagnostic);
    }
    for (size_t i = 0; i < second->frames; i++) {
        residual[i] = second->recording->target[second->begin + i] - second->output[i];
    }
    Status status = draw_whole(page, name, second, rate, residual, diagnostic);
    if (status == STATUS_OK) {
        status = draw_moment(page, name, second, rate, residual, diagnostic);
    }
    memory_free(residual);
    return status;
}
