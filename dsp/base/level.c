// SPDX-License-Identifier: ISC
#include "dsp/base/level.h"

#include <math.h>

float level_peak(const float *samples, size_t frames) {
    float peak = 0.0f;
    for (size_t i = 0; i < frames; i++) {
        peak = fmaxf(peak, fabsf(samples[i]));
    }
    return peak;
}

double level_mean_square(const float *samples, size_t frames) {
    double energy = 0.0;
    for (size_t i = 0; i < frames; i++) {
        double x = (double)samples[i];
        energy += x * x;
    }
    return frames > 0 ? energy / (double)frames : 0.0;
}

double level_variance(const float *samples, size_t frames) {
    double sum = 0.0, squares = 0.0;
    for (size_t i = 0; i < frames; i++) {
        sum += (double)samples[i];
    }
    double mean = frames > 0 ? sum / (double)frames : 0.0;
    for (size_t i = 0; i < frames; i++) {
        double swing = (double)samples[i] - mean;
        squares += swing * swing;
    }
    return frames > 0 ? squares / (double)frames : 0.0;
}

size_t level_loudest(const float *samples, size_t frames, size_t length, size_t step) {
    size_t loudest = 0;
    double most = -1.0;
    for (size_t begin = 0; begin + length <= frames; begin += step) {
        double power = level_mean_square(samples + begin, length);
        if (power > most) {
            most = power;
            loudest = begin;
        }
    }
    return loudest;
}
