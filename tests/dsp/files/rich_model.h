// SPDX-License-Identifier: ISC
// A model with every kind of layer and activation, two knobs and every key in use; its numbers are
// any that floats can be.
#ifndef GRUFF_TESTS_DSP_FILES_RICH_MODEL_H
#define GRUFF_TESTS_DSP_FILES_RICH_MODEL_H

#include "dsp/network/model.h"

// The caller owns it.
Model *rich_model_new(void);

#endif
