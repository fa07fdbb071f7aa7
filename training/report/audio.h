// SPDX-License-Identifier: ISC
// The part of the report to listen to.
#ifndef GRUFF_TRAINING_REPORT_AUDIO_H
#define GRUFF_TRAINING_REPORT_AUDIO_H

#include <stdio.h>

#include "dsp/base/status.h"
#include "training/learning/validation.h"

// Ten loud seconds of target, model and residual to listen to.
Status report_audio(FILE *page, const Validation *validation, Diagnostic *diagnostic);

#endif
