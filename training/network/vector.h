// SPDX-License-Identifier: ISC
// The vector of one ISA for the training kernels, by GCC's and clang's vector extensions. The
// including file sets LANES (and DOUBLE for double precision).
#ifndef GRUFF_TRAINING_NETWORK_VECTOR_H
#define GRUFF_TRAINING_NETWORK_VECTOR_H

#include <math.h>
#include <stdint.h>
#ifdef __SSE2__
#include <immintrin.h>
#endif

#ifdef DOUBLE
typedef double Real;
#else
typedef float Real;
#endif
typedef Real Vector __attribute__((vector_size(LANES * sizeof(Real))));

#define INLINE static inline __attribute__((always_inline))
#if defined(__clang__)
#define UNROLL _Pragma("unroll")
#else
#define UNROLL _Pragma("GCC unroll 32")
#endif

INLINE Vector splat(Real value) {
    return (Vector){0} + value;
}

INLINE double lane_sum(Vector v) {
    double sum = 0.0;
    for (int lane = 0; lane < LANES; lane++) {
        sum += (double)v[lane];
    }
    return sum;
}

#ifdef DOUBLE

// Weights of the gates are stored unscaled.
#define SCALE_SIGMOID 1.0
#define SCALE_TANH 1.0

// 1 / (1 + exp(y))
INLINE Vector sigmoid_of_negative(Vector y) {
    for (int lane = 0; lane < LANES; lane++) {
        y[lane] = 1.0 / (1.0 + exp(y[lane]));
    }
    return y;
}

INLINE Vector vector_tanh(Vector y) {
    for (int lane = 0; lane < LANES; lane++) {
        y[lane] = tanh(y[lane]);
    }
    return y;
}

#else

// Weights of the gates are stored times these, so that 2^y stands for exp.
#define SCALE_SIGMOID 1.4426950408889634
#define SCALE_TANH 2.8853900817779268

typedef int32_t Integers __attribute__((vector_size(LANES * sizeof(int32_t))));

INLINE Vector at_most(Vector a, Real bound) {
#if defined(__AVX512F__) && LANES == 16
    return (Vector)_mm512_min_ps((__m512)a, _mm512_set1_ps(bound));
#elif defined(__AVX2__) && LANES == 8
    return (Vector)_mm256_min_ps((__m256)a, _mm256_set1_ps(bound));
#else
    Integers less = a < bound;
    return (Vector)(((Integers)a & less) | ((Integers)splat(bound) & ~less));
#endif
}

INLINE Vector at_least(Vector a, Real bound) {
    return -at_most(-a, -bound);
}

INLINE Vector reciprocal(Vector a) {
#if defined(__AVX512F__) && LANES == 16
    Vector guess = (Vector)_mm512_rcp14_ps((__m512)a);
    return guess + guess * (splat(1.0f) - a * guess);
#else
    return splat(1.0f) / a;
#endif
}

// 2^y for |y| <= 80: round to nearest by the magic number 1.5 * 2^23, polynomial of degree 5 for
// the rest (minimax on [-1/2, 1/2], relative error 2.4e-7), exponent by integer addition.
INLINE Vector power_of_two(Vector y) {
    Vector shifted = y + 12582912.0f;
    Vector f = y - (shifted - 12582912.0f);
    Vector p = f * 1.3276471e-03f + 9.6755413e-03f;
    p = p * f + 5.5507133e-02f;
    p = p * f + 2.4022120e-01f;
    p = p * f + 6.9314697e-01f;
    p = p * f + 1.0000001e+00f;
    return (Vector)((Integers)p + ((Integers)shifted << 23));
}

// 1 / (1 + 2^y), relative accuracy also where it is small.
INLINE Vector sigmoid_of_negative(Vector y) {
    return reciprocal(power_of_two(at_least(at_most(y, 80.0f), -80.0f)) + 1.0f);
}

INLINE Vector vector_tanh(Vector y) {
    return 1.0f - 2.0f * sigmoid_of_negative(y);
}

#endif

#endif
