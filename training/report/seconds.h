// SPDX-License-Identifier: ISC
// The held-out audio second by second: where a model is at its best and its worst.
#ifndef GRUFF_TRAINING_REPORT_SECONDS_H
#define GRUFF_TRAINING_REPORT_SECONDS_H

#include <stddef.h>

#include "dsp/base/status.h"
#include "dsp/measures/esr.h"
#include "training/learning/validation.h"

#define SECONDS_QUIET 40.0 // dB below the mean level: too quiet for an ESR that says anything

typedef struct Second {
    const Recording *recording;
    size_t begin, frames; // of the recording
    const float *output;  // [frames] what the model made of it
    double time;          // s of held-out audio before it, over all recordings
    Esr sums;
    double esr; // of these; NaN when the second is too quiet
} Second;

typedef struct Seconds {
    int count;
    Second *second; // [count], owned, in order; a rest below half a second is left out
    int audible;
    const Second **ranked; // [audible], owned: those that are not too quiet, from the best ESR on
} Seconds;

// Measures what lies in `validation`, which must outlive it. All zero on failure.
Status seconds_init(Seconds *seconds, const Validation *validation, Diagnostic *diagnostic);
void seconds_clear(Seconds *seconds);

#endif
