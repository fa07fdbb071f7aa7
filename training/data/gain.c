// SPDX-License-Identifier: ISC
#include "training/data/gain.h"

#include <math.h>
#include <stdbool.h>

#include "dsp/base/level.h"

#define MOST_STEPS 16777216.0 // 24 bits, all that a float has
#define ROUNDING 0x1p-23      // of a sample: once for the file, once for its gain
#define EXACT 1e-10           // of a step: as near to a power of two it is one

// What all samples tell of the step so far.
typedef struct Fit {
    double step;
    double products, squares; // sums over samples x that are k steps: x k, k k
    bool holds;               // all of them are whole multiples
} Fit;

static double least_sample(const Audio *files, int count) {
    float least = INFINITY;
    for (int f = 0; f < count; f++) {
        for (size_t i = 0; i < files[f].frames; i++) {
            float size = fabsf(files[f].samples[i]);
            least = size > 0.0f && size < least ? size : least;
        }
    }
    return (double)least;
}

// Takes the samples of up to `most` steps in.
static void fit(Fit *fit, const Audio *file, double most) {
    for (size_t i = 0; i < file->frames && fit->holds; i++) {
        double x = (double)file->samples[i], steps = rint(x / fit->step);
        if (fabs(steps) <= most) {
            fit->products += x * steps;
            fit->squares += steps * steps;
            fit->holds = fabs(x - steps * fit->step) <= ROUNDING * fabs(x);
        }
    }
}

// The step of which all samples are whole multiples. The softest ones tell it roughly, ever louder
// ones, whose steps can be counted then, more exactly.
static double find_step(const Audio *files, int count) {
    static const double rounds[] = {256.0, 65536.0, MOST_STEPS, MOST_STEPS};
    Fit found = {.step = least_sample(files, count), .holds = true};
    for (size_t r = 0; r < sizeof rounds / sizeof *rounds; r++) {
        found.products = found.squares = 0.0;
        for (int f = 0; f < count; f++) {
            fit(&found, &files[f], rounds[r]);
        }
        if (!found.holds || !(found.squares > 0.0)) {
            return 0.0;
        }
        found.step = found.products / found.squares;
    }
    double whole = exp2(rint(log2(found.step)));
    return fabs(found.step / whole - 1.0) < EXACT ? whole : found.step;
}

static bool within(const Audio *files, int count, double most) {
    for (int f = 0; f < count; f++) {
        if ((double)level_peak(files[f].samples, files[f].frames) > most) {
            return false;
        }
    }
    return true;
}

double gain_nearest(double rms, double wanted) {
    return rms > 0.0 ? exp2(rint(log2(wanted / rms))) : 1.0;
}

Gain gain_find(const Audio *files, int count, double wanted) {
    Gain gain = {.factor = 1.0};
    double energy = 0.0, frames = 0.0;
    for (int f = 0; f < count; f++) {
        energy += (double)files[f].frames * level_variance(files[f].samples, files[f].frames);
        frames += (double)files[f].frames;
    }
    if (energy > 0.0) {
        double step = find_step(files, count);
        gain.step = within(files, count, MOST_STEPS * step) ? step : 0.0;
        double unit = gain.step > 0.0 ? gain.step : 1.0; // becomes a power of two
        gain.factor = gain_nearest(sqrt(energy / frames) / unit, wanted) / unit;
    }
    return gain;
}

void gain_apply(const Gain *gain, float *samples, size_t frames) {
    if (!(gain->step > 0.0)) {
        gain_scale(gain->factor, samples, frames);
        return;
    }
    double to = exp2(rint(log2(gain->step * gain->factor)));
    for (size_t i = 0; i < frames; i++) {
        samples[i] = (float)(rint((double)samples[i] / gain->step) * to);
    }
}

void gain_scale(double factor, float *samples, size_t frames) {
    for (size_t i = 0; i < frames; i++) {
        samples[i] = (float)((double)samples[i] * factor);
    }
}
