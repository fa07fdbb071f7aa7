// SPDX-License-Identifier: ISC
// The JSON layout of GuitarML (Proteus, NeuralPi) and of the Automated-GuitarAmpModelling
// trainers: {"model_data": {...}, "state_dict": {"rec.weight_ih_l0", ..., "lin.bias"}}.
#ifndef GRUFF_DSP_FILES_MODELS_GUITARML_H
#define GRUFF_DSP_FILES_MODELS_GUITARML_H

#include "dsp/base/status.h"
#include "dsp/files/models/tree.h"
#include "dsp/network/model.h"

// Fills the empty `model` from `root`. The diagnostic tells the key, not the file.
Status guitarml_read(Model *model, const Tree *root, Diagnostic *diagnostic);

#endif
