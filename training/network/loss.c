// SPDX-License-Identifier: ISC
#include "training/network/loss.h"

#include <complex.h>
#include <math.h>

#include "dsp/measures/esr.h"

LossFilter loss_emphasis(void) {
    LossFilter filter = {.sections = 1};
    filter.section[0].b0 = 1.0;
    filter.section[0].b1 = -ESR_PREEMPHASIS;
    return filter;
}

// Appends w / (s + w) or, for `high`, s / (s + w), with w = 2 pi `hertz`.
static void add_pole(LossFilter *filter, double hertz, double rate, int high) {
    double w = tan(M_PI * fmin(hertz / rate, 0.49)); // pre-warped
    double scale = 1.0 / (1.0 + w);
    int i = filter->sections++;
    filter->section[i].b0 = high ? scale : w * scale;
    filter->section[i].b1 = high ? -scale : w * scale;
    filter->section[i].a = (1.0 - w) * scale;
}

static double gain_at(const LossFilter *filter, double hertz, double rate) {
    double complex delay = cexp(-2.0 * M_PI * I * hertz / rate), gain = 1.0;
    for (int i = 0; i < filter->sections; i++) {
        gain *= (filter->section[i].b0 + filter->section[i].b1 * delay) /
                (1.0 - filter->section[i].a * delay);
    }
    return cabs(gain);
}

LossFilter loss_a_weighting(double rate) {
    LossFilter filter = {0};
    add_pole(&filter, 20.598997, rate, 1);
    add_pole(&filter, 20.598997, rate, 1);
    add_pole(&filter, 107.65265, rate, 1);
    add_pole(&filter, 737.86223, rate, 1);
    add_pole(&filter, 12194.217, rate, 0);
    add_pole(&filter, 12194.217, rate, 0);
    double scale = 1.0 / gain_at(&filter, 1000.0, rate);
    filter.section[0].b0 *= scale;
    filter.section[0].b1 *= scale;
    return filter;
}

double loss_energy(const LossFilter *filter, const float *samples, size_t frames) {
    double before[LOSS_SECTIONS][2] = {{0.0}}, energy = 0.0;
    for (size_t t = 0; t < frames; t++) {
        double x = (double)samples[t];
        for (int i = 0; i < filter->sections; i++) {
            double y = filter->section[i].b0 * x + filter->section[i].b1 * before[i][0] +
                       filter->section[i].a * before[i][1];
            before[i][0] = x;
            before[i][1] = y;
            x = y;
        }
        energy += x * x;
    }
    return frames ? energy / (double)frames : 0.0;
}
