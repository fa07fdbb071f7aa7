// SPDX-License-Identifier: ISC
// What a model makes of sines: how it compresses, and how much of what comes out is neither the
// sine nor a harmonic of it (aliasing above all: harmonics beyond half the rate that fold back).
#ifndef GRUFF_DSP_MEASURES_SINES_H
#define GRUFF_DSP_MEASURES_SINES_H

#include "dsp/base/status.h"
#include "dsp/network/model.h"

enum {
    SINES_LEVELS = 21, // input levels
    SINES_MAP_LEVELS = 9,
    SINES_MAP_TONES = 24,
    SINES_FACTORS = 2, // of oversampling
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

// The spectrum of the answer to one sine, in dB of a full-scale sine.
typedef struct SineSpectrum {
    double hertz;                // of the sine
    double bin;                  // Hz from one to the next
    double harmonic[SINES_BINS]; // the harmonics, NaN in between
    double other[SINES_BINS];    // the rest, NaN at the harmonics and at 0
} SineSpectrum;

typedef struct SineMeans {
    int factor; // 2, then 4
    double loud, soft;
} SineMeans;

// How much of the output is inharmonic, for sines of each level and frequency.
typedef struct SineMap {
    double level[SINES_MAP_LEVELS]; // -40 to 0 dB
    double hertz[SINES_MAP_TONES];  // from 40 Hz to 8 kHz, at most 0.4 times the rate
    double inharmonic[SINES_MAP_LEVELS][SINES_MAP_TONES]; // power, in dB of all but DC
    double loud, soft; // means in dB over the tones from 450 Hz to 5.1 kHz, at 0 and at -20 dB
    SineMeans oversampled[SINES_FACTORS]; // the same, oversampled, below half the model's rate
} SineMap;

// The means in words: "none" up to SINES_NONE, "little" up to SINES_LITTLE, "some" up to
// SINES_SOME.
#define SINES_NONE (-80.0)
#define SINES_LITTLE (-60.0)
#define SINES_SOME (-40.0)

// The knobs stand at their initial positions; `rate` in Hz when the model does not tell its own.
Status sines_levels(SineLevels *levels, const Model *model, double rate, double hertz,
                    Diagnostic *diagnostic);
Status sines_spectrum(SineSpectrum *spectrum, const Model *model, double rate, double hertz,
                      Diagnostic *diagnostic); // of a full-scale sine
Status sines_map(SineMap *map, const Model *model, double rate, Diagnostic *diagnostic);

// The verdict, one line: "some at 0 dB (-42 dB), none at -20 dB (-110 dB)".
void sines_map_describe(const SineMap *map, Diagnostic *text);

#endif
