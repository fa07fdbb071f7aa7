// SPDX-License-Identifier: ISC
#include "dsp/network/kernels/vec_avx2.h"

typedef float Number;

#include "plugin/tool/probe_body.h"

const ProbeLoops probe_avx2 = PROBE_TABLE;
