// SPDX-License-Identifier: ISC
// Whether a model sounds the same on every machine. All kernels agree but for rounding; a network
// that amplifies rounding, as chaotic ones do, differs from one instruction set to the next.
#ifndef GRUFF_DSP_MEASURES_AGREEMENT_H
#define GRUFF_DSP_MEASURES_AGREEMENT_H

#include "dsp/network/selftest.h"

typedef struct Agreement {
    Isa isa;       // that differs most from the model's test
    Selftest test; // how it comes out there
} Agreement;

// Replays the test that `model` comes with, with each instruction set of this machine.
Status agreement_find(Agreement *agreement, const Model *model, Diagnostic *diagnostic);

// What to tell whoever trained it, in `text`: "" when all agree.
void agreement_describe(const Agreement *agreement, Diagnostic *text);

#endif
