// SPDX-License-Identifier: ISC
// The JSON layout of Neural Amp Modeler (.nam), architecture LSTM: all weights in one list, with
// the state that each layer starts from.
#ifndef GRUFF_DSP_FILES_MODELS_NAM_H
#define GRUFF_DSP_FILES_MODELS_NAM_H

#include "dsp/base/status.h"
#include "dsp/files/models/tree.h"
#include "dsp/network/model.h"

// Fills the empty `model` from `root`. The diagnostic tells the key, not the file.
Status nam_read(Model *model, const Tree *root, Diagnostic *diagnostic);

#endif
