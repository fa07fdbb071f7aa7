// SPDX-License-Identifier: ISC
// A noise gate: listens to the input (the key) and gives, sample by sample, the factor for what is
// to be gated. It opens within 1 ms when the key reaches the threshold and closes, by the release,
// once the key has stayed 6 dB below it for 50 ms: longer than half a period of any note.
#ifndef GRUFF_DSP_CHAIN_GATE_H
#define GRUFF_DSP_CHAIN_GATE_H

#include <stdbool.h>

#include "dsp/base/realtime.h"

typedef struct Gate {
    bool on;
    float threshold; // amplitude
    float attack;    // that the gain rises by in a frame
    float release;   // factor of the gain in a frame
    int hold_frames;
    int hold; // frames until it closes
    float gain;
    float rate; // Hz
} Gate;

// A gate that is off and open, for a session of `sample_rate` Hz.
void gate_init(Gate *gate, double sample_rate);

// Open, as if nothing had been heard.
void gate_reset(Gate *gate) REALTIME;

// `threshold` is an amplitude; `release` the time in s in which a closing gate falls by 60 dB. The
// factor stays continuous whatever changes; switched off, it opens.
void gate_set(Gate *gate, bool on, float threshold, float release) REALTIME;

// True while the factor is 1 and stays so.
bool gate_is_idle(const Gate *gate) REALTIME;

// Writes the factors of the next `frames` frames. key[channel][frame] opens the gate in any of the
// `channels`.
void gate_run(Gate *gate, float *gains, const float *const *key, int channels, int frames) REALTIME;

#endif
