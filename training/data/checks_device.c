// SPDX-License-Identifier: ISC

#include "training/data/checks_device.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/base/analyser.h"
#include "dsp/base/decibels.h"
#include "dsp/base/level.h"
#include "dsp/measures/esr.h"
#include "training/data/echo.h"
#include "training/data/repeat.h"

#define REPLICATE_MOST 0.01 // NAM's bound for the ESR of a section against its repetition
#define NOISE_MOST 0.005    // ESR: good models come below it
#define NOTHING 1e-6        // a sample of silence: below the last of 20 bits
#define SILENCE 0.2         // s of it that count
#define SETTLED 0.1         // s into it: what sounds from then on is noise
#define PLAYED 1e-3         // RMS of an input that a device answers, -60 dBFS
#define GATED 0.05          // s of digital silence
#define STEP 3.1e-5         // largest sample of that: one step of 16 bits, which dither makes
#define STEP_SHARE 1e-4     // and of the peak: quiet recordings have quiet passages
#define TAIL_FROM 0.05      // s after the end of the input
#define TAIL_TO 0.1         // s
#define TAIL_MOST (-50.0)   // dB of what sounded before the end
#define LOUD 0.1            // of the mean square: what can be said to stop
#define ABOVE_NOISE 6.0     // dB that a tail must stand out of the noise
#define BLIP_APART 48       // samples between blips and music that are too many

// dB of 0.82 to 0.9 of the spectrum against 0.6 to 0.75: what was never resampled keeps above -30.
#define TOP_LEAST (-45.0)

enum { SPECTRUM = 2048, SPECTRA = 2000 };

static double mean_square(const float *samples, size_t begin, size_t end) {
    return level_mean_square(samples + begin, end - begin);
}

static size_t frames_of(const Pair *pair) {
    return pair->input_frames < pair->target_frames ? pair->input_frames : pair->target_frames;
}

// ---- Layout ----

// Whether samples[at] is a blip: the largest sample within `seconds` to either side, with next to
// nothing before it.
static bool is_blip(const float *samples, size_t frames, size_t at, size_t around) {
    if (at < around || at + around > frames || fabsf(samples[at]) < 0.05f) {
        return false;
    }
    for (size_t i = at - around; i < at + around; i++) {
        float bound = i + 2 < at ? 1e-3f * fabsf(samples[at]) : fabsf(samples[at]);
        if (fabsf(samples[i]) > bound) {
            return false;
        }
    }
    return true;
}

bool checks_nam_layout(const float *input, size_t frames, int rate) {
    return rate == 48000 && frames >= (size_t)180 * 48000 && frames <= (size_t)200 * 48000 &&
           is_blip(input, frames, 504000, 12000) && is_blip(input, frames, 552000, 12000) &&
           memcmp(input, input + frames - NAM_SECTION, NAM_SECTION * sizeof(float)) == 0;
}

// Samples that the target's answer to the blip at `at` is late, from -around on; INT_MAX: none
// seen.
static int blip_delay(const Pair *pair, size_t at, size_t around) {
    size_t quiet = at - around / 2;
    float noise = 0.0f, most = 0.0f;
    for (size_t i = at - around; i < at + around && i < pair->target_frames; i++) {
        float size = fabsf(pair->target[i]);
        noise = i < quiet ? fmaxf(noise, size) : noise;
        most = fmaxf(most, size);
    }
    float bound = fmaxf(4.0f * noise, 0.02f * most);
    for (size_t i = quiet; i < at + around && i < pair->target_frames && most > 0.0f; i++) {
        if (fabsf(pair->target[i]) > bound) {
            return (int)i - (int)at;
        }
    }
    return 1 << 30;
}

// The blips of NAM's files and of ours (0.5 s, 1 s): the first answer to a click.
static void check_blips(Checks *checks, const Pair *pair, int delay, const char *target) {
    static const double times[] = {0.5, 1.0, 10.5, 11.5};
    int found = 1 << 30;
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        size_t at = (size_t)lround(times[i] * pair->rate), around = (size_t)pair->rate / 5;
        if (is_blip(pair->input, pair->input_frames, at, around)) {
            int late = blip_delay(pair, at, around);
            found = abs(late) < abs(found) ? late : found;
        }
    }
    if (found == 1 << 30) {
        return;
    }
    bool agree = abs(found) <= BLIP_APART;
    checks_add(checks, "blips", agree ? VERDICT_OK : VERDICT_WARN, found + delay, "samples",
               agree ? "%s: the calibration blips say %d samples, which agrees to a millisecond"
                     : "%s: the calibration blips say a delay of %d samples, which is not what the "
                       "music says: set the right one with --latency N",
               target, found + delay);
}

