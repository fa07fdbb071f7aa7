// SPDX-License-Identifier: ISC
// The equations of dsp/network/model.h written down once more, in double precision and plain loops.
#ifndef GRUFF_TESTS_DSP_NETWORK_EQUATIONS_H
#define GRUFF_TESTS_DSP_NETWORK_EQUATIONS_H

#include "dsp/network/model.h"

// Of all layers: h, and the cells of an LSTM.
typedef struct EquationState {
    double h[MODEL_MAX_LAYERS][MODEL_MAX_HIDDEN];
    double s[MODEL_MAX_LAYERS][MODEL_MAX_HIDDEN];
} EquationState;

// Where a model starts.
void equations_start(const Model *model, EquationState *state);

// The output for one sample of the input.
double equations_step(const Model *model, EquationState *state, double sample, const float *knobs);

#endif
