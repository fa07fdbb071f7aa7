// SPDX-License-Identifier: ISC
#include "dsp/base/decibels.h"

#include <math.h>

double decibels_of_amplitude(double amplitude) {
    return 20.0 * log10(amplitude);
}

double decibels_of_power(double power) {
    return 10.0 * log10(power);
}

double decibels_to_amplitude(double decibels) {
    return pow(10.0, decibels / 20.0);
}

double decibels_to_power(double decibels) {
    return pow(10.0, decibels / 10.0);
}

double decibels_finite(double power) {
    return fmax(decibels_of_power(power), DECIBELS_FLOOR);
}

float decibels_of_amplitudef(float amplitude) REALTIME {
    return 20.0f * log10f(amplitude);
}

float decibels_to_amplitudef(float decibels) REALTIME {
    return powf(10.0f, decibels / 20.0f);
}
