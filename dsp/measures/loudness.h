// SPDX-License-Identifier: ISC
// How loud a model is, so that players can bring all models to one level.
//
// The standard input is 3 s of noise with a spectrum like a guitar's: Gaussian white noise through
// first-order filters, a high-pass at 100 Hz and low-passes at 400 Hz and 2.5 kHz, at an RMS of
// -18 dB of full scale (its peaks come near -6 dB). Loudness is the RMS of what the model makes of
// it, its mean taken away, in dB of full scale. The knobs stand at their initial positions.
#ifndef GRUFF_DSP_MEASURES_LOUDNESS_H
#define GRUFF_DSP_MEASURES_LOUDNESS_H

#include <stddef.h>

#include "dsp/base/status.h"
#include "dsp/network/model.h"

#define LOUDNESS_INPUT (-18.0) // dB, RMS of the standard input

// Fills samples[frames] with the standard input at `rate` Hz.
void loudness_input(float *samples, size_t frames, double rate);

// Puts the loudness of `model` in dB into *loudness; NaN when the model is silent.
Status loudness_measure(double *loudness, const Model *model, Diagnostic *diagnostic);

#endif
