// SPDX-License-Identifier: ISC
// Long-term spectra in bands of a twelfth of an octave: Welch's method (1967), Hann windows that
// overlap by half.
#ifndef GRUFF_TRAINING_REPORT_SPECTRUM_H
#define GRUFF_TRAINING_REPORT_SPECTRUM_H

#include <stddef.h>

#include "dsp/base/status.h"

enum { SPECTRUM_BANDS = 160 };

#define SPECTRUM_FLOOR (-200.0) // dB: no level is lower

typedef struct Spectrum Spectrum;

// An empty spectrum of audio at `rate` Hz. The caller owns it.
Status spectrum_new(Spectrum **spectrum, double rate, Diagnostic *diagnostic);

// NULL is fine.
void spectrum_free(Spectrum *spectrum);

// Takes a stretch of audio in; one shorter than a window is filled up with silence on
// both sides.
void spectrum_add(Spectrum *spectrum, const float *samples, size_t frames);

// Bands from 20 Hz to half the rate: their centres in Hz, and the power in them in dB of full scale
// (0 dB: mean square 1, so that the powers of all bands add up to the mean square of the audio).
// Gives their number.
int spectrum_bands(const Spectrum *spectrum, double hertz[SPECTRUM_BANDS],
                   double level[SPECTRUM_BANDS]);

#endif
