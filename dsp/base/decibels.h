// SPDX-License-Identifier: ISC
// Decibels of amplitudes (20 log10) and of powers (10 log10), and back. Nothing, 0, is -infinity
// dB, and -infinity dB is 0; below 0 is NaN. Any thread.
#ifndef GRUFF_DSP_BASE_DECIBELS_H
#define GRUFF_DSP_BASE_DECIBELS_H

#include "dsp/base/realtime.h"

// The lowest that is shown where a finite number is wanted.
#define DECIBELS_FLOOR (-200.0)

double decibels_of_amplitude(double amplitude);
double decibels_of_power(double power);
double decibels_to_amplitude(double decibels);
double decibels_to_power(double decibels);

// As decibels_of_power, but DECIBELS_FLOOR where that is lower or NaN.
double decibels_finite(double power);

// The same in single precision.
float decibels_of_amplitudef(float amplitude) REALTIME;
float decibels_to_amplitudef(float decibels) REALTIME;

#endif
