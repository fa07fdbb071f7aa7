// SPDX-License-Identifier: ISC
// The demo's pair in memory: a guitar part at 48 kHz and the same through the overdrive.
#ifndef GRUFF_TESTS_RIG_DEMO_AUDIO_H
#define GRUFF_TESTS_RIG_DEMO_AUDIO_H

#include <stddef.h>

enum { DEMO_RATE = 48000 };

// Fills both; any failure ends the test.
void demo_audio(float *input, float *target, size_t frames);

// A copy of `from` played by a clock that runs `ppm` millionths fast: sample n of `to` is what lies
// at n * (1 + ppm * 1e-6). Cubic interpolation.
void demo_drift(float *to, const float *from, size_t frames, double ppm);

#endif
