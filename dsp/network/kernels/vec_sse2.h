// SPDX-License-Identifier: ISC
// Vectors of 4 floats, for any x86-64.
#ifndef GRUFF_DSP_NETWORK_KERNELS_VEC_SSE2_H
#define GRUFF_DSP_NETWORK_KERNELS_VEC_SSE2_H

#include <emmintrin.h>

#include "dsp/network/isa.h"
#include "dsp/network/kernels/inline.h"

#define VEC_ISA ISA_SSE2
enum {
    LANES = 4,
    VEC_REGISTERS = 16,
};
typedef __m128 Vec;

INLINE Vec vec_load(const float *p) {
    return _mm_load_ps(p);
}
INLINE void vec_store(float *p, Vec v) {
    _mm_store_ps(p, v);
}
INLINE Vec vec_set(float x) {
    return _mm_set1_ps(x);
}
INLINE Vec vec_add(Vec a, Vec b) {
    return _mm_add_ps(a, b);
}
INLINE Vec vec_sub(Vec a, Vec b) {
    return _mm_sub_ps(a, b);
}
INLINE Vec vec_mul(Vec a, Vec b) {
    return _mm_mul_ps(a, b);
}
INLINE Vec vec_div(Vec a, Vec b) {
    return _mm_div_ps(a, b);
}
INLINE Vec vec_min(Vec a, Vec b) {
    return _mm_min_ps(a, b);
}
INLINE Vec vec_max(Vec a, Vec b) {
    return _mm_max_ps(a, b);
}
// c + a * b, rounded twice
INLINE Vec vec_fma(Vec a, Vec b, Vec c) {
    return _mm_add_ps(c, _mm_mul_ps(a, b));
}
// c - a * b, rounded twice
INLINE Vec vec_fnma(Vec a, Vec b, Vec c) {
    return _mm_sub_ps(c, _mm_mul_ps(a, b));
}
// sum += a * b
INLINE void vec_accumulate(Vec *sum, Vec a, Vec b) {
    *sum = vec_fma(a, b, *sum);
}
// To the nearest whole number; v in the range of an int.
INLINE Vec vec_round(Vec v) {
    return _mm_cvtepi32_ps(_mm_cvtps_epi32(v));
}
// v * 2^whole; `whole` in -125 .. 125.
INLINE Vec vec_scale(Vec v, Vec whole) {
    __m128i exponent = _mm_slli_epi32(_mm_cvtps_epi32(whole), 23);
    return _mm_castsi128_ps(_mm_add_epi32(_mm_castps_si128(v), exponent));
}
// Lane i of the result is lane i ^ step; `step` is a constant.
INLINE Vec vec_shuffle_xor(Vec v, int step) {
    switch (step % 4) {
    case 1:
        return _mm_shuffle_ps(v, v, 0xB1);
    case 2:
        return _mm_shuffle_ps(v, v, 0x4E);
    case 3:
        return _mm_shuffle_ps(v, v, 0x1B);
    default:
        return v;
    }
}
// Sum of the lanes.
INLINE float vec_sum(Vec v) {
    v = _mm_add_ps(v, _mm_movehl_ps(v, v));
    return _mm_cvtss_f32(_mm_add_ss(v, _mm_shuffle_ps(v, v, 0x55)));
}
// Keeps the compiler from computing early, and then holding in memory, what depends on *v.
INLINE void vec_hide(Vec *v) {
    __asm__("" : "+x"(*v));
}

#endif
