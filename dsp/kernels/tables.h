// SPDX-License-Identifier: ISC
// The tables, each defined in the file of its ISA.
#ifndef GRUFF_DSP_KERNELS_TABLES_H
#define GRUFF_DSP_KERNELS_TABLES_H

#include "dsp/kernels/kernels.h"

extern const Kernels kernels_scalar;
extern const Kernels kernels_sse2;
extern const Kernels kernels_avx2;
extern const Kernels kernels_avx512;
extern const Kernels kernels_neon;

#endif
