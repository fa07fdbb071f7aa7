// SPDX-License-Identifier: ISC
// Scores a network as its user will hear it: exported to a Model, run by the engine over the
// held-out audio.
#ifndef GRUFF_TRAINING_VALIDATION_H
#define GRUFF_TRAINING_VALIDATION_H

#include "dsp/model.h"
#include "dsp/status.h"
#include "training/dataset.h"

typedef struct Validation {
    const Dataset *dataset;
    size_t begin;  // first frame that the engine is run on; from `split` on the error counts
    float *output; // [frames - begin], owned
} Validation;

// The engine starts a while before the held-out part, so that its state has settled.
Status validation_init(Validation *validation, const Dataset *dataset, Diagnostic *diagnostic);
void validation_clear(Validation *validation);

// ESR of `model` on the held-out audio (sum (target - y)^2 / sum target^2); infinite when it is not
// a number or the engine cannot be made.
double validation_esr(Validation *validation, const Model *model);

#endif
