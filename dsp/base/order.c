// SPDX-License-Identifier: ISC
#include "dsp/base/order.h"

#include <stdlib.h>

static int compare_floats(const void *one, const void *other) {
    float a = *(const float *)one, b = *(const float *)other;
    return (a > b) - (a < b);
}

static int compare_doubles(const void *one, const void *other) {
    double a = *(const double *)one, b = *(const double *)other;
    return (a > b) - (a < b);
}

void order_floats(float *values, size_t count) {
    qsort(values, count, sizeof *values, compare_floats);
}

void order_doubles(double *values, size_t count) {
    qsort(values, count, sizeof *values, compare_doubles);
}
