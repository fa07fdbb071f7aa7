// SPDX-License-Identifier: ISC
// A ModelStage is one model as it sounds in a session: its engine, held to something that can be
// listened to, between the levels that fit it to the player and to other models.
//
//   calibration -> (to the engine's rate) -> engine -> (back) -> DC blocker -> loudness
//
// Oversampled, the engine runs at two or four times the model's rate, its state delayed by as many
// samples: what a model makes above half the rate that it runs at is mirrored below it.
#ifndef GRUFF_DSP_CHAIN_MODEL_STAGE_H
#define GRUFF_DSP_CHAIN_MODEL_STAGE_H

#include "dsp/base/realtime.h"
#include "dsp/base/status.h"
#include "dsp/network/engine.h"

enum { MODEL_STAGE_BLOCK = 128 }; // most frames of one model_stage_run

// Normalised models are this loud, in dB: as loud as the standard input that loudness is measured
// with (dsp/measures/loudness.h), so that a normalised model is neither louder nor softer than a
// guitar without one.
static const double model_stage_loudness = -18.0;

enum { MODEL_STAGE_MAX_OVERSAMPLING = 4 };

// How a model is brought to the session's rate, not oversampled.
typedef enum RateMode {
    RATE_SAME,      // not at all: it is the model's, or the model does not tell
    RATE_DELAYED,   // an integer multiple: by delaying the recurrent state, without latency
    RATE_RESAMPLED, // any other: by converting the audio to the model's rate and back
} RateMode;

typedef struct ModelStage ModelStage;

// ---- Any thread but the audio thread ----

// The stage of `model`, which may be freed afterwards, with the kernels of `isa` in a session of
// `session_rate` Hz; STATUS_UNSUPPORTED when that is more than 64 times from the model's.
// On success the caller owns *stage; on failure it is NULL.
Status model_stage_new(ModelStage **stage, const Model *model, Isa isa, double session_rate,
                       int channels, Diagnostic *diagnostic);

// The model's rate in Hz (0: unknown), and the instruction set in use.
double model_stage_model_rate(const ModelStage *stage);
Isa model_stage_isa(const ModelStage *stage);
RateMode model_stage_rate_mode(const ModelStage *stage) REALTIME;

// At the factor that was set last: frames of the session by which the output is late, exactly,
// which half-band filters add none to; by how many frames their minimum phase lets low frequencies
// lag behind that.
int model_stage_latency(const ModelStage *stage) REALTIME;
int model_stage_lag(const ModelStage *stage) REALTIME;

// NULL is fine.
void model_stage_free(ModelStage *stage);

// ---- Audio thread ----

// Back to the state after model_stage_new, knobs and oversampling excepted.
void model_stage_reset(ModelStage *stage) REALTIME;

// Moves a knob (others than the model's are ignored) to `value` in a straight line over
// `frames` frames; 0: at once. Held to no range.
void model_stage_set_knob(ModelStage *stage, int knob, float value, int frames) REALTIME;

// The same to `share` (0 to 1) of the knob's range; negative: to where the model has it.
void model_stage_turn_knob(ModelStage *stage, int knob, float share, int frames) REALTIME;

// Lets the engine run at `factor` (1, 2 or 4; 1 at first) times the model's rate at least. A
// session that is faster than the model counts towards it. With `frames` the sound goes over
// through a fade that long, once the filters are full, and after a fade that is under way; 0: at
// once.
void model_stage_set_oversampling(ModelStage *stage, int factor, int frames) REALTIME;

// Whether a knob is to stand elsewhere than where the model has it, and starts settled.
bool model_stage_is_turned(const ModelStage *stage) REALTIME;

// What is done to the levels, frame by frame; `calibrate`, `normalise` and `dc_block` are shares, 0
// to 1. Where they are 0, the stage is the engine, bit by bit.
typedef struct ModelStageLevels {
    float
        calibrate[MODEL_STAGE_BLOCK]; // the model hears the level of its recording, if it tells it
    float interface[MODEL_STAGE_BLOCK]; // for that: 0 dBFS, as a factor of 0 dBu
    float dc_block[MODEL_STAGE_BLOCK];
    float normalise[MODEL_STAGE_BLOCK]; // to model_stage_loudness, if the model tells its own
} ModelStageLevels;

// Runs `frames` (at most MODEL_STAGE_BLOCK) samples of every channel; not in place. After something
// unusable the engine starts anew, after silence of 20 ms. The result does not depend on block
// sizes. Input must be finite. Denormals: the caller switches them off.
void model_stage_run(ModelStage *stage, float *const *out, const float *const *in,
                     const ModelStageLevels *levels, int frames) REALTIME;

#endif
