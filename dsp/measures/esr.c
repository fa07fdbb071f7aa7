// SPDX-License-Identifier: ISC
#include "dsp/measures/esr.h"

#include <math.h>

void esr_add(Esr *esr, const float *target, const float *output, size_t frames) {
    for (size_t i = 0; i < frames; i++) {
        double wanted = target[i], error = wanted - (double)output[i];
        esr->error += error * error;
        esr->energy += wanted * wanted;
    }
}

double esr_ratio(const Esr *esr) {
    return esr->energy > 0.0 ? esr->error / esr->energy : (double)NAN;
}

const char *esr_in_words(double ratio) {
    return ratio < 0.001   ? "hardly to be told apart"
           : ratio < 0.01  ? "very close"
           : ratio < 0.035 ? "close"
           : ratio < 0.1   ? "recognisable"
                           : "far off";
}
