// SPDX-License-Identifier: ISC
// Vectors of 16 floats, for AVX-512.
#ifndef GRUFF_DSP_NETWORK_KERNELS_VEC_AVX512_H
#define GRUFF_DSP_NETWORK_KERNELS_VEC_AVX512_H

#include <immintrin.h>

#include "dsp/network/isa.h"
#include "dsp/network/kernels/inline.h"

#define VEC_ISA ISA_AVX512
enum {
    LANES = 16,
    VEC_REGISTERS = 32,
};
typedef __m512 Vec;

INLINE Vec vec_load(const float *p) {
    return _mm512_load_ps(p);
}
INLINE void vec_store(float *p, Vec v) {
    _mm512_store_ps(p, v);
}
INLINE Vec vec_set(float x) {
    return _mm512_set1_ps(x);
}
INLINE Vec vec_add(Vec a, Vec b) {
    return _mm512_add_ps(a, b);
}
INLINE Vec vec_sub(Vec a, Vec b) {
    return _mm512_sub_ps(a, b);
}
INLINE Vec vec_mul(Vec a, Vec b) {
    return _mm512_mul_ps(a, b);
}
INLINE Vec vec_div(Vec a, Vec b) {
#ifdef FAST_ACTIVATIONS
    return _mm512_mul_ps(a, _mm512_rcp14_ps(b));
#else
    return _mm512_div_ps(a, b);
#endif
}
INLINE Vec vec_min(Vec a, Vec b) {
    return _mm512_min_ps(a, b);
}
INLINE Vec vec_max(Vec a, Vec b) {
    return _mm512_max_ps(a, b);
}
// c + a * b
INLINE Vec vec_fma(Vec a, Vec b, Vec c) {
    return _mm512_fmadd_ps(a, b, c);
}
// c - a * b
INLINE Vec vec_fnma(Vec a, Vec b, Vec c) {
    return _mm512_fnmadd_ps(a, b, c);
}
// sum += a * b, as in vec_avx2.h.
INLINE void vec_accumulate(Vec *sum, Vec a, Vec b) {
    __asm__("vfmadd231ps %1, %2, %0" : "+v"(*sum) : "v"(a), "v"(b));
}
// To the nearest whole number.
INLINE Vec vec_round(Vec v) {
    return _mm512_roundscale_ps(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
// v * 2^whole; `whole` in -125 .. 125.
INLINE Vec vec_scale(Vec v, Vec whole) {
    return _mm512_scalef_ps(v, whole);
}
// Lane i of the result is lane i ^ step; `step` is a constant.
INLINE Vec vec_shuffle_xor(Vec v, int step) {
    switch (step / 4) {
    case 1:
        v = _mm512_shuffle_f32x4(v, v, 0xB1);
        break;
    case 2:
        v = _mm512_shuffle_f32x4(v, v, 0x4E);
        break;
    case 3:
        v = _mm512_shuffle_f32x4(v, v, 0x1B);
        break;
    default:
        break;
    }
    switch (step % 4) {
    case 1:
        return _mm512_permute_ps(v, 0xB1);
    case 2:
        return _mm512_permute_ps(v, 0x4E);
    case 3:
        return _mm512_permute_ps(v, 0x1B);
    default:
        return v;
    }
}
// The same, where `step` is not a constant.
INLINE Vec vec_shuffle_xor_any(Vec v, int step) {
    __m512i lane = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    return _mm512_permutexvar_ps(_mm512_xor_si512(lane, _mm512_set1_epi32(step)), v);
}
// Sum of the lanes.
INLINE float vec_sum(Vec v) {
    __m256 half = _mm256_add_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1));
    __m128 sum = _mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
    sum = _mm_add_ps(sum, _mm_movehl_ps(sum, sum));
    return _mm_cvtss_f32(_mm_add_ss(sum, _mm_movehdup_ps(sum)));
}
// Keeps the compiler from computing early, and then holding in memory, what depends on *v.
INLINE void vec_hide(Vec *v) {
    __asm__("" : "+v"(*v));
}

#endif
