// SPDX-License-Identifier: ISC
// Small made-up models for tests: one GRU and one dense layer with weights from a seed.
#ifndef GRUFF_TESTS_RIG_SAMPLE_MODEL_H
#define GRUFF_TESTS_RIG_SAMPLE_MODEL_H

#include <stdbool.h>

#include "dsp/chain/model_stage.h"
#include "dsp/network/engine.h"
#include "dsp/network/model.h"

// The caller owns the model. Fails the test's process when memory is short.
Model *sample_model_new(int hidden, unsigned seed, bool skip);

// The same with knobs, from 0 to 1, that are heard, and the input added to its output.
Model *sample_model_with_knobs_new(int hidden, unsigned seed, int knobs);

// Fills the weights of a model's layers, which may be any, with waves.
void sample_fill(Model *model);

// An amplifier of `gain` dB and nothing else: the network's output is zero, the input is added.
Model *sample_gain_new(double gain);

// An engine over a model of sample_model_new, for the best ISA of this machine.
Engine *sample_engine_new(int hidden, unsigned seed, int channels);

// The stage of such a model in a session of its rate, 48 kHz.
ModelStage *sample_voice_new(int hidden, unsigned seed, int channels);

// Fills `signal` with something like a plucked string of `rate` Hz, peak about 0.5.
void sample_signal(float *signal, int frames, double rate, unsigned seed);

#endif
