// SPDX-License-Identifier: ISC
// The activations as vector code, for any ISA whose vec_*.h comes before this file. Errors are
// tested in tests/check_kernels.c.
#ifndef GRUFF_DSP_KERNELS_ACTIVATIONS_H
#define GRUFF_DSP_KERNELS_ACTIVATIONS_H

// tanh(x) takes its argument multiplied by this, which makes the leading coefficients one.
#define TANH_SCALE 0.0172541278367
#define LOG2_E 1.4426950408889634

// tanh(x / TANH_SCALE), absolute error below 3e-7 (without FMA 3.5e-7): the minimax rational
// function of degrees 9 and 8 on -8.8 .. 8.8 (Lawson's iteration; error 1.5e-8), held constant
// outside; then the coefficients were moved by a few units in the last place to where single
// precision loses least.
INLINE Vec scaled_tanh(Vec x) {
    const float limit = 0.151836261f;
    Vec held = vec_max(vec_min(x, vec_set(limit)), vec_set(-limit));
    Vec u = vec_min(vec_mul(x, x), vec_set(limit * limit));
    Vec u2 = vec_mul(u, u);
    Vec p01 = vec_fma(u, vec_set(0.000260782341f), vec_set(5.79957998e-07f));
    Vec p234 = vec_add(u2, vec_fma(u, vec_set(0.455681682f), vec_set(0.0229185298f)));
    Vec q01 = vec_fma(u, vec_set(1.57038012e-05f), vec_set(1.00066693e-08f));
    Vec q234 = vec_add(u2, vec_fma(u, vec_set(0.125047162f), vec_set(0.00292450748f)));
    return vec_div(vec_mul(held, vec_fma(u2, p234, p01)), vec_fma(u2, q234, q01));
}

// 1 / (1 + 2^x), relative error below 3e-7 for x up to 125. With x = log2(e) * a this is
// 1 - sigmoid(a), exact in the small tail, where slow units live. 2^f is its minimax polynomial of
// degree 5 on -1/2 .. 1/2 (relative error 7.5e-8).
INLINE Vec inverse_one_plus_exp2(Vec x) {
    const float limit = 125.0f;
    x = vec_max(vec_min(x, vec_set(limit)), vec_set(-limit));
    Vec whole = vec_round(x);
    Vec f = vec_sub(x, whole);
    Vec f2 = vec_mul(f, f);
    Vec p01 = vec_fma(f, vec_set(0.6931469669f), vec_set(1.000000072f));
    Vec p23 = vec_fma(f, vec_set(0.05550713466f), vec_set(0.2402211974f));
    Vec p45 = vec_fma(f, vec_set(0.001327640989f), vec_set(0.009675540837f));
    Vec power = vec_scale(vec_fma(f2, vec_fma(f2, p45, p23), p01), whole);
    return vec_div(vec_set(1.0f), vec_add(vec_set(1.0f), power));
}

#endif
