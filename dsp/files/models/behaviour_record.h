// SPDX-License-Identifier: ISC
// The object "behaviour" of a model file, and of what programs print as JSON:
//
//   {"calm": true or false, "calm_to": dB, "calm_verdict": text, "guitar": [5 dB], "noise": [2 dB],
//    "aliasing_loud": dB, "aliasing_soft": dB, "aliasing_verdict": text,
//    "steady": true or false, "gain": dB, "levels_verdict": text}
//
// Numbers that are not known are null.
#ifndef GRUFF_DSP_FILES_MODELS_BEHAVIOUR_RECORD_H
#define GRUFF_DSP_FILES_MODELS_BEHAVIOUR_RECORD_H

#include "dsp/files/models/tree.h"
#include "dsp/network/model.h"

// NULL when memory is short. For what is known.
Tree *behaviour_record_build(const ModelBehaviour *behaviour);

// Reads `object`. It is information only: what cannot be understood counts as missing, and without
// "calm" nothing is known.
void behaviour_record_read(ModelBehaviour *behaviour, const Tree *object);

#endif
