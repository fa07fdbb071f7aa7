// SPDX-License-Identifier: ISC
#include "training/learning/side_gradient.h"

#include <math.h>

static double length_of(const double *values, size_t count) {
    double sum = 0.0;
    for (size_t k = 0; k < count; k++) {
        sum += values[k] * values[k];
    }
    return sqrt(sum);
}

void side_gradient_add(double *gradient, const double *term, size_t count, double share) {
    double length = length_of(term, count), most = share * length_of(gradient, count);
    if (!(length > 0.0) || !isfinite(length)) {
        return;
    }
    double scale = fmin(1.0, most / length);
    for (size_t k = 0; k < count; k++) {
        gradient[k] += scale * term[k];
    }
}
