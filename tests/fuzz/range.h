// SPDX-License-Identifier: ISC
// Weights may be any finite number, and then sums may overflow; the processor silences what comes
// of it. Where no sum can overflow, an engine's output must be finite.
#ifndef GRUFF_TESTS_FUZZ_RANGE_H
#define GRUFF_TESTS_FUZZ_RANGE_H

#include <stdbool.h>

#include "dsp/network/model.h"

// Whether no audio (after the gain) and no knobs within -input .. input can make a sum of the model
// overflow a float.
bool range_is_safe(const Model *model, double input);

#endif
