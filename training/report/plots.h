// SPDX-License-Identifier: ISC
// The parts of the report about the run and about single seconds: plots, as HTML.
#ifndef GRUFF_TRAINING_REPORT_PLOTS_H
#define GRUFF_TRAINING_REPORT_PLOTS_H

#include <stdio.h>

#include "dsp/base/status.h"
#include "training/learning/trainer_result.h"
#include "training/report/seconds.h"

// Loss and validation ESR over the epochs.
Status report_curves(FILE *page, const TrainerResult *result, Diagnostic *diagnostic);

// ESR of each second, and that of the whole.
Status report_seconds(FILE *page, const Seconds *seconds, double esr_of_all,
                      Diagnostic *diagnostic);

// A second: as a whole, and the moment in it where the model errs most.
Status report_second(FILE *page, const char *name, const Second *second, double rate,
                     Diagnostic *diagnostic);

#endif
