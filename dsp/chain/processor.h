// SPDX-License-Identifier: ISC
// The real-time chain. Shells translate their ports into processor_set and processor_run.
//
//   input level -> tone, if before -> model (calibrated, its DC blocked, normalised)
//     -> noise gate, keyed by the input as it came -> tone, if after -> cabinet -> output level
//     -> mix with the input as it came -> bypass
//
// Neutral is the chain with "normalise" and "dc_block" at 0 and every other control at its initial
// value. It then gives what engine_run gives, bit by bit.
//
// A model that was made for another rate is brought to the session's (see model_stage.h). Where
// that takes time, the dry signal is late by as much, bypassed or not.
//
// Models and cabinets cross threads through a Swap: a fade of 20 ms (of equal power for models),
// and no lock.
#ifndef GRUFF_DSP_CHAIN_PROCESSOR_H
#define GRUFF_DSP_CHAIN_PROCESSOR_H

#include <stdbool.h>

#include "dsp/base/realtime.h"
#include "dsp/base/status.h"
#include "dsp/chain/cabinet.h"
#include "dsp/chain/controls.h"
#include "dsp/chain/model_stage.h"

typedef struct Processor Processor;

// ---- Any thread but the audio thread ----

// A processor without a model (it passes the dry signal, levels applied), all controls at their
// initial values. `channels` is 1 or 2; `sample_rate` in Hz is the session's. The caller owns it.
Status processor_new(Processor **processor, double sample_rate, int channels,
                     Diagnostic *diagnostic);

// Frees the stages and cabinets that it holds, too. NULL is fine.
void processor_free(Processor *processor);

// Puts `stage` in place at once, without a fade, and ends any fade. Only while processor_run is
// not running (before activation). Takes ownership; NULL takes the model out.
void processor_install(Processor *processor, ModelStage *stage);

// Offers `stage`, made for the processor's rate and channels, to the audio thread, which fades to
// it at its next block (or after the fade that is under way). Takes ownership; an earlier offer
// that was not taken up yet is freed. NULL only withdraws such an offer. One offering thread at a
// time.
void processor_offer(Processor *processor, ModelStage *stage);

// The same two for a cabinet, made for the processor's rate and channels. The start is without one;
// a cabinet without an impulse response takes another one out.
void processor_install_cabinet(Processor *processor, Cabinet *cabinet);
void processor_offer_cabinet(Processor *processor, Cabinet *cabinet);

// Frees what the audio thread has done with, if there is anything; true when it did. Call it now
// and then (a new fade waits for it). One collecting thread at a time.
bool processor_collect(Processor *processor);

// ---- Audio thread ----

// Clears all state (model, filters, smoothing, fades): as after processor_new with the same model
// and control values. Also fine before activation.
void processor_reset(Processor *processor) REALTIME;

// Sets a control, held to its range; it moves there in 20 ms, or at once when nothing has run since
// processor_reset. Any one thread at a time.
void processor_set(Processor *processor, ControlId id, float value) REALTIME;

// Sets a knob of the model, 0 to MODEL_MAX_KNOBS - 1, likewise, to a value of its own range,
// whatever the control of that knob says until it is set again. Kept for models that come later.
void processor_set_knob(Processor *processor, int knob, float value) REALTIME;

// True while something waits to be collected.
bool processor_has_retired(const Processor *processor) REALTIME;

// How the model is brought to the session's rate, and by how many frames the output is therefore
// late, exactly.
RateMode processor_rate_mode(const Processor *processor) REALTIME;
int processor_latency(const Processor *processor) REALTIME;

// Runs `frames` samples of every channel; any number of frames, in place is fine. While bypassed
// everything rests, and starts anew when enabled; the output is then the input, bit by bit. It is
// finite whatever the input: NaN and infinity count as silence, and a model that gives such values
// is reset. With the same input and controls at the same samples the output does not depend on
// block sizes. Denormals are off inside and as before after it.
void processor_run(Processor *processor, float *const *out, const float *const *in, int frames)
    REALTIME;

#endif
