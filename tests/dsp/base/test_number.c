// SPDX-License-Identifier: ISC
// Numbers in what people type.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/number.h"

static void test_numbers(void **state) {
    (void)state;
    static const struct {
        const char *text;
        double value;
    } good[] = {{"0", 0.0},  {"-3", -3.0}, {"+3", 3.0},    {"0.5", 0.5},      {".5", 0.5},
                {"5.", 5.0}, {"1e3", 1e3}, {"1E-3", 1e-3}, {"-.25e+1", -2.5}, {"007", 7.0}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        double value = NAN;
        if (!number_read(good[i].text, &value) || value != good[i].value) {
            fail_msg("'%s' is read as %g", good[i].text, value);
        }
    }
    static const char *const bad[] = {"",    " 1",   "1 ",  "x",     "1x",    "0x10", "inf",
                                      "nan", "-inf", "1e",  "1e999", "--1",   "-",    ".",
                                      "e3",  "1,5",  "1e+", "\n1",   "1.2.3", "+-1",  "INFINITY"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        double value = 42.0;
        if (number_read(bad[i], &value) || value != 42.0) {
            fail_msg("'%s' is read as %g", bad[i], value);
        }
    }
}

static void test_numbers_with_something_after_them(void **state) {
    (void)state;
    double value = 0.0;
    const char *tail = NULL;
    assert_true(number_begin("1.5min", &value, &tail) && value == 1.5);
    assert_string_equal(tail, "min");
    assert_true(number_begin("2e", &value, &tail) && value == 2.0);
    assert_string_equal(tail, "e");
    assert_false(number_begin("0x10", &value, &tail));
    assert_false(number_begin("min", &value, &tail));
    assert_true(value == 2.0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_numbers_with_something_after_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
