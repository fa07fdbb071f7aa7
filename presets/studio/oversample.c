// SPDX-License-Identifier: ISC
#include "presets/studio/oversample.h"

#include <math.h>

#include "dsp/base/memory.h"

// A windowed sinc of REACH samples either way at the low rate. The two filters together delay by
// 2 * REACH samples, which are fed in after the end and left out at the start.
enum {
    REACH = 32,
    WIDTH = 2 * REACH,         // low samples under the filter
    TAPS = WIDTH * OVERSAMPLE, // the middle one is TAPS / 2; the first is zero
};

static const double pi = 3.14159265358979323846;
static const double cutoff = 0.458; // of the low rate: between the pass band and half the rate
static const double kaiser_beta = 8.96;

typedef struct Oversampler {
    double up_taps[OVERSAMPLE][WIDTH]; // of each phase, for the oldest sample first
    double down_taps[TAPS];
    double low[2 * WIDTH]; // written twice, so that the newest WIDTH are always in one piece
    double high[2 * TAPS];
    int low_at, high_at;
} Oversampler;

// Modified Bessel function of order zero (its power series).
static double bessel(double x) {
    double sum = 1.0, term = 1.0;
    for (int k = 1; k < 60; k++) {
        term *= x / (2.0 * k) * (x / (2.0 * k));
        sum += term;
    }
    return sum;
}

// Tap at `t` samples of the low rate from the middle.
static double tap(double t) {
    double x = 2.0 * cutoff * t;
    double sinc = t == 0.0 ? 1.0 : sin(pi * x) / (pi * x);
    double edge = t / REACH;
    return sinc * bessel(kaiser_beta * sqrt(fmax(0.0, 1.0 - edge * edge)));
}

static void design(Oversampler *o) {
    double taps[TAPS] = {0.0}, sum = 0.0;
    const int middle = TAPS / 2;
    for (int i = 1; i < TAPS; i++) {
        taps[i] = tap((double)(i - middle) / OVERSAMPLE);
        sum += taps[i];
    }
    for (int i = 0; i < TAPS; i++) {
        int back = TAPS - 1 - i;
        o->down_taps[i] = taps[back] / sum;
        o->up_taps[back % OVERSAMPLE][i / OVERSAMPLE] = taps[back] * OVERSAMPLE / sum;
    }
}

// Four sums side by side: one alone would wait for every addition. `count` is a multiple of 4.
static double dot(const double *a, const double *b, int count) {
    double sums[4] = {0.0};
    for (int i = 0; i < count; i += 4) {
        for (int k = 0; k < 4; k++) {
            sums[k] += a[i + k] * b[i + k];
        }
    }
    return sums[0] + sums[1] + sums[2] + sums[3];
}

// Adds the newest of `size` samples and answers where the oldest one is.
static const double *push(double *history, int *at, int size, double value) {
    history[*at] = history[*at + size] = value;
    *at = (*at + 1) % size;
    return history + *at;
}

// One sample in, OVERSAMPLE through the process, one out: 2 * REACH samples late.
static double advance(Oversampler *o, double in, OversampleStep *step, void *state) {
    const double *low = push(o->low, &o->low_at, WIDTH, in);
    double out = 0.0;
    for (int phase = 0; phase < OVERSAMPLE; phase++) {
        double value = step(state, dot(o->up_taps[phase], low, WIDTH));
        const double *high = push(o->high, &o->high_at, TAPS, value);
        if (phase == 0) {
            out = dot(o->down_taps, high, TAPS);
        }
    }
    return out;
}

Status oversample(float *out, const float *in, size_t frames, OversampleStep *step, void *state,
                  Diagnostic *diagnostic) {
    Oversampler *o = memory_new(1, sizeof *o);
    if (!o) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the oversampling filter");
    }
    design(o);
    for (size_t i = 0; i < frames + WIDTH; i++) {
        double value = advance(o, i < frames ? (double)in[i] : 0.0, step, state);
        if (i >= WIDTH) {
            out[i - WIDTH] = (float)value;
        }
    }
    memory_free(o);
    return STATUS_OK;
}
