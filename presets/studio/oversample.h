// SPDX-License-Identifier: ISC
// A memoryless or slow process at OVERSAMPLE times the rate of a signal, with linear-phase low-pass
// filters on both ways and no delay in the end.
#ifndef GRUFF_PRESETS_STUDIO_OVERSAMPLE_H
#define GRUFF_PRESETS_STUDIO_OVERSAMPLE_H

#include <stddef.h>

#include "dsp/base/status.h"

enum { OVERSAMPLE = 8 };

// Called for each sample at the high rate, in order.
typedef double OversampleStep(void *state, double in);

// out[i] belongs to in[i] to the sample: what lies before and after the signal counts as silence.
// Flat to 0.41 of the rate, 90 dB down from half of it. `out` and `in` may be the same.
Status oversample(float *out, const float *in, size_t frames, OversampleStep *step, void *state,
                  Diagnostic *diagnostic);

#endif
