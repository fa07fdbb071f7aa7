// SPDX-License-Identifier: ISC
#include "training/gallery/curves.h"

#include <math.h>

#include "dsp/base/denormals.h"
#include "dsp/base/memory.h"
#include "dsp/measures/sines.h"
#include "dsp/network/engine.h"
#include "dsp/network/isa_choice.h"
#include "training/report/figure.h"

#define HERTZ 200.0
#define PEAK 0.5     // of the sine of a curve
#define SETTLING 0.5 // s before it

enum { LINES = 3, POINTS = 2000 };

static const PlotColour colours[LINES] = {PLOT_BLUE, PLOT_ORANGE, PLOT_GREEN};

typedef struct Curve {
    char name[MODEL_TEXT + 20];
    double input[POINTS], output[POINTS];
    size_t count;
    SineLevels levels;
} Curve;

// One period of a sine of that peak, when the model has settled to it.
static Status trace(Curve *curve, const Model *model, int rate, double peak,
                    Diagnostic *diagnostic) {
    Engine *engine = NULL;
    int before = (int)(SETTLING * rate), period = (int)ceil(rate / HERTZ) + 1;
    period = period < POINTS ? period : POINTS;
    float *samples = memory_new((size_t)(before + period), sizeof *samples);
    Status status = samples ? engine_new(&engine, model, isa_best(), 1, diagnostic)
                            : diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for a sine");
    if (status == STATUS_OK) {
        for (int i = 0; i < before + period; i++) {
            samples[i] = (float)(peak * sin(2.0 * M_PI * HERTZ * i / rate));
        }
        for (int i = 0; i < period; i++) {
            curve->input[i] = (double)samples[before + i];
        }
        DenormalState mode = denormals_off();
        engine_run(engine, &samples, &(const float *){samples}, before + period);
        denormals_restore(mode);
        for (int i = 0; i < period; i++) {
            curve->output[i] = (double)samples[before + i];
        }
        curve->count = (size_t)period;
    }
    engine_free(engine);
    memory_free(samples);
    return status;
}

static Status draw(FILE *page, const char *what, const Curve *curves, Diagnostic *diagnostic) {
    char title[MODEL_TEXT + 60];
    snprintf(title, sizeof title, "A sine of %.0f Hz, %s: output over input", HERTZ, what);
    Plot plot = {.title = title,
                 .x = {.label = "input sample"},
                 .y = {.label = "output sample"},
                 .series_count = LINES};
    for (int i = 0; i < LINES; i++) {
        plot.series[i] = (PlotSeries){curves[i].name,  PLOT_LINE,        colours[i],
                                      curves[i].input, curves[i].output, curves[i].count};
    }
    return figure_plot(page, &plot, 300.0, NULL, diagnostic);
}

static Status draw_levels(FILE *page, const char *what, const Curve *curves,
                          Diagnostic *diagnostic) {
    char title[MODEL_TEXT + 60];
    snprintf(title, sizeof title, "A sine of %.0f Hz, %s: level", HERTZ, what);
    Plot plot = {.title = title,
                 .x = {.label = "level of the sine (dB, peak 1 = 0 dB)"},
                 .y = {.label = "output (dB)"},
                 .series_count = LINES};
    for (int i = 0; i < LINES; i++) {
        plot.series[i] = (PlotSeries){
            curves[i].name,          PLOT_LINE,    colours[i], curves[i].levels.input,
            curves[i].levels.output, SINES_LEVELS,
        };
    }
    return figure_plot(page, &plot, 260.0, NULL, diagnostic);
}

// The knob at its ends and between, the others where the model has them.
static Status turn(FILE *page, Curve *curves, const GalleryEntry *entry, Model *model, int knob,
                   Diagnostic *diagnostic) {
    Knob *turned = &model->knob[knob];
    float initial = turned->initial;
    Status status = STATUS_OK;
    for (int i = 0; i < LINES && status == STATUS_OK; i++) {
        turned->initial = turned->minimum +
                          (turned->maximum - turned->minimum) * (float)i / (LINES - 1);
        snprintf(curves[i].name, sizeof curves[i].name, "%s %g", turned->name,
                 (double)turned->initial);
        status = trace(&curves[i], model, entry->rate, PEAK, diagnostic);
        if (status == STATUS_OK) {
            status = sines_levels(&curves[i].levels, model, entry->rate, HERTZ, diagnostic);
        }
    }
    turned->initial = initial;
    if (status == STATUS_OK) {
        status = draw(page, turned->name, curves, diagnostic);
    }
    return status == STATUS_OK ? draw_levels(page, turned->name, curves, diagnostic) : status;
}

// A model without knobs: soft, and hard.
static Status play(FILE *page, Curve *curves, const GalleryEntry *entry, Diagnostic *diagnostic) {
    static const double peaks[LINES] = {0.05, 0.2, 0.8};
    Status status = STATUS_OK;
    for (int i = 0; i < LINES && status == STATUS_OK; i++) {
        snprintf(curves[i].name, sizeof curves[i].name, "peak %g", peaks[i]);
        status = trace(&curves[i], entry->model, entry->rate, peaks[i], diagnostic);
    }
    return status == STATUS_OK ? draw(page, "soft and hard", curves, diagnostic) : status;
}

Status curves_print(FILE *page, const GalleryEntry *entry, Diagnostic *diagnostic) {
    Curve *curves = memory_new(LINES, sizeof *curves);
    Model *model = model_copy(entry->model); // whose knobs are turned
    Status status = curves && model ? STATUS_OK
                                    : diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for sines");
    fputs("<h3>Transfer</h3>\n", page);
    if (status == STATUS_OK && entry->model->knobs == 0) {
        status = play(page, curves, entry, diagnostic);
    }
    for (int k = 0; k < entry->model->knobs && status == STATUS_OK; k++) {
        status = turn(page, curves, entry, model, k, diagnostic);
    }
    memory_free(curves);
    model_free(model);
    return status;
}
