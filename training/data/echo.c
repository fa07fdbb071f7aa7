// SPDX-License-Identifier: ISC
#include "training/data/echo.h"

#include <math.h>
#include <stdbool.h>

#include "dsp/base/correlation.h"
#include "dsp/base/decibels.h"
#include "training/data/decimate.h"

enum {
    RATE = 6000,  // Hz, about, at which it is looked for
    BLOCKS = 300, // of correlation_init
};

#define LATEST 2.0     // s
#define EARLIEST 0.02  // s: cabinets ring so long
#define WIDTH 1.5e-3   // s to either side of a lag that belong to it
#define STANDS_OUT 2.5 // times the largest before the sound
#define LEAST (-30.0)  // dB

// RMS of the response about lag `at`.
static double level_at(const float *response, int count, int at, int width) {
    double sum = 0.0;
    for (int i = at - width; i <= at + width; i++) {
        sum += i >= 0 && i < count ? (double)response[i] * (double)response[i] : 0.0;
    }
    return sqrt(sum / (2.0 * width + 1.0));
}

// The largest lag of those from `first` to `last` that have the most about them.
static int loudest(const float *response, int count, int first, int last, int width) {
    int best = first;
    double most = -1.0;
    for (int at = first; at <= last; at++) {
        double level = level_at(response, count, at, width);
        if (level > most) {
            most = level;
            best = at;
        }
    }
    int peak = best;
    for (int at = best - width; at <= best + width; at++) {
        bool larger = at >= 0 && at < count && fabsf(response[at]) > fabsf(response[peak]);
        peak = larger ? at : peak;
    }
    return peak;
}

Status echo_find(Echo *echo, const Pair *pair, Diagnostic *diagnostic) {
    *echo = (Echo){.level = -INFINITY};
    CoarsePair coarse;
    Correlation found;
    int factor = pair->rate > RATE ? pair->rate / RATE : 1;
    if (!coarse_pair_init(&coarse, pair, factor)) {
        coarse_pair_clear(&coarse);
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory to look for an echo");
    }
    double rate = coarse.pair.rate;
    int reach = (int)(LATEST * rate), count = 2 * reach + 1, width = (int)(WIDTH * rate);
    int apart = (int)(EARLIEST * rate);
    SignalPair signals = {coarse.pair.input, coarse.pair.input_frames, coarse.pair.target,
                          coarse.pair.target_frames};
    Status status = correlation_init(&found, &signals, 0, coarse.pair.input_frames, reach, BLOCKS,
                                     diagnostic);
    coarse_pair_clear(&coarse);
    if (status != STATUS_OK) {
        return status;
    }
    const float *response = found.impulse;
    int sound = loudest(response, count, reach - apart, reach + apart, width);
    int before = loudest(response, count, width, sound - apart, width);
    int after = loudest(response, count, sound + apart, count - 1 - width, width);
    double most = level_at(response, count, after, width);
    double level = decibels_finite(
        pow(most / fmax(level_at(response, count, sound, width), 1e-30), 2.0));
    if (most > STANDS_OUT * level_at(response, count, before, width) && level > LEAST) {
        echo->seconds = (after - sound) / rate;
        echo->level = level;
    }
    correlation_clear(&found);
    return STATUS_OK;
}
