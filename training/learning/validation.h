// SPDX-License-Identifier: ISC
// Scores a network as its user will hear it: exported to a Model, run by the engine over the
// held-out audio.
#ifndef GRUFF_TRAINING_LEARNING_VALIDATION_H
#define GRUFF_TRAINING_LEARNING_VALIDATION_H

#include "dsp/base/status.h"
#include "dsp/network/model.h"
#include "training/data/dataset.h"

typedef struct Validation {
    const Dataset *dataset;
    float *output; // [validation_frames] for the held-out stretches, one after the other, owned
} Validation;

Status validation_init(Validation *validation, const Dataset *dataset, Diagnostic *diagnostic);
void validation_clear(Validation *validation);

// ESR (dsp/measures/esr.h) of `model` on all the held-out audio, each recording with its knobs;
// infinite when it is not a number or the engine cannot be made. The engine starts a while before
// each held-out stretch, so that its state has settled.
double validation_esr(Validation *validation, const Model *model);

#endif
