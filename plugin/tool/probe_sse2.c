// SPDX-License-Identifier: ISC
#include "dsp/network/kernels/vec_sse2.h"

typedef float Number;

#include "plugin/tool/probe_body.h"

const ProbeLoops probe_sse2 = PROBE_TABLE;