static Status check_replicate(Checks *checks, const Pair *pair, const char *target,
                              Diagnostic *diagnostic) {
    size_t frames = frames_of(pair), settling = (size_t)(SETTLED * pair->rate);
    size_t last = pair->input_frames - NAM_SECTION;
    Repeat repeat = {0};
    Status status = STATUS_OK;
    if (checks_nam_layout(pair->input, pair->input_frames, pair->rate) &&
        frames >= last + (size_t)pair->rate) { // meant for this
        repeat = (Repeat){0, last, frames - last};
    } else {
        status = repeat_find(&repeat, pair->input, frames, pair->rate, diagnostic);
    }
    if (status != STATUS_OK || repeat.frames == 0) {
        return status;
    }
    Esr sums = {0};
    if (settling < repeat.frames) { // what came before may still sound
        esr_add(&sums, pair->target + repeat.first + settling,
                pair->target + repeat.second + settling, repeat.frames - settling);
    }
    double esr = sums.energy > 0.0 ? esr_ratio(&sums) : sums.error > 0.0;
    double length = (double)repeat.frames / pair->rate, rate = pair->rate;
    if (esr > REPLICATE_MOST) {
        checks_add(
            checks, "replicate", VERDICT_WARN, esr, "",
            "%s: the %.1f s that are played at %.1f s and again at %.1f s differ (ESR %.3g): "
            "the device, its settings or its level changed, and no model gets below that",
            target, length, (double)repeat.first / rate, (double)repeat.second / rate, esr);
    } else {
        checks_add(checks, "replicate", VERDICT_OK, esr, "",
                   "the %.1f s that are played at %.1f s and again at %.1f s differ by an ESR of "
                   "%.3g",
                   length, (double)repeat.first / rate, (double)repeat.second / rate, esr);
    }
    return STATUS_OK;
}

// ---- Silence in the input ----

// What the target does where the input is silent.
typedef struct Quiet {
    size_t frames; // of settled silence
    double noise;  // mean square of the target in it
    double tail;   // dB, the largest: see TAIL_*; -INFINITY when no input stops
    double played; // mean square of all of the target
} Quiet;

static void measure_tail(Quiet *quiet, const Pair *pair, size_t begin, size_t end) {
    size_t before = (size_t)(TAIL_FROM * pair->rate), after = (size_t)(TAIL_TO * pair->rate);
    if (begin < before || end - begin < 2 * after ||
        mean_square(pair->input, begin - before, begin) < PLAYED * PLAYED) {
        return;
    }
    double sounded = mean_square(pair->target, begin - before, begin);
    double tail = mean_square(pair->target, begin + before, begin + after);
    double noise = mean_square(pair->target, end - before, end);
    if (sounded < LOUD * quiet->played) {
        return; // a click, or next to nothing
    }
    if (decibels_finite(tail / fmax(noise, 1e-20)) > ABOVE_NOISE) {
        quiet->tail = fmax(quiet->tail, decibels_finite(tail / sounded));
    } else {
        quiet->tail = fmax(quiet->tail, -120.0);
    }
}

static Quiet measure_silence(const Pair *pair) {
    size_t frames = frames_of(pair), begin = 0;
    Quiet quiet = {.tail = -INFINITY, .played = mean_square(pair->target, 0, frames)};
    size_t least = (size_t)(SILENCE * pair->rate), settled = (size_t)(SETTLED * pair->rate);
    for (size_t i = 0; i <= frames; i++) {
        if (i < frames && fabs((double)pair->input[i]) <= NOTHING) {
            continue;
        }
        if (i - begin >= least) {
            size_t count = i - begin - settled;
            quiet.noise += (double)count * mean_square(pair->target, begin + settled, i);
            quiet.frames += count;
            measure_tail(&quiet, pair, begin, i);
        }
        begin = i + 1;
    }
    quiet.noise = quiet.frames ? quiet.noise / (double)quiet.frames : 0.0;
    return quiet;
}

static void check_silence(Checks *checks, const Pair *pair, const char *target) {
    Quiet quiet = measure_silence(pair);
    if (quiet.frames == 0) {
        checks_add(checks, "noise", VERDICT_OK, NAN, "",
                   "%s: noise not measured: the input is never silent", target);
        return;
    }
    double bound = fmax(quiet.noise / fmax(quiet.played, 1e-20), checks->least);
    checks_tell_noise(checks, target, bound);
    checks_add(checks, "noise", bound > NOISE_MOST ? VERDICT_WARN : VERDICT_OK, bound, "",
               bound > NOISE_MOST
                   ? "%s: its noise alone makes an ESR of %.2g, and no model gets below it: "
                     "record it with less noise"
                   : "%s: its noise makes an ESR of %.2g: the least that a model can reach",
               target, bound);
    if (quiet.tail > TAIL_MOST) {
        checks_add(checks, "tail", VERDICT_WARN, quiet.tail, "dB",
                   "%s: still sounds (%.0f dB) 50 ms after the input has stopped: reverb or delay, "
                   "which a small network cannot learn; switch it off and record again",
                   target, quiet.tail);
    } else if (quiet.tail > -INFINITY) {
        checks_add(checks, "tail", VERDICT_OK, quiet.tail, "dB", "%s: silent soon after the input",
                   target);
    }
}

