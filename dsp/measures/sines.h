// SPDX-License-Identifier: ISC
// What a model makes of sines: how it compresses, and how much of what comes out is neither the
// sine nor a harmonic of it (aliasing above all: harmonics beyond half the rate that fold back).
#ifndef GRUFF_DSP_MEASURES_SINES_H
#define GRUFF_DSP_MEASURES_SINES_H

#include "dsp/base/status.h"
#include "dsp/network/model.h"

enum {
    SINES_LEVELS = 21, // input levels
    SINES_TONES = 16,  // frequencies
    SINES_SIZE = 16384,
    SINES_BINS = SINES_SIZE / 2 + 1,
};

#define SINES_FLOOR (-200.0) // dB: no level is lower

// Levels in dB of a full-scale sine (0 dB: peak 1).
typedef struct SineLevels {
    double hertz;
    double input[SINES_LEVELS];  // -60 to 0
    double output[SINES_LEVELS]; // of all that comes out but DC
} SineLevels;

// Ratios of inharmonic to harmonic power (DC is neither), in dB.
typedef struct SineAliasing {
    int tones;
    double hertz[SINES_TONES];   // from 1 to 6 kHz, at most 0.4 times the rate
    double full[SINES_TONES];    // with a sine of 0 dB
    double soft[SINES_TONES];    // with one of -12 dB
    double ratio;                // of the sums over all tones, 0 dB: the alias figure
    int shown;                   // a tone in the middle, in full:
    double harmonic[SINES_BINS]; // its spectrum at 0 dB, in dB of a full-scale sine: the harmonics,
                                 // NaN in
    double other[SINES_BINS];    // between, and the rest, NaN at the harmonics and at 0
    double bin;                  // Hz from one to the next
} SineAliasing;

// The knobs stand at their initial positions; `rate` in Hz when the model does not tell its own.
Status sines_levels(SineLevels *levels, const Model *model, double rate, double hertz,
                    Diagnostic *diagnostic);
Status sines_aliasing(SineAliasing *aliasing, const Model *model, double rate,
                      Diagnostic *diagnostic);

#endif
