// SPDX-License-Identifier: ISC
// The worst of many errors, for those that are no number, too: fmax forgets them.
#ifndef GRUFF_TESTS_RIG_LARGEST_H
#define GRUFF_TESTS_RIG_LARGEST_H

#include <math.h>

// The larger one; NaN where one is NaN.
static inline double largest_of(double a, double b) {
    return isnan(a) || a > b ? a : b;
}

#endif
