// SPDX-License-Identifier: ISC
// What a model makes of each input level, far softer and far louder than it was trained at. A
// device grows louder with its input, or stays as loud: where the output falls (a hole) or leaps (a
// jump), or goes on in silence (a limit cycle), the network has made something up.
#ifndef GRUFF_DSP_MEASURES_LEVELS_H
#define GRUFF_DSP_MEASURES_LEVELS_H

#include <stdbool.h>

#include "dsp/base/status.h"
#include "dsp/network/model.h"

enum { LEVELS_COUNT = 29 }; // every 3 dB

// The most that the output may fall below what a softer input gave, that it may rise for 3 dB of
// input, and that may go on in silence, below the output for guitar at 0 dB; in dB.
#define LEVELS_HOLE 6.0
#define LEVELS_JUMP 12.0
#define LEVELS_REST (-80.0)

// Output levels are RMS in dB of a full-scale sine, DC taken away, DECIBELS_FLOOR at least; NaN
// where the model gives no numbers.
typedef struct LevelCurve {
    double output[LEVELS_COUNT];
    double hole;    // dB: the most that the output falls below what a softer input gave; 0: nowhere
    double hole_at; // dB of input
    double jump;    // dB: the most that it rises by for 3 dB of input
    double jump_at; // dB of the louder of the two inputs
} LevelCurve;

typedef struct Levels {
    double input[LEVELS_COUNT]; // -60 to 24 dB: peak of the sine, of the whole guitar
    LevelCurve sine;            // of about 1 kHz
    LevelCurve guitar;          // the built-in one, 4 s
    double gain;                // dB, of guitar at 0 dB
    double rest; // dB of guitar at 0 dB: RMS about its mean in the third second of silence, at the
                 // start or after loud guitar, whichever is more
} Levels;

// The knobs stand at their initial positions; `rate` in Hz when the model does not tell its own.
Status levels_measure(Levels *levels, const Model *model, double rate, Diagnostic *diagnostic);

// Whether there is no hole, no jump, no limit cycle, and numbers throughout.
bool levels_pass(const Levels *levels);

// The verdict, one line: "gain +12.0 dB, steady from -60 to +24 dB", or what is wrong, and where.
void levels_describe(const Levels *levels, Diagnostic *text);

#endif
