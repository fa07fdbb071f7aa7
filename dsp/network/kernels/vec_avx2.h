// SPDX-License-Identifier: ISC
// Vectors of 8 floats, for AVX2 with FMA and for the 256-bit half of AVX-512.
#ifndef GRUFF_DSP_NETWORK_KERNELS_VEC_AVX2_H
#define GRUFF_DSP_NETWORK_KERNELS_VEC_AVX2_H

#include <immintrin.h>

#include "dsp/network/isa.h"
#include "dsp/network/kernels/inline.h"

#define VEC_ISA ISA_AVX2
enum {
    LANES = 8,
    VEC_REGISTERS = 16,
};
typedef __m256 Vec;

INLINE Vec vec_load(const float *p) {
    return _mm256_load_ps(p);
}
INLINE void vec_store(float *p, Vec v) {
    _mm256_store_ps(p, v);
}
INLINE Vec vec_set(float x) {
    return _mm256_set1_ps(x);
}
INLINE Vec vec_add(Vec a, Vec b) {
    return _mm256_add_ps(a, b);
}
INLINE Vec vec_sub(Vec a, Vec b) {
    return _mm256_sub_ps(a, b);
}
INLINE Vec vec_mul(Vec a, Vec b) {
    return _mm256_mul_ps(a, b);
}
INLINE Vec vec_div(Vec a, Vec b) {
    return _mm256_div_ps(a, b);
}
INLINE Vec vec_min(Vec a, Vec b) {
    return _mm256_min_ps(a, b);
}
INLINE Vec vec_max(Vec a, Vec b) {
    return _mm256_max_ps(a, b);
}
// c + a * b
INLINE Vec vec_fma(Vec a, Vec b, Vec c) {
    return _mm256_fmadd_ps(a, b, c);
}
// c - a * b
INLINE Vec vec_fnma(Vec a, Vec b, Vec c) {
    return _mm256_fnmadd_ps(a, b, c);
}
// sum += a * b. In assembly, because gcc often puts the result into another register, and then runs
// out of registers and moves sums to memory and back.
INLINE void vec_accumulate(Vec *sum, Vec a, Vec b) {
#if defined(__AVX512VL__)
    __asm__("vfmadd231ps %1, %2, %0" : "+v"(*sum) : "v"(a), "v"(b));
#else
    __asm__("vfmadd231ps %1, %2, %0" : "+x"(*sum) : "x"(a), "x"(b));
#endif
}
// To the nearest whole number.
INLINE Vec vec_round(Vec v) {
    return _mm256_round_ps(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
// v * 2^whole; `whole` in -125 .. 125.
INLINE Vec vec_scale(Vec v, Vec whole) {
    __m256i exponent = _mm256_slli_epi32(_mm256_cvtps_epi32(whole), 23);
    return _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(v), exponent));
}
// Lane i of the result is lane i ^ step; `step` is a constant.
INLINE Vec vec_shuffle_xor(Vec v, int step) {
    if (step / 4) {
        v = _mm256_permute2f128_ps(v, v, 1);
    }
    switch (step % 4) {
    case 1:
        return _mm256_permute_ps(v, 0xB1);
    case 2:
        return _mm256_permute_ps(v, 0x4E);
    case 3:
        return _mm256_permute_ps(v, 0x1B);
    default:
        return v;
    }
}
// Sum of the lanes.
INLINE float vec_sum(Vec v) {
    __m128 sum = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    sum = _mm_add_ps(sum, _mm_movehl_ps(sum, sum));
    return _mm_cvtss_f32(_mm_add_ss(sum, _mm_movehdup_ps(sum)));
}
// Keeps the compiler from computing early, and then holding in memory, what depends on *v.
INLINE void vec_hide(Vec *v) {
#if defined(__AVX512VL__)
    __asm__("" : "+v"(*v));
#else
    __asm__("" : "+x"(*v));
#endif
}

#endif
