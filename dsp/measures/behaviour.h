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

// Measures `model`, at 48 kHz when it does not tell its rate, with its knobs at their initial
// positions; of the divergence, with knobs, the worst of that, all at their least and all at their
// most. The same figures for the same model with the same instruction set. About a second for a GRU
// of 16, two with knobs.
Status behaviour_measure(Behaviour *behaviour, const Model *model, Diagnostic *diagnostic);

// The same but for the divergence, which stays as it is.
Status behaviour_measure_output(Behaviour *behaviour, const Model *model, Diagnostic *diagnostic);

// What a model's file is to say of its divergence alone; the rest is unknown.
void behaviour_record_calm(ModelBehaviour *record, const Divergence *divergence);

// What a model's file is to say of it: figures to a tenth of a dB, verdicts in words.
void behaviour_record(ModelBehaviour *record, const Behaviour *behaviour);

#endif
