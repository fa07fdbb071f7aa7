// SPDX-License-Identifier: ISC
// What a shell shows of level and load.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dsp/chain/meters.h"
#include "tests/rig/near.h"

static void the_largest_size_counts(void **state) {
    (void)state;
    const float good[] = {0.1f, -0.5f, 0.3f}, bad[] = {NAN, INFINITY, -INFINITY, 2e6f, 0.25f};
    assert_true(meter_largest(good, 3) == 0.5f);
    assert_true(meter_largest(bad, 5) == 0.25f);
    assert_true(meter_largest(bad, 0) == 0.0f);
    assert_near(meter_decibels(1.0f), 0.0, 1e-6);
    assert_near(meter_decibels(0.1f), -20.0, 1e-5);
    assert_true(meter_decibels(0.0f) == METER_FLOOR);
    assert_true(meter_decibels(1e-10f) == METER_FLOOR);
}

static void a_peak_rises_at_once_and_falls_by_20_decibels_in_a_second(void **state) {
    (void)state;
    const float loud[] = {0.0f, -1.0f}, silence[] = {0.0f, 0.0f};
    float peak = meter_peak(METER_FLOOR, loud, 2, 0.01);
    assert_near(peak, 0.0, 1e-6);
    for (int i = 0; i < 100; i++) {
        peak = meter_peak(peak, silence, 2, 0.02);
    }
    assert_near(peak, -40.0, 1e-3);
    for (int i = 0; i < 100; i++) {
        peak = meter_peak(peak, silence, 2, 1.0);
    }
    assert_true(peak == METER_FLOOR);
}

static void a_load_rises_at_once_and_falls_within_a_second(void **state) {
    (void)state;
    float load = meter_load(0.0f, 0.005, 0.01);
    assert_near(load, 50.0, 1e-4);
    assert_near(meter_load(load, 0.009, 0.01), 90.0, 1e-4);
    for (int i = 0; i < 100; i++) {
        load = meter_load(load, 0.0, 0.01);
    }
    assert_true(load < 0.01f * 50.0f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_largest_size_counts),
        cmocka_unit_test(a_peak_rises_at_once_and_falls_by_20_decibels_in_a_second),
        cmocka_unit_test(a_load_rises_at_once_and_falls_within_a_second),
    };
    return cmocka_run_group_tests_name("meters", tests, NULL, NULL);
}
