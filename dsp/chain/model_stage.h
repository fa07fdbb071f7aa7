// SPDX-License-Identifier: ISC
// A Voice is one model as it sounds in a session: its engine, held to something that can be
// listened to, between the levels that fit it to the player and to other models.
//
//   calibration -> (to the model's rate) -> engine -> (back) -> DC blocker -> loudness
#ifndef GRUFF_DSP_CHAIN_MODEL_STAGE_H
#define GRUFF_DSP_CHAIN_MODEL_STAGE_H

#include "dsp/base/realtime.h"
#include "dsp/base/status.h"
#include "dsp/network/engine.h"

enum { VOICE_BLOCK = 128 }; // most frames of one voice_run

// Normalised models are this loud, in dB: as loud as the standard input that loudness is measured
// with (dsp/measures/loudness.h), so that a normalised model is neither louder nor softer than a
// guitar without one.
static const double voice_loudness = -18.0;

// How a model is brought to the session's rate.
typedef enum RateMode {
    RATE_SAME,      // not at all: it is the model's, or the model does not tell
    RATE_DELAYED,   // an integer multiple: by delaying the recurrent state, without latency
    RATE_RESAMPLED, // any other: by converting the audio to the model's rate and back
} RateMode;

typedef struct Voice Voice;

// ---- Any thread but the audio thread ----

// The voice of `model`, which may be freed afterwards, with the kernels of `isa` in a session of
// `session_rate` Hz; STATUS_UNSUPPORTED when that is more than 64 times from the model's.
// On success the caller owns *voice; on failure it is NULL.
Status voice_new(Voice **voice, const Model *model, Isa isa, double session_rate, int channels,
                 Diagnostic *diagnostic);

// The model's rate in Hz (0: unknown), and the instruction set in use.
double voice_model_rate(const Voice *voice);
Isa voice_isa(const Voice *voice);
RateMode voice_rate_mode(const Voice *voice) REALTIME;

// Frames of the session by which the output is late, exactly.
int voice_latency(const Voice *voice) REALTIME;

// NULL is fine.
void voice_free(Voice *voice);

// ---- Audio thread ----

// Back to the state after voice_new, knobs excepted.
void voice_reset(Voice *voice) REALTIME;

// Moves a knob (others than the model's are ignored) to `value` in a straight line over
// `frames` frames; 0: at once. Held to no range.
void voice_set_knob(Voice *voice, int knob, float value, int frames) REALTIME;

// The same to `share` (0 to 1) of the knob's range; negative: to where the model has it.
void voice_turn_knob(Voice *voice, int knob, float share, int frames) REALTIME;

// Whether a knob is to stand elsewhere than where the model has it, and starts settled.
bool voice_is_turned(const Voice *voice) REALTIME;

// What is done to the levels, frame by frame; `calibrate`, `normalise` and `dc_block` are shares, 0
// to 1. Where they are 0, the voice is the engine, bit by bit.
typedef struct VoiceLevels {
    float calibrate[VOICE_BLOCK]; // the model hears the level of its recording, if it tells it
    float interface[VOICE_BLOCK]; // for that: 0 dBFS, as a factor of 0 dBu
    float dc_block[VOICE_BLOCK];
    float normalise[VOICE_BLOCK]; // to voice_loudness, if the model tells its own
} VoiceLevels;

// Runs `frames` (at most VOICE_BLOCK) samples of every channel; not in place. After something
// unusable the engine starts anew, after silence of 20 ms. The result does not depend on block
// sizes. Input must be finite. Denormals: the caller switches them off.
void voice_run(Voice *voice, float *const *out, const float *const *in, const VoiceLevels *levels,
               int frames) REALTIME;

#endif
