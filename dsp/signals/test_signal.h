// SPDX-License-Identifier: ISC
// What is played into a device to learn it by: two clicks, a sweep, noise, and then guitars and
// basses, soft and hard (survey.h). gruff-train finds the delay by the first three and trains on
// the rest.
#ifndef GRUFF_DSP_SIGNALS_TEST_SIGNAL_H
#define GRUFF_DSP_SIGNALS_TEST_SIGNAL_H

#include <stddef.h>
#include <stdint.h>

#include "dsp/base/status.h"

// Seconds before the guitar begins.
#define TEST_SIGNAL_GUITAR 8.0

// Fills out[frames], more than TEST_SIGNAL_GUITAR seconds at `rate` Hz; no peak is above `peak`,
// full scale 1, and the guitar's reach 0.98 of it. The same seed gives the same guitar.
Status test_signal_make(float *out, size_t frames, double rate, double peak, uint64_t seed,
                        Diagnostic *diagnostic);

#endif
