// SPDX-License-Identifier: ISC
// The parts of the report about how the model answers: plots, as HTML.
#ifndef GRUFF_TRAINING_REPORT_RESPONSES_H
#define GRUFF_TRAINING_REPORT_RESPONSES_H

#include <stdio.h>

#include "dsp/base/status.h"
#include "dsp/measures/sines.h"
#include "training/learning/validation.h"

// Spectra of target, model and residual over all the held-out audio.
Status report_spectra(FILE *page, const Validation *validation, Diagnostic *diagnostic);

// Output over input, sample by sample, and for sines level by level.
Status report_transfer(FILE *page, const Validation *validation, Diagnostic *diagnostic);
Status report_levels(FILE *page, const SineLevels levels[2], Diagnostic *diagnostic);

// The spectrum of one sine.
Status report_tone(FILE *page, const SineSpectrum *tone, Diagnostic *diagnostic);

#endif
