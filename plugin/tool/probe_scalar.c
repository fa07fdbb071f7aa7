// SPDX-License-Identifier: ISC
// One double at a time, as the scalar reference computes.
#include "dsp/network/kernels/inline.h"

enum { LANES = 1 };
typedef double Number;
typedef double Vec;

INLINE Vec vec_load(const double *p) {
    return *p;
}
INLINE Vec vec_set(double x) {
    return x;
}
INLINE Vec vec_fma(Vec a, Vec b, Vec c) {
    return c + a * b;
}

#include "plugin/tool/probe_body.h"

const ProbeLoops probe_scalar = PROBE_TABLE;
