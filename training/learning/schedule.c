// SPDX-License-Identifier: ISC
#include "training/learning/schedule.h"

#include <math.h>

// Peak learning rates that did well on four devices: 2e-2 up to a minute; a power law beyond it.
#define SHORT_RATE 2e-2
#define SHORT_SECONDS 60.0
#define SHORT_EPOCHS 300.0
#define RATE_FALL 0.39
// Above this hidden size the rate falls sooner, as if the run were longer by this power of the
// size. mig50, hidden size 32, test ESR: 16 epochs .0048 at 2e-2, .0049 at 1e-2; 60 epochs .0041,
// .0039, .0043 at 5e-3, .0046 at 3e-3; 300 epochs .0041, .0037, .0032 at 5e-3.
#define WIDE 16.0
#define WIDTH_POWER 5.0
#define LOWEST_RATE 3e-3

#define RATE_WARM_UP 0.02 // share of the run over which the learning rate rises, but
#define MOST_WARM_UP 2e3  // updates at most and,
#define LEAST_WARM_UP 2e2 // in short runs, at least
#define RATE_END 0.01     // learning rate at the end, of its peak

#define SIDE_FIRST 0.1 // of the shares of other terms than the error, when the run begins
#define ANTIALIAS 0.15 // as --contraction's share

double schedule_peak(const TrainerOptions *options) {
    if (options->rate > 0.0) {
        return options->rate;
    }
    double length = options->epochs > 0.0 ? options->epochs / SHORT_EPOCHS
                                          : options->seconds / SHORT_SECONDS;
    length *= pow(fmax(1.0, options->shape.hidden / WIDE), WIDTH_POWER);
    return fmax(SHORT_RATE * fmin(1.0, pow(length, -RATE_FALL)), LOWEST_RATE);
}

double schedule_rate(const TrainerOptions *options, double fraction, double updates) {
    double peak = schedule_peak(options);
    double warm = fmax(fraction, RATE_WARM_UP * updates / MOST_WARM_UP);
    warm = fmin(warm, RATE_WARM_UP * updates / LEAST_WARM_UP);
    if (warm < RATE_WARM_UP) {
        return peak * (warm + 1e-3) / (RATE_WARM_UP + 1e-3);
    }
    if (options->schedule == SCHEDULE_PLATEAU) {
        return peak;
    }
    double along = fmax(fraction - RATE_WARM_UP, 0.0) / (1.0 - RATE_WARM_UP);
    return peak * (RATE_END + (1.0 - RATE_END) * 0.5 * (1.0 + cos(M_PI * fmin(along, 1.0))));
}

static double side(double fraction) {
    return SIDE_FIRST + (1.0 - SIDE_FIRST) * fraction * fraction;
}

double schedule_contraction(const TrainerOptions *options, double fraction) {
    return options->regularisation.contraction * side(fraction);
}

double schedule_antialias(const TrainerOptions *options, double fraction) {
    return options->regularisation.antialias ? ANTIALIAS * side(fraction) : 0.0;
}
