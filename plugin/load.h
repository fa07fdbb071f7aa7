// SPDX-License-Identifier: ISC
// From a model file to an engine that can run in this session: what all shells do.
#ifndef GRUFF_PLUGIN_LOAD_H
#define GRUFF_PLUGIN_LOAD_H

#include <stdbool.h>

#include "dsp/engine.h"
#include "dsp/status.h"

// Reads the model file `path`, packs it for the fastest ISA, and replays the test that the file
// has, if any. On success the caller owns *engine, `message` says in one line what was loaded, and
// `warning` what is wrong with it: a model that fails its own test plays all the same. Text is ""
// where there is nothing to say. On failure *engine is NULL and `message` says why. Not the audio
// thread.
Status load_engine(Engine **engine, const char *path, int channels, Diagnostic *message,
                   Diagnostic *warning);

// Whether the model was made for another rate than the session's `sample_rate` (Hz); `message` then
// says so, and is left alone otherwise. A model that does not tell its rate fits every session.
bool rate_differs(const Engine *engine, double sample_rate, Diagnostic *message);

#endif
