// SPDX-License-Identifier: ISC
#include "dsp/chain/kaiser.h"

#include <math.h>

// The modified Bessel function of order 0.
static double bessel(double x) {
    double sum = 1.0, term = 1.0;
    for (int k = 1; term > 1e-18 * sum; k++) {
        term *= x * x / (4.0 * k * k);
        sum += term;
    }
    return sum;
}

double kaiser(double edge, double shape) {
    return edge > -1.0 && edge < 1.0 ? bessel(shape * sqrt(1.0 - edge * edge)) : 0.0;
}
