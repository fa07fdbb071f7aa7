// SPDX-License-Identifier: ISC
// A Ramp is a value that moves to its target in a straight line, sample by sample, and is exactly
// at the target once it is there.
#ifndef GRUFF_DSP_CHAIN_RAMP_H
#define GRUFF_DSP_CHAIN_RAMP_H

#include <stdbool.h>

#include "dsp/base/realtime.h"

typedef struct Ramp {
    float value, target, step;
    int left; // frames until the target
} Ramp;

// At `target` at once.
void ramp_jump(Ramp *ramp, float target) REALTIME;

// At its target at once.
void ramp_end(Ramp *ramp) REALTIME;

// From where it is to `target` in `frames` frames; 0: at once. Where it is going there already it
// goes on as it does, and the answer is false.
bool ramp_aim(Ramp *ramp, float target, int frames) REALTIME;

// Where it goes, and how many frames that takes from here.
float ramp_target(const Ramp *ramp) REALTIME;
int ramp_left(const Ramp *ramp) REALTIME;

// Writes the values of the next `frames` frames.
void ramp_fill(Ramp *ramp, float *values, int frames) REALTIME;

// Whether it has arrived, at `value`.
bool ramp_is_at(const Ramp *ramp, float value) REALTIME;

#endif
