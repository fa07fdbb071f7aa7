// SPDX-License-Identifier: ISC
// A ModelPath is one model in a session of any rate, at one factor of oversampling: its engine,
// between what brings the audio to the engine's rate and what brings it back. Part of a ModelStage;
// nobody else includes this.
//
// The engine runs at `factor` (1, 2 or 4) times the model's rate at least, with as many states as
// that makes. Where the session's rate is an integer multiple of the model's, that counts towards
// the factor, and half-band filters do the rest; at any other rate the audio is converted straight
// to the engine's rate.
#ifndef GRUFF_DSP_CHAIN_MODEL_PATH_H
#define GRUFF_DSP_CHAIN_MODEL_PATH_H

#include "dsp/base/realtime.h"
#include "dsp/base/status.h"
#include "dsp/network/engine.h"

enum { MODEL_PATH_BLOCK = 128 }; // most frames of one model_path_run

typedef struct ModelPath ModelPath;

// ---- Any thread but the audio thread ----

// The rate in Hz that the engine runs at. A model whose rate is 0 has the session's.
double model_path_engine_rate(double session_rate, double model_rate, int factor);

// The path of `model`, which may be freed afterwards, with the kernels of `isa` in a session of
// `session_rate` Hz; STATUS_UNSUPPORTED when the rates are too far apart. On success the caller
// owns *path; on failure it is NULL.
Status model_path_new(ModelPath **path, const Model *model, Isa isa, double session_rate,
                      int factor, int channels, Diagnostic *diagnostic);

// NULL is fine.
void model_path_free(ModelPath *path);

const Engine *model_path_engine(const ModelPath *path);

// Whether the audio is converted between rates that are no integer multiples of each other.
bool model_path_is_resampled(const ModelPath *path);

// ---- Audio thread ----

// Frames of the session by which the output is late, exactly; by how many low frequencies lag
// behind that, rounded; and how many it takes until the filters have forgotten a start.
int model_path_latency(const ModelPath *path) REALTIME;
int model_path_lag(const ModelPath *path) REALTIME;
int model_path_filling(const ModelPath *path) REALTIME;

// Back to the state after model_path_new, with every knob where it was going.
void model_path_reset(ModelPath *path) REALTIME;

// Goes on where `from` is, a path of the same model, with its knobs where they were going. Silence
// was before in the filters.
void model_path_continue(ModelPath *path, const ModelPath *from) REALTIME;

// Moves knob `knob` of the model to `value`, finite, in a straight line over `frames` frames of the
// session; 0: at once.
void model_path_set_knob(ModelPath *path, int knob, float value, int frames) REALTIME;

// Runs `frames` (at most MODEL_PATH_BLOCK) samples of every channel; not in place. After something
// unusable the engine starts anew, after silence of 20 ms. The result does not depend on block
// sizes. Input must be finite.
void model_path_run(ModelPath *path, float *const *out, const float *const *in, int frames)
    REALTIME;

#endif
