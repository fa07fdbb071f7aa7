// SPDX-License-Identifier: ISC
// From files to a stage and a cabinet that can run in this session: what all shells do.
#ifndef GRUFF_PLUGIN_SESSION_LOAD_H
#define GRUFF_PLUGIN_SESSION_LOAD_H

#include "dsp/base/status.h"
#include "dsp/chain/cabinet.h"
#include "dsp/chain/model_stage.h"

// Reads a model from the `length` bytes of its file's text, and replays the test that it has, if
// any. `path` stands for the file in messages. On success the caller owns *model, `message` says in
// one line what was loaded, and what is wrong with it is put before `warning`: a model that fails
// its own test plays all the same. On failure *model is NULL and `message` says why. Not the audio
// thread.
Status load_model(Model **model, const char *text, size_t length, const char *path,
                  Diagnostic *message, Diagnostic *warning);

// The stage of `model`, read from `path`, in a session of `sample_rate` Hz, with the fastest
// kernels of the machine. Adds to `message` how a model that was made for another rate is brought
// to it. On failure *stage is NULL and `message` says why. Not the audio thread.
Status load_stage(ModelStage **stage, const Model *model, const char *path, double sample_rate,
                  int channels, Diagnostic *message);

// The cabinet of the impulse response in the file `path`, "" for none, in a session of
// `sample_rate` Hz. `message` says what was loaded, or why not; on failure *cabinet is NULL. Not
// the audio thread.
Status load_cabinet(Cabinet **cabinet, const char *path, double sample_rate, int channels,
                    Diagnostic *message);

// The same for an impulse response, NULL for none, that was read from `path`.
Status load_cabinet_of(Cabinet **cabinet, const ImpulseResponse *impulse, const char *path,
                       double sample_rate, int channels, Diagnostic *message);

#endif
