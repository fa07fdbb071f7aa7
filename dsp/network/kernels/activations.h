// SPDX-License-Identifier: ISC
// The activations as vector code, for any ISA whose vec_*.h comes before this file. Errors are
// tested in tests/dsp/network/check_activations.c. With FAST_ACTIVATIONS they are the approximate
// set: fewer terms, and AVX-512 divides by an approximate reciprocal (relative error up to 2^-14).
// Even then the small tails are relatively exact, because slow units live there.
//                                exact                       fast
//   tanh, absolute error          3e-7 (without FMA 3.5e-7)   5e-5, AVX-512 1.2e-4
//   sigmoid, relative error       3e-7                        1e-4, AVX-512 1.5e-4
#ifndef GRUFF_DSP_NETWORK_KERNELS_ACTIVATIONS_H
#define GRUFF_DSP_NETWORK_KERNELS_ACTIVATIONS_H

#define LOG2_E 1.4426950408889634

// tanh(x) takes its argument multiplied by this, which makes the leading coefficients one.
#ifdef FAST_ACTIVATIONS
#define TANH_SCALE 0.0518409902737
#define TANH_LIMIT 0.259204951f
#else
#define TANH_SCALE 0.0172541278367
#define TANH_LIMIT 0.151836261f
#endif

// The constants of both functions. They are read where they are used: compilers that keep them in
// registers all the time run out of registers for the sums.
typedef struct ActivationConstants {
    float limit, minus_limit, limit_squared;
    float p[4], q[4]; // x P(x^2) / Q(x^2), both with leading coefficient 1
    float one, exponent_limit, minus_exponent_limit;
    float exp2[6];
} ActivationConstants;

static const ActivationConstants activation_constants = {
    .limit = TANH_LIMIT,
    .minus_limit = -TANH_LIMIT,
    .limit_squared = TANH_LIMIT * TANH_LIMIT,
    .one = 1.0f,
    .exponent_limit = 125.0f,
    .minus_exponent_limit = -125.0f,
#ifdef FAST_ACTIVATIONS
    .p = {0.0110157301f, 0.417113181f},
    .q = {0.000571174148f, 0.0923503939f},
    .exp2 = {0.9999280091f, 0.6932610589f, 0.2426122126f, 0.05517180658f},
#else
    .p = {5.79957998e-07f, 0.000260782341f, 0.0229185298f, 0.455681682f},
    .q = {1.00066693e-08f, 1.57038012e-05f, 0.00292450748f, 0.125047162f},
    .exp2 = {1.000000072f, 0.6931469669f, 0.2402211974f, 0.05550713466f, 0.009675540837f,
             0.001327640989f},
#endif
};

INLINE const ActivationConstants *read_constants(void) {
    const ActivationConstants *constants = &activation_constants;
    __asm__ volatile("" : "+r"(constants)); // as if it were another address each time
    return constants;
}

// tanh(x / TANH_SCALE) = numerator / denominator: the minimax rational function of degrees 9 and 8
// on -8.8 .. 8.8 (Lawson's iteration; error 1.5e-8), clamped constant outside; then the
// coefficients were moved by a few units in the last place to where single precision loses least.
// The denominator is between 1e-8 and 1e-5. Fast: degrees 5 and 4 on -5 .. 5, error 4.6e-5; the
// denominator is between 5e-4 and 0.02.
INLINE void tanh_fraction(const ActivationConstants *k, Vec x, Vec *numerator, Vec *denominator) {
    Vec clamped = vec_max(vec_min(x, vec_set(k->limit)), vec_set(k->minus_limit));
    Vec u = vec_min(vec_mul(x, x), vec_set(k->limit_squared));
#ifdef FAST_ACTIVATIONS
    Vec p12 = vec_add(u, vec_set(k->p[1]));
    Vec q12 = vec_add(u, vec_set(k->q[1]));
    *numerator = vec_mul(clamped, vec_fma(u, p12, vec_set(k->p[0])));
    *denominator = vec_fma(u, q12, vec_set(k->q[0]));
#else
    Vec u2 = vec_mul(u, u);
    Vec p01 = vec_fma(u, vec_set(k->p[1]), vec_set(k->p[0]));
    Vec p234 = vec_add(u2, vec_fma(u, vec_set(k->p[3]), vec_set(k->p[2])));
    Vec q01 = vec_fma(u, vec_set(k->q[1]), vec_set(k->q[0]));
    Vec q234 = vec_add(u2, vec_fma(u, vec_set(k->q[3]), vec_set(k->q[2])));
    *numerator = vec_fma(vec_mul(clamped, u2), p234, vec_mul(clamped, p01));
    *denominator = vec_fma(u2, q234, q01);
#endif
}

INLINE Vec scaled_tanh(Vec x) {
    Vec numerator;
    Vec denominator;
    tanh_fraction(read_constants(), x, &numerator, &denominator);
    return vec_div(numerator, denominator);
}

// 2^x for x in -125 .. 125: 2^f is its minimax polynomial of degree 5 on -1/2 .. 1/2 (relative
// error 7.5e-8). Fast: of degree 3 (7.5e-5).
INLINE Vec power_of_two(const ActivationConstants *k, Vec x) {
    Vec whole = vec_round(x);
    Vec f = vec_sub(x, whole);
    Vec f2 = vec_mul(f, f);
    Vec p01 = vec_fma(f, vec_set(k->exp2[1]), vec_set(k->exp2[0]));
    Vec p23 = vec_fma(f, vec_set(k->exp2[3]), vec_set(k->exp2[2]));
#ifndef FAST_ACTIVATIONS
    p23 = vec_fma(f2, vec_fma(f, vec_set(k->exp2[5]), vec_set(k->exp2[4])), p23);
#endif
    return vec_scale(vec_fma(f2, p23, p01), whole);
}

INLINE Vec clamped_power_of_two(const ActivationConstants *k, Vec x) {
    x = vec_max(vec_min(x, vec_set(k->exponent_limit)), vec_set(k->minus_exponent_limit));
    return power_of_two(k, x);
}

// 1 / (1 + 2^x), relatively exact for x up to 125. With x = log2(e) * a this is
// 1 - sigmoid(a), exact in the small tail, where slow units live.
INLINE Vec inverse_one_plus_exp2(Vec x) {
    const ActivationConstants *k = read_constants();
    Vec power = clamped_power_of_two(k, x);
    return vec_div(vec_set(k->one), vec_add(vec_set(k->one), power));
}

#endif
