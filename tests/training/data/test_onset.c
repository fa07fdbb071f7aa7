// SPDX-License-Identifier: ISC
// The onset of a device's answer, on noise through devices whose first tap is known.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dsp/base/memory.h"
#include "dsp/base/random.h"
#include "training/data/onset.h"

enum { RATE = 8000, FRAMES = 12 * RATE };

static float input[FRAMES], target[FRAMES];
static const Pair pair = {RATE, input, FRAMES, target, FRAMES};

static float at(int n) {
    return n >= 0 && n < FRAMES ? input[n] : 0.0f;
}

// A clipper that answers after `delay` samples, and louder `later` samples after that; `hidden`:
// the share of noise of its own.
static void make(int delay, int later, double hidden) {
    Random random = {4};
    for (int n = 0; n < FRAMES; n++) {
        input[n] = (float)random_within(&random, 0.5);
    }
    for (int n = 0; n < FRAMES; n++) {
        target[n] = 0.3f * tanhf(4.0f * at(n - delay)) + 0.7f * at(n - delay - later) +
                    (float)random_within(&random, hidden);
    }
}

static int found(int near, double *residual) {
    Onset onset;
    assert_int_equal(onset_find(&onset, &pair, near, NULL), STATUS_OK);
    *residual = onset.residual;
    return onset.delay;
}

// It is the first answer that counts, not the loudest, up to 48 samples from where it is looked
// for.
static void test_found(void **state) {
    (void)state;
    static const int delays[] = {0, 25, -30, 700};
    double residual;
    for (int i = 0; i < 4; i++) {
        make(delays[i], 20, 0.0);
        assert_int_equal(found(delays[i] + 20, &residual), delays[i]);
        assert_true(residual < 0.05);
        assert_int_equal(found(delays[i] - 47, &residual), delays[i]);
        assert_int_equal(found(delays[i] + 47, &residual), delays[i]);
    }
}

// What cannot be explained stays: its share of the energy.
static void test_residual(void **state) {
    (void)state;
    const double hidden = 0.4;
    double residual, clean, signal = 0.0;
    make(3, 5, 0.0);
    assert_int_equal(found(0, &clean), 3);
    for (int n = 1; n < FRAMES; n++) {
        double value = (double)target[n] - 0.95 * (double)target[n - 1]; // as it is looked at
        signal += value * value / FRAMES;
    }
    make(3, 5, hidden);
    assert_int_equal(found(0, &residual), 3);
    double noise = hidden * hidden / 3.0 * (1.0 + 0.95 * 0.95);
    assert_true(fabs(residual - (noise + clean * signal) / (noise + signal)) < 0.01);
}

// Nothing to explain: the delay is what it was taken for.
static void test_silence(void **state) {
    (void)state;
    double residual;
    make(3, 5, 0.0);
    for (int n = 0; n < FRAMES; n++) {
        target[n] = 0.0f;
    }
    assert_int_equal(found(17, &residual), 17);
    assert_true(residual == 1.0);
    Onset onset;
    memory_fail_after(3);
    assert_int_equal(onset_find(&onset, &pair, 0, NULL), STATUS_NO_MEMORY);
    memory_fail_after(-1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_found),
        cmocka_unit_test(test_residual),
        cmocka_unit_test(test_silence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
