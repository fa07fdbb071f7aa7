// SPDX-License-Identifier: ISC
// How a finished model does on the recordings that are only for tests: from their first sample to
// their last, in the engine, as its user will hear it.
#ifndef GRUFF_TRAINING_LEARNING_SCORE_H
#define GRUFF_TRAINING_LEARNING_SCORE_H

#include "dsp/base/status.h"
#include "dsp/measures/measure.h"
#include "dsp/network/model.h"
#include "training/data/dataset.h"

typedef struct Score {
    const Recording *recording;
    Measure measure; // of the model's output against the target, aligned
} Score;

typedef struct Scores {
    int count;
    Score *score; // [count], owned
    double esr;   // of all of them together (dsp/measures/esr.h); NaN when there are none
} Scores;

// Runs `model` over the dataset's test recordings, each with its knobs. `dataset` must outlive the
// scores. End with scores_clear whatever the outcome.
Status scores_make(Scores *scores, const Model *model, const Dataset *dataset,
                   Diagnostic *diagnostic);
void scores_clear(Scores *scores);

#endif
