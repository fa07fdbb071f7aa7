// SPDX-License-Identifier: ISC
// An Engine is the recurrent state of one or two audio channels over the packed weights of one
// Model, with the kernels of one ISA.
//
// At an integer multiple of its rate a model sounds as at its own when the state is delayed by that
// many samples (Carson, Valimaki, Wright, Bilbao: Sample rate independent recurrent neural networks
// for audio effects processing, DAFx24): h[n] follows h[n - k], which makes k states that take
// turns.
//
// Same input, same ISA, same machine: same bytes, whatever
// the block sizes.
#ifndef GRUFF_DSP_NETWORK_ENGINE_H
#define GRUFF_DSP_NETWORK_ENGINE_H

#include <stdbool.h>

#include "dsp/base/realtime.h"
#include "dsp/base/status.h"
#include "dsp/network/isa.h"
#include "dsp/network/model.h"

enum { ENGINE_MAX_CHANNELS = 2, ENGINE_MAX_STATES = 8 };

typedef struct Engine Engine;

// ---- Any thread but the audio thread ----

// Makes an engine in its initial state: packs the model's weights for `isa`. Copies what it needs;
// `model` may be freed afterwards. `channels` is 1 or ENGINE_MAX_CHANNELS. On success the caller
// owns *engine; on failure *engine is NULL. STATUS_UNSUPPORTED when `isa` is not available or the
// model has a shape that the engine cannot run.
Status engine_new(Engine **engine, const Model *model, Isa isa, int channels,
                  Diagnostic *diagnostic);

// The same with `states` (1 to ENGINE_MAX_STATES) states that take turns: for a session whose rate
// is that many times the model's.
Status engine_new_delayed(Engine **engine, const Model *model, Isa isa, int channels, int states,
                          Diagnostic *diagnostic);

// As engine_new, with tanh and sigmoid good to four digits instead of seven (the bounds stand in
// dsp/network/kernels/activations.h): mostly 3 to 15 % faster, most for small sizes. Not for
// ISA_SCALAR, which is the reference: STATUS_UNSUPPORTED.
Status engine_new_fast(Engine **engine, const Model *model, Isa isa, int channels,
                       Diagnostic *diagnostic);

// NULL is fine.
void engine_free(Engine *engine);

// The model's rate in Hz (0: unknown), the number of states, the ISA in use, and whether
// engine_new_fast made it.
double engine_sample_rate(const Engine *engine);
int engine_states(const Engine *engine);
Isa engine_isa(const Engine *engine);
bool engine_is_fast(const Engine *engine);

// ---- Audio thread ----

// Back to the initial state.
void engine_reset(Engine *engine) REALTIME;

// Goes on where `from` is: every state becomes the latest of `from`, which was made of the same
// model for the same instruction set and channels, with any number of states. Knobs stay as they
// are.
void engine_continue(Engine *engine, const Engine *from) REALTIME;

// Sets knob `knob` (0 .. knobs - 1; others are ignored) to `value` for all later samples.
void engine_set_knob(Engine *engine, int knob, float value) REALTIME;

// Runs `frames` samples of every channel: out[channel][frame] from in[channel][frame]. In place is
// fine (out[c] == in[c]). Input must be finite. Denormals: the caller switches them off.
void engine_run(Engine *engine, float *const *out, const float *const *in, int frames) REALTIME;

#endif
