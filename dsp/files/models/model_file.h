// SPDX-License-Identifier: ISC
// Model files. Reads Keras JSON as AIDA-X and RTNeural use it, GuitarML JSON and the LSTMs of NAM,
// whatever the file is called; writes Keras JSON.
#ifndef GRUFF_DSP_FILES_MODELS_MODEL_FILE_H
#define GRUFF_DSP_FILES_MODELS_MODEL_FILE_H

#include <stddef.h>

#include "dsp/base/status.h"
#include "dsp/network/model.h"

// Reads the model file `path`. On success the caller owns *model; on failure *model is NULL and
// the diagnostic names the file, the place in it and the cause. Never the audio thread.
Status model_file_read(Model **model, const char *path, Diagnostic *diagnostic);

// The same from `length` bytes of memory; `name` stands for the file in diagnostics.
Status model_file_parse(Model **model, const char *text, size_t length, const char *name,
                        Diagnostic *diagnostic);

// Writes `model` to `path` whole or not at all (beside it, then renamed). A float survives the
// round trip bit by bit. What could not be read again is not written: STATUS_BAD_MODEL.
Status model_file_write(const Model *model, const char *path, Diagnostic *diagnostic);

#endif
