// SPDX-License-Identifier: ISC
// The error-to-signal ratio: its definition, over one recording and over several.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dsp/measures/esr.h"
#include "dsp/measures/measure.h"
#include "tests/rig/near.h"

static const float loud[] = {4.0f, -2.0f, 2.0f, 0.0f}, heard[] = {4.0f, -1.0f, 1.0f, 2.0f};
static const float soft[] = {0.5f, -0.5f}, missed[] = {0.0f, 0.0f};

static void it_is_error_energy_over_target_energy(void **state) {
    (void)state;
    Esr esr = {0};
    esr_add(&esr, loud, heard, 4);
    assert_true(esr.error == 6.0 && esr.energy == 24.0);
    assert_near(esr_ratio(&esr), 0.25, 0.0);
    Measure m;
    measure(&m, loud, heard, 4);
    assert_near(m.esr, 0.25, 0.0);
}

// Not the mean of the ratios, which would be 0.625.
static void recordings_count_by_their_energy(void **state) {
    (void)state;
    Esr esr = {0};
    esr_add(&esr, loud, heard, 4);
    esr_add(&esr, soft, missed, 2);
    assert_near(esr_ratio(&esr), 6.5 / 24.5, 1e-15);
}

static void silence_has_none(void **state) {
    (void)state;
    Esr esr = {0};
    assert_true(isnan(esr_ratio(&esr)));
    esr_add(&esr, missed, soft, 2);
    assert_true(isnan(esr_ratio(&esr)));
}

static void words_grade_it(void **state) {
    (void)state;
    assert_string_equal(esr_in_words(0.0), "hardly to be told apart");
    assert_string_equal(esr_in_words(0.00099), "hardly to be told apart");
    assert_string_equal(esr_in_words(0.001), "very close");
    assert_string_equal(esr_in_words(0.01), "close");
    assert_string_equal(esr_in_words(0.035), "recognisable");
    assert_string_equal(esr_in_words(0.1), "far off");
    assert_string_equal(esr_in_words(NAN), "far off");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_error_energy_over_target_energy),
        cmocka_unit_test(recordings_count_by_their_energy),
        cmocka_unit_test(silence_has_none),
        cmocka_unit_test(words_grade_it),
    };
    return cmocka_run_group_tests_name("esr", tests, NULL, NULL);
}
