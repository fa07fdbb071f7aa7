// SPDX-License-Identifier: ISC
// The report of a training run: one self-contained HTML page beside the model.
#ifndef GRUFF_TRAINING_REPORT_H
#define GRUFF_TRAINING_REPORT_H

#include <stddef.h>

#include "dsp/status.h"
#include "training/dataset.h"
#include "training/trainer.h"
#include "training/validation.h"

typedef struct Report {
    const char *model_path;
    const TrainerOptions *options;
    const TrainerResult *result;
    const Validation *validation; // with the written model's output in it
    double esr;                   // of the written model
} Report;

// Writes MODEL.report/index.html (MODEL: the model's path without .json), making the folder, and
// puts its path into path[size].
Status report_write(char *path, size_t size, const Report *report, Diagnostic *diagnostic);

#endif
