// SPDX-License-Identifier: ISC
// The Keras JSON layout of a model, as RTNeural and AIDA-X read it and their trainers write it:
// {"in_shape": [null, null, inputs], "layers": [{"type", "activation", "shape", "weights"}, ...]}
// and the optional keys in_skip, in_gain, out_gain (dB), samplerate (Hz), metadata, input_batch,
// output_batch; and an object "gruff" with what only this project writes (see extras.h).
#ifndef GRUFF_DSP_FILES_MODELS_KERAS_H
#define GRUFF_DSP_FILES_MODELS_KERAS_H

#include <stdbool.h>

#include "dsp/base/status.h"
#include "dsp/files/models/tree.h"
#include "dsp/network/model.h"

// Fills the empty `model` from `root`. The diagnostic tells layer and array, not the file.
Status keras_read(Model *model, const Tree *root, Diagnostic *diagnostic);

// The part of it that reads "layers"; model->knobs is set already.
Status keras_read_layers(Model *model, const Tree *layers, Diagnostic *diagnostic);

// The last number of the array `shape`; false unless it is whole and within 1 .. most.
bool keras_read_size(const Tree *shape, int most, int *size);

// The tree for a model that model_check accepts; NULL when memory is short or a text of its info
// is not UTF-8.
Tree *keras_build(const Model *model);

#endif
