// SPDX-License-Identifier: ISC
// What models are tried with.
#ifndef GRUFF_DSP_MEASURES_SOUND_H
#define GRUFF_DSP_MEASURES_SOUND_H

#include <stddef.h>

#include "dsp/base/status.h"

// The rate in Hz at which a model of `rate` is tried: 8 to 192 kHz, whatever a file may tell.
double sound_rate(double rate);

// Fills out[frames] with the built-in guitar, its peak at full scale: always the same one.
Status sound_guitar(float *out, size_t frames, double rate, Diagnostic *diagnostic);

// out[frames] = in[frames], turned up by `level` dB.
void sound_turn_up(float *out, const float *in, size_t frames, double level);

#endif
