// SPDX-License-Identifier: ISC
// The part of the report about what the model does away from its recording.
#ifndef GRUFF_TRAINING_REPORT_BEHAVIOUR_H
#define GRUFF_TRAINING_REPORT_BEHAVIOUR_H

#include <stdio.h>

#include "dsp/base/status.h"
#include "dsp/measures/behaviour.h"

// Verdicts, what a click leaves by level, output over input level.
Status report_behaviour(FILE *page, const Behaviour *behaviour, Diagnostic *diagnostic);

// Inharmonic power over frequency and level.
Status report_aliasing(FILE *page, const SineMap *map, Diagnostic *diagnostic);

#endif
