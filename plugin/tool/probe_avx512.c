// SPDX-License-Identifier: ISC
#include "dsp/network/kernels/vec_avx512.h"

typedef float Number;

#include "plugin/tool/probe_body.h"

const ProbeLoops probe_avx512 = PROBE_TABLE;
