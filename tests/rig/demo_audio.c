// SPDX-License-Identifier: ISC
#include "tests/rig/demo_audio.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dsp/signals/guitar.h"
#include "dsp/signals/score.h"
#include "presets/studio/circuit.h"
#include "presets/studio/oversample.h"

static double pedal(void *state, double volts) {
    return 0.45 * circuit_step(state, volts);
}

void demo_audio(float *input, float *target, size_t frames) {
    Score score;
    Circuit circuit;
    assert_int_equal(score_compose(&score, (double)frames / DEMO_RATE, 2, 5, NULL), 0);
    assert_int_equal(guitar_play(input, frames, DEMO_RATE, &score, 0.7, 6, NULL), 0);
    score_clear(&score);
    circuit_init(&circuit, (double)DEMO_RATE * OVERSAMPLE);
    assert_int_equal(oversample(target, input, frames, pedal, &circuit, NULL), 0);
}

void demo_drift(float *to, const float *from, size_t frames, double ppm) {
    for (size_t n = 0; n < frames; n++) {
        double place = (double)n * (1.0 + ppm * 1e-6);
        size_t i = (size_t)place;
        if (i < 1 || i + 2 >= frames) {
            to[n] = 0.0f;
            continue;
        }
        double f = place - (double)i;
        double a = from[i - 1], b = from[i], c = from[i + 1], d = from[i + 2];
        double odd = 1.5 * (b - c) + 0.5 * (d - a), even = a - 2.5 * b + 2.0 * c - 0.5 * d;
        to[n] = (float)(((odd * f + even) * f + 0.5 * (c - a)) * f + b);
    }
}
