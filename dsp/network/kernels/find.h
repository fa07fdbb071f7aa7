// SPDX-License-Identifier: ISC
// The tables of this build.
#ifndef GRUFF_DSP_NETWORK_KERNELS_FIND_H
#define GRUFF_DSP_NETWORK_KERNELS_FIND_H

#include <stdbool.h>

#include "dsp/network/isa.h"
#include "dsp/network/kernels/kernels.h"

// The table of `isa`, with exact or with fast activations (see activations.h); NULL when this build
// has none, as for fast ones of the scalar reference. Does not ask the machine.
const Kernels *kernels_find(Isa isa, bool fast);

#endif
