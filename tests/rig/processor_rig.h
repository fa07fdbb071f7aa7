// SPDX-License-Identifier: ISC
// What the processor's tests share: two channels of input, of output and of what is expected.
#ifndef GRUFF_TESTS_RIG_PROCESSOR_RIG_H
#define GRUFF_TESTS_RIG_PROCESSOR_RIG_H

#include "dsp/chain/processor.h"

enum { FRAMES = 24000, RATE = 48000, FADE = RATE / 50 };

extern float in[2][FRAMES], out[2][FRAMES], expected[2][FRAMES];

// Fresh input and silent output; a cmocka setup.
int setup(void **state);

// A neutral processor with `stage` (or none) in place.
Processor *make(int channels, ModelStage *stage);

// Runs frames begin .. end - 1 of the first `channels` channels of `in` into `out`.
void run(Processor *processor, int channels, int begin, int end);

// Runs `engine` alone over the whole of `in` into `expected`, and frees it.
void expect_engine(Engine *engine, int channels);

// Whether `eventful_run`, which fills `out` in blocks of so many frames (0: of random sizes), fills
// it with the same bytes for each of `blocks` as for single frames. Overwrites `expected`.
void expect_same_for_blocks(void (*eventful_run)(int block), const int *blocks, size_t count);

// A cabinet of 3000 frames for a session of RATE.
Cabinet *sample_cabinet_new(int channels);

void assert_finite(const float *signal, int frames);

#endif
