// SPDX-License-Identifier: ISC
// From a model file to an engine that can run in this session: what all shells do.
#ifndef GRUFF_PLUGIN_LOAD_H
#define GRUFF_PLUGIN_LOAD_H

#include <stdbool.h>

#include "dsp/engine.h"
#include "dsp/status.h"

// Reads the model file `path` and packs it for the fastest ISA. On success the caller owns *engine,
// and `message` says in one line what was loaded, and that the model's rate is not `sample_rate`
// (Hz) where that is so. On failure *engine is NULL and `message` says why. Not the audio thread.
Status load_engine(Engine **engine, const char *path, double sample_rate, int channels,
                   Diagnostic *message);

// Whether an engine's model was made for another rate; false when the model does not tell.
bool rate_differs(const Engine *engine, double sample_rate);

#endif
