// SPDX-License-Identifier: ISC
#include "dsp/signals/test_signal.h"

#include <math.h>

#include "dsp/base/decibels.h"
#include "dsp/base/random.h"
#include "dsp/signals/guitar.h"
#include "dsp/signals/score.h"

// When what begins, in s; between them is silence, in which the device comes to rest.
static const double clicks[] = {0.5, 1.0};
static const double sweep_begin = 2.0, sweep_end = 5.0;
static const double noise_begin = 5.5, noise_end = 7.5;

static const double sweep_lowest = 20.0, sweep_highest = 20000.0; // Hz
static const double noise_level = 0.25;                           // peak, of the whole's
static const double fade = 0.02;                                  // s, at both ends of each
enum { BARS = 2 };                                                // of each manner of playing

// The guitar goes through these levels, dB, so that the device is heard soft and hard.
static const double levels[] = {0.0, -12.0, -6.0, -18.0, 0.0, -9.0, -3.0, -24.0};
static const double level_seconds = 9.0;

static double edge(double t, double begin, double end) {
    double near = fmin(t - begin, end - t) / fade;
    return near >= 1.0 ? 1.0 : 0.5 - 0.5 * cos(M_PI * near);
}

// A sine whose frequency grows by equal ratios in equal times (Farina 2000, equation 6).
static double sweep(double t, double rate) {
    double length = sweep_end - sweep_begin;
    double ratio = fmin(sweep_highest, 0.45 * rate) / sweep_lowest;
    double scale = 2.0 * M_PI * sweep_lowest * length / log(ratio);
    double angle = scale * (pow(ratio, (t - sweep_begin) / length) - 1.0);
    return sin(angle) * edge(t, sweep_begin, sweep_end);
}

static void put_signals(float *out, size_t frames, double rate, double peak, Random *random) {
    for (size_t i = 0; i < frames; i++) {
        double t = (double)i / rate;
        if (t >= sweep_begin && t < sweep_end) {
            out[i] = (float)(0.5 * peak * sweep(t, rate));
        } else if (t >= noise_begin && t < noise_end) {
            out[i] = (float)(peak * noise_level * random_within(random, 1.0) *
                             edge(t, noise_begin, noise_end));
        } else {
            out[i] = 0.0f;
        }
    }
    for (size_t i = 0; i < sizeof clicks / sizeof *clicks; i++) {
        out[(size_t)(clicks[i] * rate)] = (float)peak;
    }
}

static double level_at(double t) {
    size_t count = sizeof levels / sizeof *levels;
    double step = floor(t / level_seconds), within = t - step * level_seconds;
    double now = levels[(size_t)step % count], next = levels[((size_t)step + 1) % count];
    // The last half second of each goes over to the next.
    double over = fmax(0.0, (within - level_seconds + 0.5) / 0.5);
    return decibels_to_amplitude(now + over * (next - now));
}

Status test_signal_make(float *out, size_t frames, double rate, double peak, uint64_t seed,
                        Diagnostic *diagnostic) {
    size_t begin = (size_t)(TEST_SIGNAL_GUITAR * rate);
    Random random = {seed};
    Score score;
    Status status = score_compose(&score, (double)(frames - begin) / rate, BARS, seed, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    put_signals(out, begin, rate, peak, &random);
    status = guitar_play(out + begin, frames - begin, rate, &score, peak, seed + 1, diagnostic);
    score_clear(&score);
    for (size_t i = begin; i < frames; i++) {
        out[i] *= (float)level_at((double)(i - begin) / rate);
    }
    return status;
}
