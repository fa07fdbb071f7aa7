// SPDX-License-Identifier: ISC
// The weightings of the loss, by the level of what comes out of them.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "training/network/loss.h"

// Level in dB of a sine of a second, whose mean square is 1, after the filter.
static double level(const LossFilter *filter, int rate, double hertz) {
    enum { MOST = 96000 };
    static float sine[MOST];
    for (int i = 0; i < rate; i++) {
        sine[i] = (float)(sqrt(2.0) * sin(2.0 * M_PI * hertz * i / rate));
    }
    return 10.0 * log10(loss_energy(filter, sine, (size_t)rate));
}

// Figures of IEC 61672-1, table 3; at 8 kHz the bilinear transform already bends.
static void test_a_weighting(void **state) {
    (void)state;
    static const int rates[] = {44100, 48000, 96000};
    for (int i = 0; i < 3; i++) {
        LossFilter filter = loss_a_weighting(rates[i]);
        assert_true(fabs(level(&filter, rates[i], 1000.0)) < 0.05);
        assert_true(fabs(level(&filter, rates[i], 100.0) + 19.1) < 0.15);
        assert_true(fabs(level(&filter, rates[i], 31.5) + 39.4) < 0.3);
        assert_true(fabs(level(&filter, rates[i], 500.0) + 3.2) < 0.1);
        assert_true(fabs(level(&filter, rates[i], 2500.0) - 1.3) < 0.2);
        assert_true(fabs(level(&filter, rates[i], 8000.0) + 1.1) < (i == 2 ? 0.3 : 1.0));
    }
}

// |1 - 0.85 e^-iw|^2 = 1.7225 - 1.7 cos w
static void test_emphasis(void **state) {
    (void)state;
    enum { RATE = 8000 };
    LossFilter filter = loss_emphasis();
    static const double hertz[] = {10.0, 500.0, 2000.0, 3900.0};
    for (int i = 0; i < 4; i++) {
        double wanted = 10.0 * log10(1.7225 - 1.7 * cos(2.0 * M_PI * hertz[i] / RATE));
        assert_true(fabs(level(&filter, RATE, hertz[i]) - wanted) < 0.05);
    }
}

// Without a filter it is the mean square, of nothing 0.
static void test_energy(void **state) {
    (void)state;
    const float samples[] = {1.0f, -2.0f, 3.0f, 0.0f};
    const LossFilter none = {0};
    assert_true(loss_energy(&none, samples, 4) == 14.0 / 4.0);
    assert_true(loss_energy(&none, samples, 0) == 0.0);
    LossFilter filter = loss_emphasis();
    assert_true(fabs(loss_energy(&filter, samples, 2) - (1.0 + 2.85 * 2.85) / 2.0) < 1e-12);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_weighting),
        cmocka_unit_test(test_emphasis),
        cmocka_unit_test(test_energy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
