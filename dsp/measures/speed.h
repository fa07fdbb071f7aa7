// SPDX-License-Identifier: ISC
// How fast a model runs in the engine on this machine.
#ifndef GRUFF_DSP_MEASURES_SPEED_H
#define GRUFF_DSP_MEASURES_SPEED_H

#include <stddef.h>

#include "dsp/base/status.h"
#include "dsp/network/model.h"

enum { SPEED_BLOCK = 64 }; // frames of a block, as a host would have it

// Puts the CPU time in s that the engine takes for a sample, with the best ISA, into *time: the
// median of a few runs over input[frames].
Status speed_measure(double *time, const Model *model, const float *input, size_t frames,
                     Diagnostic *diagnostic);

#endif
