// SPDX-License-Identifier: ISC
// What the report of a training run is about.
#ifndef GRUFF_TRAINING_REPORT_REPORT_H
#define GRUFF_TRAINING_REPORT_REPORT_H

#include "dsp/measures/behaviour.h"
#include "dsp/network/model.h"
#include "training/learning/score.h"
#include "training/learning/trainer_options.h"
#include "training/learning/trainer_result.h"
#include "training/learning/validation.h"

typedef struct Report {
    const char *model_path;
    const Model *model; // as read from there
    const TrainerOptions *options;
    const TrainerResult *result;
    const Validation *validation; // with this model's output in it
    const Scores *scores;         // of this model on the test recordings; NULL: there are none
    const Behaviour *behaviour;   // of this model; NULL: was not measured
    double esr;                   // of this model, on the held-out audio
} Report;

#endif
