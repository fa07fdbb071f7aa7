// SPDX-License-Identifier: ISC
// Decibels of amplitudes and powers, and back.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dsp/base/decibels.h"
#include "tests/rig/near.h"

static void test_amplitudes(void **state) {
    (void)state;
    assert_near(decibels_of_amplitude(1.0), 0.0, 0.0);
    assert_near(decibels_of_amplitude(0.1), -20.0, 1e-12);
    assert_near(decibels_of_amplitude(2.0), 6.0206, 1e-4);
    assert_near(decibels_to_amplitude(0.0), 1.0, 0.0);
    assert_near(decibels_to_amplitude(-6.0), 0.501187, 1e-6);
    assert_near(decibels_to_amplitude(40.0), 100.0, 1e-12);
    assert_near(decibels_of_amplitudef(0.5f), -6.0206f, 1e-4);
    assert_near(decibels_to_amplitudef(20.0f), 10.0f, 1e-5);
}

static void test_powers(void **state) {
    (void)state;
    assert_near(decibels_of_power(1.0), 0.0, 0.0);
    assert_near(decibels_of_power(0.1), -10.0, 1e-12);
    assert_near(decibels_to_power(-3.0), 0.501187, 1e-6);
    assert_near(decibels_finite(0.01), -20.0, 1e-12);
}

static void test_nothing(void **state) {
    (void)state;
    assert_true(decibels_of_amplitude(0.0) == -INFINITY);
    assert_true(decibels_of_power(0.0) == -INFINITY);
    assert_true(decibels_of_amplitudef(0.0f) == -INFINITY);
    assert_true(decibels_to_amplitude(-INFINITY) == 0.0);
    assert_true(decibels_to_power(-INFINITY) == 0.0);
    assert_true(decibels_to_amplitudef(-INFINITY) == 0.0f);
    assert_true(isnan(decibels_of_power(-1.0)));
    assert_true(decibels_finite(0.0) == DECIBELS_FLOOR);
    assert_true(decibels_finite(1e-30) == DECIBELS_FLOOR);
    assert_true(decibels_finite(NAN) == DECIBELS_FLOOR);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_amplitudes),
        cmocka_unit_test(test_powers),
        cmocka_unit_test(test_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
