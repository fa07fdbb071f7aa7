// SPDX-License-Identifier: ISC
// Vectors of 4 floats, for 64-bit Arm.
#ifndef GRUFF_DSP_NETWORK_KERNELS_VEC_NEON_H
#define GRUFF_DSP_NETWORK_KERNELS_VEC_NEON_H

#include <arm_neon.h>

#include "dsp/network/isa.h"
#include "dsp/network/kernels/inline.h"

#define VEC_ISA ISA_NEON
enum {
    LANES = 4,
    VEC_REGISTERS = 32,
};
typedef float32x4_t Vec;

INLINE Vec vec_load(const float *p) {
    return vld1q_f32(p);
}
INLINE void vec_store(float *p, Vec v) {
    vst1q_f32(p, v);
}
INLINE Vec vec_set(float x) {
    return vdupq_n_f32(x);
}
INLINE Vec vec_add(Vec a, Vec b) {
    return vaddq_f32(a, b);
}
INLINE Vec vec_sub(Vec a, Vec b) {
    return vsubq_f32(a, b);
}
INLINE Vec vec_mul(Vec a, Vec b) {
    return vmulq_f32(a, b);
}
INLINE Vec vec_div(Vec a, Vec b) {
    return vdivq_f32(a, b);
}
INLINE Vec vec_min(Vec a, Vec b) {
    return vminq_f32(a, b);
}
INLINE Vec vec_max(Vec a, Vec b) {
    return vmaxq_f32(a, b);
}
// c + a * b
INLINE Vec vec_fma(Vec a, Vec b, Vec c) {
    return vfmaq_f32(c, a, b);
}
// c - a * b
INLINE Vec vec_fnma(Vec a, Vec b, Vec c) {
    return vfmsq_f32(c, a, b);
}
// sum += a * b
INLINE void vec_accumulate(Vec *sum, Vec a, Vec b) {
    *sum = vec_fma(a, b, *sum);
}
// To the nearest whole number.
INLINE Vec vec_round(Vec v) {
    return vrndnq_f32(v);
}
// v * 2^whole; `whole` in -125 .. 125.
INLINE Vec vec_scale(Vec v, Vec whole) {
    int32x4_t exponent = vshlq_n_s32(vcvtq_s32_f32(whole), 23);
    return vreinterpretq_f32_s32(vaddq_s32(vreinterpretq_s32_f32(v), exponent));
}
// Lane i of the result is lane i ^ step; `step` is a constant.
INLINE Vec vec_shuffle_xor(Vec v, int step) {
    switch (step % 4) {
    case 1:
        return vrev64q_f32(v);
    case 2:
        return vextq_f32(v, v, 2);
    case 3:
        return vrev64q_f32(vextq_f32(v, v, 2));
    default:
        return v;
    }
}
// Sum of the lanes.
INLINE float vec_sum(Vec v) {
    return vaddvq_f32(v);
}
// Keeps the compiler from computing early, and then holding in memory, what depends on *v.
INLINE void vec_hide(Vec *v) {
    __asm__("" : "+w"(*v));
}

#endif
