// SPDX-License-Identifier: ISC
// Power spectra of stretches of a signal through a window, all of one size. One thread at a time.
#ifndef GRUFF_DSP_BASE_ANALYSER_H
#define GRUFF_DSP_BASE_ANALYSER_H

#include "dsp/base/status.h"

typedef struct Analyser Analyser;

typedef enum WindowShape {
    WINDOW_HANN,            // lets 3/8 of a signal's power through, and half a sine's amplitude
    WINDOW_BLACKMAN_HARRIS, // leaks below -90 dB
} WindowShape;

// For `size` samples, as fourier_new has it. The caller owns *analyser.
Status analyser_new(Analyser **analyser, int size, WindowShape shape, Diagnostic *diagnostic);

// NULL is fine.
void analyser_free(Analyser *analyser);

// Where the next stretch goes: [size], the caller's to fill.
float *analyser_samples(Analyser *analyser);

// |X|^2 at each of size / 2 + 1 frequencies of what was put there, which the window changes. Valid
// until the next call.
const double *analyser_power(Analyser *analyser);

#endif
