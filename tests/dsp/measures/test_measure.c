// SPDX-License-Identifier: ISC
// The measures between signals.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dsp/base/level.h"
#include "dsp/measures/measure.h"
#include "tests/rig/near.h"

static void test_measure_known_values(void **state) {
    (void)state;
    const float reference[] = {1.0f, -2.0f, 3.0f, 0.0f};
    const float other[] = {1.0f, -2.0f, 2.0f, 1.0f};
    Measure m;
    measure(&m, reference, other, 4);
    assert_near(m.esr, 2.0 / 14.0, 1e-12);
    assert_near(m.max_abs, 1.0, 0.0);
    assert_int_equal(m.max_at, 2);
    assert_near(m.rms_difference, sqrt(0.5), 1e-12);
    assert_near(m.rms_reference, sqrt(3.5), 1e-12);
    assert_near(m.peak_reference, 3.0, 0.0);
    assert_near(m.peak_other, 2.0, 0.0);
    assert_near(m.dc, 0.0, 1e-12);
    assert_near(m.gain, 11.0 / 14.0, 1e-12);
    assert_near(m.correlation, 11.0 / sqrt(14.0 * 10.0), 1e-12);
    // After 1 - 0.85 z^-1 the error is 0, 0, 1, -1.85 and the reference 1, -2.85, 4.7, -2.55.
    double emphasised = 1.0 + 2.85 * 2.85 + 4.7 * 4.7 + 2.55 * 2.55;
    assert_near(m.esr_preemphasis, (1.0 + 1.85 * 1.85) / emphasised, 1e-12);
}

static void test_measure_extremes(void **state) {
    (void)state;
    const float silence[3] = {0.0f}, signal[3] = {0.5f, 0.5f, 0.5f};
    Measure m;
    measure(&m, silence, signal, 3);
    assert_true(isnan(m.esr) && isnan(m.esr_preemphasis) && isnan(m.correlation) && isnan(m.gain));
    assert_near(m.dc, 0.5, 1e-12);
    measure(&m, signal, silence, 3);
    assert_near(m.esr, 1.0, 1e-12);
    assert_true(isnan(m.correlation));
    measure(&m, signal, signal, 3);
    assert_near(m.esr, 0.0, 0.0);
    assert_near(m.correlation, 1.0, 1e-12);
    measure(&m, signal, signal, 0);
    assert_true(isnan(m.esr));
    assert_near(m.rms_difference, 0.0, 0.0);
    assert_near(level_peak(signal, 3), 0.5, 0.0);
    assert_near(level_peak(signal, 0), 0.0, 0.0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_measure_known_values),
        cmocka_unit_test(test_measure_extremes),
    };
    return cmocka_run_group_tests_name("measure", tests, NULL, NULL);
}
