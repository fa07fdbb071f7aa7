// SPDX-License-Identifier: ISC
#include "dsp/network/kernels/vec_neon.h"

typedef float Number;

#include "plugin/tool/probe_body.h"

const ProbeLoops probe_neon = PROBE_TABLE;
