// SPDX-License-Identifier: ISC
// The report of a training run: one HTML page beside the model with everything in it, pictures and
// sound included. No network is needed to look at it.
#ifndef GRUFF_TRAINING_REPORT_REPORT_H
#define GRUFF_TRAINING_REPORT_REPORT_H

#include <stddef.h>

#include "dsp/base/status.h"
#include "dsp/network/model.h"
#include "training/data/dataset.h"
#include "training/learning/score.h"
#include "training/learning/trainer.h"
#include "training/learning/validation.h"

typedef struct Report {
    const char *model_path;
    const Model *model; // as read from there
    const TrainerOptions *options;
    const TrainerResult *result;
    const Validation *validation; // with this model's output in it
    const Scores *scores;         // of this model on the test recordings; NULL: there are none
    double esr;                   // of this model, on the held-out audio
} Report;

// Writes MODEL.report/index.html (MODEL: the model's path without .json), making the folder, and
// puts its path into path[size]. Whole or not at all.
Status report_write(char *path, size_t size, const Report *report, Diagnostic *diagnostic);

#endif
