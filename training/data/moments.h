// SPDX-License-Identifier: ISC
// What sounds in a recording from moment to moment: how loud, in which frequencies, and whether
// something was struck just then, sounds on, or rings out.
#ifndef GRUFF_TRAINING_DATA_MOMENTS_H
#define GRUFF_TRAINING_DATA_MOMENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "dsp/base/status.h"

enum { MOMENTS_BANDS = 28 };

// Bands of a third of an octave; the first one's centre is about 20 Hz, the last one's 10 kHz.
#define MOMENTS_LOWEST 19.686266 // Hz: 1000 Hz less 17 thirds

typedef enum MomentKind {
    MOMENT_SILENT,    // no sample above -60 dBFS
    MOMENT_STRUCK,    // at most a sixth of a second after a stroke: a rise by 6 dB
    MOMENT_SUSTAINED, // any other
} MomentKind;

typedef struct Moment {
    MomentKind kind;
    bool ringing;                // sustained, 20 dB and more below what was struck
    double peak;                 // dBFS
    double all;                  // of all frequencies: dB of a full-scale sine
    double level[MOMENTS_BANDS]; // the same of each band; -INFINITY above half the rate
} Moment;

typedef struct Moments {
    size_t step;    // frames: moment i is from frame i * step on; a twelfth to a sixth of a second
    int count;      // of whole ones
    Moment *moment; // [count], owned
} Moments;

// Looks at all of input[frames] at `rate` Hz, turned up by `gain` dB. End with moments_clear; on
// failure it is all zero.
Status moments_find(Moments *moments, const float *input, size_t frames, int rate, double gain,
                    Diagnostic *diagnostic);
void moments_clear(Moments *moments);

// Centre of a band, Hz.
double moments_hertz(int band);

// Power of the bands first .. end - 1 together, in dB as above.
double moments_between(const Moment *moment, int first, int end);

// The band that `hertz` lies in; MOMENTS_BANDS above all, 0 below.
int moments_band(double hertz);

#endif
