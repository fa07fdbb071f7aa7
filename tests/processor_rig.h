// SPDX-License-Identifier: ISC
// What the processor's tests share: two channels of input, of output and of what is expected.
#ifndef GRUFF_TESTS_PROCESSOR_RIG_H
#define GRUFF_TESTS_PROCESSOR_RIG_H

#include "dsp/processor.h"

enum { FRAMES = 24000, RATE = 48000, FADE = RATE / 50 };

extern float in[2][FRAMES], out[2][FRAMES], expected[2][FRAMES];

// Fresh input and silent output; a cmocka setup.
int setup(void **state);

// A neutral processor with `voice` (or none) in place.
Processor *make(int channels, Voice *voice);

// Runs frames begin .. end - 1 of the first `channels` channels of `in` into `out`.
void run(Processor *processor, int channels, int begin, int end);

// Runs `engine` alone over the whole of `in` into `expected`, and frees it.
void expect_engine(Engine *engine, int channels);

void assert_finite(const float *signal, int frames);

#endif
