// SPDX-License-Identifier: ISC
// The parts of the report's page; each writes HTML to `page`. Only for training/report*.c.
#ifndef GRUFF_TRAINING_REPORT_PARTS_H
#define GRUFF_TRAINING_REPORT_PARTS_H

#include <stdio.h>

#include "dsp/base/status.h"
#include "dsp/measures/sines.h"
#include "training/report/figure.h"
#include "training/report/report.h"
#include "training/report/seconds.h"

// The same colours in all figures.
#define TARGET_COLOUR PLOT_BLUE
#define MODEL_COLOUR PLOT_ORANGE
#define RESIDUAL_COLOUR PLOT_GREEN

// What has to be found out before the page can be written.
typedef struct Findings {
    Seconds seconds;
    SineLevels levels[2];
    SineAliasing aliasing;
    double engine_time; // s of CPU for a sample
} Findings;

// The whole page.
Status report_page(FILE *page, const Report *report, const Findings *findings,
                   Diagnostic *diagnostic);

// Loss and validation ESR over the epochs.
Status report_curves(FILE *page, const TrainerResult *result, Diagnostic *diagnostic);

// ESR of each second, and that of the whole.
Status report_seconds(FILE *page, const Seconds *seconds, double esr_of_all,
                      Diagnostic *diagnostic);

// A second: as a whole, and the moment in it where the model errs most.
Status report_second(FILE *page, const char *name, const Second *second, double rate,
                     Diagnostic *diagnostic);

// Spectra of target, model and residual over all the held-out audio.
Status report_spectra(FILE *page, const Validation *validation, Diagnostic *diagnostic);

// Output over input, sample by sample, and for sines level by level.
Status report_transfer(FILE *page, const Validation *validation, Diagnostic *diagnostic);
Status report_levels(FILE *page, const SineLevels levels[2], Diagnostic *diagnostic);

// Inharmonic power over the frequency, and the spectrum of one tone.
Status report_aliasing(FILE *page, const SineAliasing *aliasing, Diagnostic *diagnostic);

// Ten loud seconds of target, model and residual to listen to.
Status report_audio(FILE *page, const Validation *validation, Diagnostic *diagnostic);

// Recipe, speed and file as tables.
void report_recipe(FILE *page, const Report *report);
void report_speed(FILE *page, const Report *report, const Findings *findings);
void report_file(FILE *page, const Report *report);

#endif
