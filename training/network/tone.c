// SPDX-License-Identifier: ISC
#include "training/network/tone.h"

#include <math.h>
#include <string.h>

#define LEAST_SHARE 1e-6  // of the power: what is far below it is no matter
#define LEAST_POWER 1e-10 // of silence

void tone_waves(float *waves, int window) {
    for (int n = 0; n < window; n++) {
        waves[n] = (float)cos(2.0 * M_PI * n / window);
        waves[window + n] = (float)sin(2.0 * M_PI * n / window);
    }
}

// Takes the part at `bin` periods in the window out of `samples`.
static void take_out(double *samples, const Tone *tone, int bin) {
    const int window = tone->window;
    const float *cosine = tone->waves, *sine = tone->waves + window;
    double re = 0.0, im = 0.0;
    for (int n = 0, at = 0; n < window; n++) {
        re += samples[n] * (double)cosine[at];
        im += samples[n] * (double)sine[at];
        at += bin;
        at -= at >= window ? window : 0;
    }
    double scale = (bin == 0 || 2 * bin == window ? 1.0 : 2.0) / window;
    for (int n = 0, at = 0; n < window; n++) {
        samples[n] -= scale * (re * (double)cosine[at] + im * (double)sine[at]);
        at += bin;
        at -= at >= window ? window : 0;
    }
}

static double power_of(const double *samples, int count) {
    double sum = 0.0;
    for (int n = 0; n < count; n++) {
        sum += samples[n] * samples[n];
    }
    return sum;
}

double tone_loss(const Tone *tone, const float *output, int frames, float *slope) {
    double samples[TONE_LONGEST];
    const int window = tone->window, before = frames - window;
    for (int n = 0; n < window; n++) {
        samples[n] = (double)output[before + n];
    }
    take_out(samples, tone, 0);
    double all = fmax(power_of(samples, window), LEAST_POWER * window);
    for (int bin = tone->periods; 2 * bin <= window; bin += tone->periods) {
        take_out(samples, tone, bin);
    }
    double rest = power_of(samples, window) + LEAST_SHARE * all;
    memset(slope, 0, (size_t)before * sizeof *slope);
    for (int n = 0; n < window; n++) {
        slope[before + n] = (float)(samples[n] / rest);
    }
    return 0.5 * log(rest / all);
}
