// SPDX-License-Identifier: ISC
// The real-time chain round the engine: input level, model, output level, mix, bypass, and the
// model swap. Shells translate their ports into processor_set and processor_run.
//
// Models cross threads through two slots of one atomic pointer each. Another thread offers an
// engine; the audio thread takes it up, runs old and new side by side through an equal-power fade,
// and puts the old one where the other thread collects it. Nothing is freed on the audio thread.
#ifndef GRUFF_DSP_PROCESSOR_H
#define GRUFF_DSP_PROCESSOR_H

#include <stdbool.h>

#include "dsp/controls.h"
#include "dsp/engine.h"
#include "dsp/realtime.h"
#include "dsp/status.h"

typedef struct Processor Processor;

// ---- Any thread but the audio thread ----

// A processor without a model (it passes the dry signal, levels applied), all controls at their
// initial values. `channels` is 1 or 2; `sample_rate` in Hz is the session's. The caller owns it.
Status processor_new(Processor **processor, double sample_rate, int channels,
                     Diagnostic *diagnostic);

// Frees the engines that it holds, too. NULL is fine.
void processor_free(Processor *processor);

// Puts `engine` in place at once, without a fade, and ends any fade. Only while processor_run is
// not running (before activation). Takes ownership; NULL takes the model out.
void processor_install(Processor *processor, Engine *engine);

// Offers `engine` to the audio thread, which fades to it at its next block (or after the fade that
// is under way). Takes ownership; an earlier offer that was not taken up yet is freed. NULL only
// withdraws such an offer. One offering thread at a time.
void processor_offer(Processor *processor, Engine *engine);

// Frees the engine that the audio thread has done with, if there is one; true when it did. Call it
// now and then (a new fade waits for it). One collecting thread at a time.
bool processor_collect(Processor *processor);

// ---- Audio thread ----

// Clears all state (engine, smoothing, fades): as after processor_new with the same engine and
// control values. Also fine before activation.
void processor_reset(Processor *processor) REALTIME;

// Sets a control, held to its range; reached by a straight ramp of 20 ms, or at once when nothing
// has run since processor_reset. Any one thread at a time.
void processor_set(Processor *processor, ControlId id, float value) REALTIME;

// Sets a knob of the model, 0 to MODEL_MAX_KNOBS - 1. Kept for engines that come later.
void processor_set_knob(Processor *processor, int knob, float value) REALTIME;

// True while an engine waits to be collected.
bool processor_has_retired(const Processor *processor) REALTIME;

// Runs `frames` samples of every channel; any number of frames, in place is fine. The mix is with
// the input as it came, before the input level. While bypassed the engine rests, and starts anew
// when enabled. At 0 dB, 100 % and enabled the output is engine_run's, bit by bit; bypassed it is
// the input's. It is finite whatever the input: NaN and infinity count as silence, and an engine
// that gives such values is reset. With the same input and controls at the same samples the output
// does not depend on block sizes. Denormals are off inside and as before after it.
void processor_run(Processor *processor, float *const *out, const float *const *in, int frames)
    REALTIME;

#endif
