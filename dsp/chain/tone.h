// SPDX-License-Identifier: ISC
// The tone controls: five bands in series. Each is the signal and, with the gain of the band less
// one, the same signal through a filter that never changes, so that nothing moves but gains: no
// click, no coefficient to smooth, and with all bands at 0 dB the signal itself, bit by bit.
//
//   y = x + (gain - 1) * filter(x)
//
// The filters are of the state-variable and one-pole kind with trapezoidal integrators (Zavalishin,
// The Art of VA Filter Design, 2012).
#ifndef GRUFF_DSP_CHAIN_TONE_H
#define GRUFF_DSP_CHAIN_TONE_H

#include <stdbool.h>

#include "dsp/base/realtime.h"
#include "dsp/chain/ramp.h"

typedef enum ToneBand {
    TONE_DEPTH,    // 80 Hz, a resonance (a bell of quality 1)
    TONE_BASS,     // below 150 Hz, a shelf of one pole
    TONE_MIDDLE,   // 650 Hz, wide (0.6)
    TONE_TREBLE,   // above 2.2 kHz, a shelf of one pole
    TONE_PRESENCE, // 4.5 kHz, wide (0.7)
    TONE_BANDS
} ToneBand;

enum {
    TONE_CHANNELS = 2,
    TONE_BLOCK = 128, // most frames of one tone_run
};

typedef struct Tone {
    struct {
        double a1, a2, a3, m; // see tone.c
    } filter[TONE_BANDS];
    Ramp gain[TONE_BANDS];
    double state[TONE_CHANNELS][TONE_BANDS][2];
    bool idle; // all bands at 0 dB, no memory
} Tone;

// All bands at 0 dB, for a session of `sample_rate` Hz.
void tone_init(Tone *tone, double sample_rate);

// No memory, gains where they were going.
void tone_reset(Tone *tone) REALTIME;

// Moves the gain (a factor) of a band to `gain` in `frames` frames; 0: at once.
void tone_set(Tone *tone, ToneBand band, float gain, int frames) REALTIME;

// In place: `frames` (at most TONE_BLOCK) samples of each of `channels` channels. The result does
// not depend on block sizes.
void tone_run(Tone *tone, float *const *signal, int channels, int frames) REALTIME;

#endif
