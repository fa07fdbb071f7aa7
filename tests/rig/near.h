// SPDX-License-Identifier: ISC
// cmocka's assert_float_equal holds NaN for equal to every number; a test that hears a NaN must not
// pass.
#ifndef GRUFF_TESTS_RIG_NEAR_H
#define GRUFF_TESTS_RIG_NEAR_H

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

// Whether `value` is `expected` but for `tolerance`, and for what rounding to float takes away. An
// infinity is near itself only, NaN near nothing.
#define assert_near(value, expected, tolerance)                                                    \
    assert_near_at((double)(value), (double)(expected), (double)(tolerance), __FILE__, __LINE__)

static inline void assert_near_at(double value, double expected, double tolerance, const char *file,
                                  int line) {
    double off = fabs(value - expected);
    double rounding = (double)FLT_EPSILON * fmax(fabs(value), fabs(expected));
    if (value == expected || (isfinite(off) && off <= fmax(tolerance, rounding))) {
        return;
    }
    print_error("%.9g is not %.9g (within %.3g)\n", value, expected, tolerance);
    _fail(file, line);
}

#endif
