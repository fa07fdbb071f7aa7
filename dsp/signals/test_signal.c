// SPDX-License-Identifier: ISC
#include "dsp/signals/test_signal.h"

#include <math.h>
#include <string.h>

#include "dsp/base/decibels.h"
#include "dsp/base/memory.h"
#include "dsp/base/random.h"
#include "dsp/signals/guitar.h"
#include "dsp/signals/survey.h"

// When what begins, in s; between them is silence, in which the device comes to rest.
static const double clicks[] = {0.5, 1.0};
static const double sweep_begin = 2.0, sweep_end = 5.0;
static const double noise_begin = 5.5, noise_end = 7.5;

static const double sweep_lowest = 20.0, sweep_highest = 20000.0; // Hz
static const double noise_level = 0.25;                           // peak, of the whole's
static const double fade = 0.02;                                  // s, at both ends of each

// Of the whole's: a low wave stays near its peak for many samples, and at full scale would look
// clipped.
static const double guitar_peak = 0.98;
static const double over = 0.05; // s in which what still sounds at the end of a section goes away

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

// Turns up into soft clipping; the peak stays.
static void drive(float *out, size_t frames, double peak, double decibels) {
    double gain = decibels_to_amplitude(decibels), scale = peak / tanh(gain);
    for (size_t i = 0; i < frames; i++) {
        out[i] = (float)(scale * tanh(gain * (double)out[i] / peak));
    }
}

static void fade_out(float *out, size_t frames, size_t length) {
    for (size_t i = 0; i < length; i++) {
        out[frames - 1 - i] *= (float)i / (float)length;
    }
}

// Plays a section of `seconds` into out[frames], which may end before it does. What still sounds at
// its end goes on into the next one: silence between them would look like lost samples.
static Status play_section(float *out, size_t frames, double rate, double peak,
                           const SurveySection *section, uint64_t seed, Diagnostic *diagnostic) {
    size_t tail = (size_t)(over * rate), whole = (size_t)(section->seconds * rate) + tail;
    float *samples = memory_new(whole, sizeof *samples);
    if (!samples) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for a section of the guitar");
    }
    double top = peak * decibels_to_amplitude(section->level);
    Status status = guitar_play(samples, whole, rate, &section->score, top, seed, diagnostic);
    if (section->drive > 0.0) {
        drive(samples, whole, top, section->drive);
    }
    fade_out(samples, whole, tail);
    for (size_t i = 0; i < whole && i < frames; i++) {
        out[i] = fmaxf(fminf(out[i] + samples[i], (float)peak), (float)-peak);
    }
    memory_free(samples);
    return status;
}

// Section after section, each as loud as it shall be, whatever is played in it.
static Status play_survey(float *out, size_t frames, double rate, double peak, uint64_t seed,
                          Diagnostic *diagnostic) {
    Status status = STATUS_OK;
    size_t at = 0;
    memset(out, 0, frames * sizeof *out);
    for (int number = 0; at < frames && status == STATUS_OK; number++) {
        SurveySection section;
        status = survey_section(&section, number, seed, diagnostic);
        if (status == STATUS_OK) {
            status = play_section(out + at, frames - at, rate, peak, &section,
                                  seed + 1 + (uint64_t)number, diagnostic);
            at += (size_t)(section.seconds * rate);
            score_clear(&section.score);
        }
    }
    return status;
}

Status test_signal_make(float *out, size_t frames, double rate, double peak, uint64_t seed,
                        Diagnostic *diagnostic) {
    size_t begin = (size_t)(TEST_SIGNAL_GUITAR * rate);
    Random random = {seed};
    put_signals(out, begin, rate, peak, &random);
    return play_survey(out + begin, frames - begin, rate, guitar_peak * peak, seed, diagnostic);
}
