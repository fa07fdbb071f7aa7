// SPDX-License-Identifier: ISC
#include "training/data/hum.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "dsp/base/analyser.h"
#include "dsp/base/level.h"
#include "dsp/base/memory.h"
#include "dsp/base/order.h"

enum {
    HARMONICS = 10,
    MAINS = 2,  // 50 and 60 Hz
    LINE = 1,   // bins to either side that a line is wide
    NOTE = 5,   // bins to either side none of which may have more: a note is near
    AWAY = 4,   // bins from a line to its neighbours,
    BESIDE = 6, // of which so many are looked at on either side
    STEADY = 4, // windows in a row that must have it
    WINDOWS_MOST = 200,
};

#define SECONDS 2.5    // of a window, and more: lines are 0.4 Hz wide
#define STANDS_OUT 6.0 // times the power of as many bins beside it

static const double mains[MAINS] = {50.0, 60.0};

// The power of a line at bin `at`, beyond what is beside it.
static double line_power(const double *power, int at) {
    double line = 0.0, peak = 0.0, beside[2 * BESIDE];
    for (int k = at - LINE; k <= at + LINE; k++) {
        line += power[k];
        peak = fmax(peak, power[k]);
    }
    for (int k = at - NOTE; k <= at + NOTE; k++) {
        if (power[k] > peak) {
            return 0.0;
        }
    }
    for (int k = 0; k < BESIDE; k++) {
        beside[k] = power[at - AWAY - k];
        beside[BESIDE + k] = power[at + AWAY + k];
    }
    order_doubles(beside, (size_t)2 * BESIDE);
    double rest = (2 * LINE + 1) * 0.5 * (beside[BESIDE - 1] + beside[BESIDE]);
    return line > STANDS_OUT * rest ? line - rest : 0.0;
}

// The power of all harmonics in a window's spectrum; nothing when neither of the first two is
// there.
static double hum_power(const double *power, double bins, double frequency) {
    double sum = 0.0;
    for (int h = 1; h <= HARMONICS; h++) {
        sum += line_power(power, (int)lround(h * frequency * bins));
        if (h == 2 && sum == 0.0) {
            return 0.0;
        }
    }
    return sum;
}

// Of the windows' powers: the most that STEADY in a row have, and where.
static void choose(Hum *hum, const double *powers, int windows, double frequency, double hop) {
    double most = 0.0;
    int at = 0;
    for (int w = 0; w + STEADY <= windows; w++) {
        double least = powers[w];
        for (int k = 1; k < STEADY; k++) {
            least = fmin(least, powers[w + k]);
        }
        if (least > most) {
            most = least;
            at = w;
        }
    }
    if (most <= hum->share) {
        return;
    }
    int first = at, end = at + STEADY;
    while (first > 0 && powers[first - 1] > 0.5 * most) {
        first--;
    }
    while (end < windows && powers[end] > 0.5 * most) {
        end++;
    }
    *hum = (Hum){most, frequency, first * hop, end * hop};
}

Status hum_find(Hum *hum, const float *samples, size_t frames, int rate, Diagnostic *diagnostic) {
    *hum = (Hum){0};
    int size = 1 << 12;
    while (size < SECONDS * rate && size < 1 << 20) {
        size *= 2;
    }
    int windows = (int)(frames / (size_t)size);
    windows = windows < WINDOWS_MOST ? windows : WINDOWS_MOST;
    size_t hop = windows ? frames / (size_t)windows : 0;
    double bins = (double)size / rate, played = level_mean_square(samples, frames);
    Analyser *analyser = NULL;
    if (windows < STEADY || (HARMONICS + 1) * mains[1] > 0.5 * rate || !(played > 0.0)) {
        return STATUS_OK;
    }
    Status status = analyser_new(&analyser, size, WINDOW_HANN, diagnostic);
    double *powers = memory_new((size_t)MAINS * (size_t)windows, sizeof *powers);
    if (status == STATUS_OK && !powers) {
        status = diagnose(diagnostic, STATUS_NO_MEMORY, "no memory to look for hum");
    }
    // A sine's mean square from the sum of its bins.
    double scale = 2.0 / (0.375 * (double)size * (double)size);
    for (int w = 0; status == STATUS_OK && w < windows; w++) {
        memcpy(analyser_samples(analyser), samples + (size_t)w * hop,
               (size_t)size * sizeof *samples);
        const double *power = analyser_power(analyser);
        for (int m = 0; m < MAINS; m++) {
            powers[m * windows + w] = scale * hum_power(power, bins, mains[m]);
        }
    }
    for (int m = 0; status == STATUS_OK && m < MAINS; m++) {
        choose(hum, powers + (ptrdiff_t)m * windows, windows, mains[m], (double)hop / rate);
    }
    hum->share /= played;
    memory_free(powers);
    analyser_free(analyser);
    return status;
}
