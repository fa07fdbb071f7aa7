// SPDX-License-Identifier: ISC
// Test signals at the start of a recording: clicks, sine sweeps, noise. They help to find the
// delay, but nobody plays them, and a network spends on them what the guitar then lacks.
#ifndef GRUFF_TRAINING_DATA_SIGNALS_H
#define GRUFF_TRAINING_DATA_SIGNALS_H

#include <stddef.h>

#include "dsp/base/status.h"

// *end becomes the number of frames of `input` (at `rate` Hz) after which there are no more test
// signals: silence, sines without overtones and noise as it is made, up to the first half second
// of anything else. 0 when there is less than a second of them, or nothing after them.
Status signals_find(size_t *end, const float *input, size_t frames, int rate,
                    Diagnostic *diagnostic);

#endif
