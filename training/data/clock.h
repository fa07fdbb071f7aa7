// SPDX-License-Identifier: ISC
// A recording brought to another clock.
#ifndef GRUFF_TRAINING_DATA_CLOCK_H
#define GRUFF_TRAINING_DATA_CLOCK_H

#include <stddef.h>

#include "dsp/base/status.h"

// Resamples so that frame n of *to is what lies at n * (1 + drift) in samples[frames]. The caller
// frees *to, which has *count frames; NULL on failure.
Status clock_resample(float **to, size_t *count, const float *samples, size_t frames, double drift,
                      Diagnostic *diagnostic);

#endif
