// SPDX-License-Identifier: ISC
// How a model behaves away from what it was trained on: all that is measured of it, in one place,
// for gruff-model, the training's report and the model file.
#ifndef GRUFF_DSP_MEASURES_BEHAVIOUR_H
#define GRUFF_DSP_MEASURES_BEHAVIOUR_H

#include "dsp/measures/divergence.h"
#include "dsp/measures/levels.h"
#include "dsp/measures/sines.h"

typedef struct Behaviour {
    Divergence divergence;
    SineMap aliasing;
    Levels levels;
} Behaviour;

// Measures `model` with its knobs at their initial positions, at 48 kHz when it does not tell its
// rate. The same figures for the same model with the same instruction set. One to two seconds for a
// GRU of 16.
Status behaviour_measure(Behaviour *behaviour, const Model *model, Diagnostic *diagnostic);

#endif