// ---- Echo ----

static Status check_echo(Checks *checks, const Pair *pair, const char *target,
                         Diagnostic *diagnostic) {
    Echo echo;
    Status status = echo_find(&echo, pair, diagnostic);
    if (status == STATUS_OK && echo.seconds > 0.0) {
        checks_add(checks, "echo", VERDICT_WARN, 1e3 * echo.seconds, "ms",
                   "%s: repeats the sound %.0f ms later, at %.1f dB: an echo, which no such model "
                   "can learn; switch the delay off and record again",
                   target, 1e3 * echo.seconds, echo.level);
    } else if (status == STATUS_OK) {
        checks_add(checks, "echo", VERDICT_OK, 0.0, "ms", "%s: no echo", target);
    }
    return status;
}

// ---- Gate ----

static void check_gate(Checks *checks, const Pair *pair, const char *target) {
    size_t frames = frames_of(pair), begin = 0, gated = 0;
    size_t least = (size_t)(GATED * pair->rate);
    double silence = fmin(STEP, STEP_SHARE * (double)level_peak(pair->target, frames));
    for (size_t i = 0; i <= frames; i++) {
        if (i < frames && fabs((double)pair->target[i]) <= silence) {
            continue;
        }
        if (i - begin > least && mean_square(pair->input, begin, i) > PLAYED * PLAYED) {
            gated += i - begin;
        }
        begin = i + 1;
    }
    double seconds = (double)gated / pair->rate;
    if (gated > 0) {
        checks_add(checks, "gate", VERDICT_WARN, seconds, "s",
                   "%s: digitally silent for %.2f s while the input plays: a noise gate, or parts "
                   "that were cut out; switch it off and record again (the plugin has its own)",
                   target, seconds);
    } else {
        checks_add(checks, "gate", VERDICT_OK, 0.0, "s", "%s: not gated", target);
    }
}

// ---- Spectrum ----

// dB of the mean power in 0.82 .. 0.9 of the spectrum against 0.6 .. 0.75.
static Status top_of(double *top, const float *samples, size_t frames, Diagnostic *diagnostic) {
    Analyser *analyser = NULL;
    Status status = analyser_new(&analyser, SPECTRUM, WINDOW_BLACKMAN_HARRIS, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    static const double half = 0.5 * SPECTRUM;
    double power[2] = {0.0, 0.0}; // below and above
    size_t blocks = frames / SPECTRUM, used = blocks < SPECTRA ? blocks : SPECTRA;
    for (size_t b = 0; b < used; b++) {
        const float *block = samples + b * blocks / used * SPECTRUM;
        memcpy(analyser_samples(analyser), block, SPECTRUM * sizeof *block);
        const double *squares = analyser_power(analyser);
        for (int k = (int)(0.6 * half); k < (int)(0.9 * half); k++) {
            double place = k / half;
            power[0] += place < 0.75 ? squares[k] / 0.15 : 0.0;
            power[1] += place >= 0.82 ? squares[k] / 0.08 : 0.0;
        }
    }
    analyser_free(analyser);
    *top = power[0] > 0.0 ? decibels_finite(power[1] / power[0]) : 0.0;
    return STATUS_OK;
}

static Status check_resampled(Checks *checks, const char *id_of, const float *samples,
                              size_t frames, Diagnostic *diagnostic) {
    double top = 0.0;
    Status status = top_of(&top, samples, frames, diagnostic);
    if (status == STATUS_OK && top < TOP_LEAST) {
        checks_add(checks, "resampled", VERDICT_WARN, top, "dB",
                   "%s: nothing above 0.8 of its spectrum (%.0f dB): it was resampled or went "
                   "through a lossy format; the model will lack that, too: use the original",
                   id_of, top);
    } else if (status == STATUS_OK) {
        checks_add(checks, "resampled", VERDICT_OK, top, "dB", "%s: full bandwidth", id_of);
    }
    return status;
}

Status checks_device(Checks *checks, const Pair *pair, int delay, const char *target,
                     Diagnostic *diagnostic) {
    check_blips(checks, pair, delay, target);
    Status status = check_replicate(checks, pair, target, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    check_silence(checks, pair, target);
    status = check_echo(checks, pair, target, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    check_gate(checks, pair, target);
    return check_resampled(checks, target, pair->target, frames_of(pair), diagnostic);
}
