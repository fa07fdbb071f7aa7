// SPDX-License-Identifier: ISC
// The Keras JSON layout of a model, as RTNeural and AIDA-X read it and their trainers write it:
// {"in_shape": [null, null, inputs], "layers": [{"type", "activation", "shape", "weights"}, ...]}
// and the optional keys in_skip, in_gain, out_gain (dB), samplerate (Hz), metadata.
#ifndef GRUFF_DSP_FILES_KERAS_H
#define GRUFF_DSP_FILES_KERAS_H

#include "dsp/files/tree.h"
#include "dsp/model.h"
#include "dsp/status.h"

// Fills the empty `model` from `root`. The diagnostic tells layer and array, not the file.
Status keras_read(Model *model, const Tree *root, Diagnostic *diagnostic);

// The tree for a model that model_check accepts; NULL when memory is short or a text of its info
// is not UTF-8.
Tree *keras_build(const Model *model);

#endif
