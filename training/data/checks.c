// SPDX-License-Identifier: ISC
#include "training/data/checks.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "dsp/base/decibels.h"

#define LENGTHS 1.0          // s that lengths may differ by: recorders stop late
#define NEARLY 0.004         // of a length
#define LONG_ENOUGH 120.0    // s: shorter pairs train, but do not show the device everything
#define SILENT 1e-5          // peak, -100 dBFS: below the noise of any converter
#define FULL_SCALE 0.9999    // 16 bits reach 0.99997
#define BEYOND_SCALE 1.0001  // floats do not end at full scale
#define AS_LARGE 5e-5        // of the largest sample: as large as it
#define CORNER 4e-4          // of it: a clipped peak is left at once, a round one is not,
#define CORNER_STEPS 3.0     // and more than so many of the file's steps,
#define STEP_MOST 3.1e-5     // those of 16 bits, or finer ones
#define UNEVEN 1e-3          // between the sides: no converter clips so, but devices do
#define CLIPPED_MOST 1e-4    // share of samples: more than an accident
#define INPUT_LEVEL (-6.0)   // dBFS: players are louder, and the model has not seen that then
#define TARGET_LEVEL (-30.0) // dBFS: below, the noise of converters counts
#define DC_MOST 0.01         // of the RMS
#define DELAY_MOST 0.1       // s: more is no converter's delay
#define EARLY (-8)           // samples: below, it is no filter that rings before it answers
#define UNSURE 22.0          // dB: two recordings that have nothing in common reach 18.5
#define DRIFT_MOST 1.0       // samples: sound pairs reach 0.55
#define LEARNT_MOST                                                                                \
    0.9                // error of the delay fit: unrelated pairs come to 1, the worst sound one
                       // (a high-gain amplifier) to 0.2
#define CREST 3.0      // dB: of ten devices none raises the crest factor, most lower it by 5
#define CREST_SURE 6.0 // dB
#define INVERSE                                                                                    \
    0.5 // of the error of the delay fit: devices are easier than their inverses,
        // all ten by a factor of 5 and more

const char *verdict_name(Verdict verdict) {
    return verdict == VERDICT_OK ? "ok" : verdict == VERDICT_WARN ? "warn" : "refuse";
}

void checks_add(Checks *checks, const char *id, Verdict verdict, double value, const char *unit,
                const char *format, ...) {
    if (checks->count < CHECKS_MOST) {
        Check *check = &checks->check[checks->count++];
        *check = (Check){.id = id, .verdict = verdict, .value = value, .unit = unit};
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(check->text, sizeof check->text, format, arguments);
        va_end(arguments);
    }
}

const Check *checks_find(const Checks *checks, const char *id) {
    for (int i = 0; i < checks->count; i++) {
        if (strcmp(checks->check[i].id, id) == 0) {
            return &checks->check[i];
        }
    }
    return NULL;
}

const Check *checks_refusal(const Checks *checks) {
    for (int i = 0; i < checks->count; i++) {
        if (checks->check[i].verdict == VERDICT_REFUSE) {
            return &checks->check[i];
        }
    }
    return NULL;
}

// ---- Files ----

// Whether the lengths stand to each other as two common rates do, which are put into `rates`.
static bool mislabelled(size_t shorter, size_t longer, int rates[2]) {
    static const int common[] = {44100, 48000, 88200, 96000};
    for (int i = 0; i < 4; i++) {
        for (int k = i + 1; k < 4; k++) {
            double expected = (double)longer * common[i] / common[k];
            if (fabs((double)shorter - expected) <= NEARLY * (double)longer) {
                rates[0] = common[i];
                rates[1] = common[k];
                return true;
            }
        }
    }
    return false;
}

// At different rates.
static void check_durations(Checks *checks, const CheckedFile *input, const CheckedFile *target) {
    double dry = (double)input->audio->frames / input->audio->rate;
    double wet = (double)target->audio->frames / target->audio->rate;
    checks_add(checks, "lengths", fabs(wet - dry) > LENGTHS ? VERDICT_REFUSE : VERDICT_OK,
               wet - dry, "s", "%s lasts %.2f s, %s %.2f s", input->name, dry, target->name, wet);
}

static void check_lengths(Checks *checks, const CheckedFile *input, const CheckedFile *target) {
    const CheckedFile *longer = target, *shorter = input;
    if (input->audio->frames > target->audio->frames) {
        longer = input;
        shorter = target;
    }
    size_t more = longer->audio->frames - shorter->audio->frames;
    double seconds = (double)more / longer->audio->rate;
    if (input->audio->rate != target->audio->rate) {
        check_durations(checks, input, target);
    } else if (more == 0) {
        checks_add(checks, "lengths", VERDICT_OK, 0.0, "samples", "both have %zu samples",
                   longer->audio->frames);
    } else {
        checks_add(checks, "lengths", VERDICT_WARN, (double)more, "samples",
                   "%s has %zu samples (%.3f s) more than %s; what both have is used", longer->name,
                   more, seconds, shorter->name);
    }
}

// Lengths that stand to each other as two rates do are no accident where nothing else fits either.
static void check_mislabelled(Checks *checks, const CheckedFile *input, const CheckedFile *target) {
    const CheckedFile *longer = target, *shorter = input;
    int rates[2];
    if (input->audio->frames > target->audio->frames) {
        longer = input;
        shorter = target;
    }
    size_t more = longer->audio->frames - shorter->audio->frames;
    if ((double)more > LENGTHS * longer->audio->rate &&
        mislabelled(shorter->audio->frames, longer->audio->frames, rates)) {
        checks_add(checks, "lengths", VERDICT_REFUSE, (double)more, "samples",
                   "%s: %zu samples, %.1f s less than %s: as many as if one was recorded at %d Hz "
                   "and the other at %d Hz, though both files say %d Hz; record both at the same",
                   shorter->name, shorter->audio->frames, (double)more / longer->audio->rate,
                   longer->name, rates[0], rates[1], longer->audio->rate);
    }
}

// "left", "right", or "number 3".
static const char *channel_name(const Audio *audio, char text[16]) {
    if (audio->channels == 2) {
        return audio->channel == 2 ? "right" : "left";
    }
    snprintf(text, 16, "number %d", audio->channel);
    return text;
}

static void check_stereo(Checks *checks, const CheckedFile *file) {
    const Audio *audio = file->audio;
    char text[16];
    const char *channel = channel_name(audio, text);
    bool differ = audio->channels > 1 && audio->spread > 0.0f;
    if (differ && file->told) {
        checks_add(checks, "stereo", VERDICT_OK, audio->channels, "channels",
                   "%s: of its %d channels the one that was asked for is used, %s", file->name,
                   audio->channels, channel);
    } else if (differ && audio->alone) {
        checks_add(checks, "stereo", VERDICT_WARN, audio->channels, "channels",
                   "%s: of its %d channels only one has sound, %s: that one is used", file->name,
                   audio->channels, channel);
    } else if (differ) {
        checks_add(checks, "stereo", VERDICT_WARN, audio->channels, "channels",
                   "%s: its %d channels differ (by up to %.3g); only one is used, %s: --channel "
                   "names another",
                   file->name, audio->channels, (double)audio->spread, channel);
    } else {
        checks_add(checks, "stereo", VERDICT_OK, audio->channels, "channels", "%s: %s", file->name,
                   audio->channels > 1 ? "all channels are the same" : "mono");
    }
}

void checks_files(Checks *checks, const CheckedFile *input, const CheckedFile *target) {
    if (input->audio->rate == target->audio->rate) {
        checks_add(checks, "rates", VERDICT_OK, input->audio->rate, "Hz", "both have %d Hz",
                   input->audio->rate);
    } else {
        checks_add(checks, "rates", VERDICT_REFUSE, target->audio->rate, "Hz",
                   "%s: %d Hz, but %s has %d Hz; convert one of them", target->name,
                   target->audio->rate, input->name, input->audio->rate);
    }
    check_lengths(checks, input, target);
    check_stereo(checks, input);
    check_stereo(checks, target);
}

// ---- Sound ----

// What two passes over a file tell.
typedef struct Levels {
    double peak, rms, mean;
    size_t clipped; // samples in runs of three and more at the largest of their sign
    bool uneven;    // on both sides, and these are not as large
} Levels;

// Samples in runs of three and more that are as large as `rail`, the largest or smallest of all,
// and at an end of which there is a corner. `step`: the smallest between two samples.
static size_t count_clipped(const Audio *audio, double rail, double step) {
    size_t clipped = 0, run = 0;
    double near = AS_LARGE * fabs(rail), corner = fmax(CORNER * fabs(rail), CORNER_STEPS * step);
    for (size_t i = 0; i <= audio->frames; i++) {
        if (i < audio->frames && fabs((double)audio->samples[i] - rail) <= near) {
            run++;
            continue;
        }
        double after = i < audio->frames ? fabs((double)audio->samples[i] - rail) : 0.0;
        double before = i > run ? fabs((double)audio->samples[i - run - 1] - rail) : 0.0;
        clipped += run >= 3 && fmax(before, after) > corner ? run : 0;
        run = 0;
    }
    return clipped;
}

static Levels measure_levels(const Audio *audio) {
    Levels levels = {0};
    double most = 0.0, least = 0.0, step = STEP_MOST, before = 0.0;
    for (size_t i = 0; i < audio->frames; i++) {
        double x = audio->samples[i];
        most = fmax(most, x);
        least = fmin(least, x);
        levels.rms += x * x;
        levels.mean += x;
        step = x != before ? fmin(step, fabs(x - before)) : step;
        before = x;
    }
    levels.peak = fmax(most, -least);
    size_t above = most > 0.0 ? count_clipped(audio, most, step) : 0;
    size_t below = least < 0.0 ? count_clipped(audio, least, step) : 0;
    levels.clipped = above + below;
    levels.uneven = above > 0 && below > 0 && fabs(most + least) > UNEVEN * levels.peak;
    levels.rms = sqrt(levels.rms / (double)audio->frames);
    levels.mean /= (double)audio->frames;
    return levels;
}

static double decibels(double ratio) {
    double level = fmax(decibels_of_amplitude(ratio), DECIBELS_FLOOR);
    return fabs(level) < 0.05 ? 0.0 : level; // not "-0.0"
}

static void check_silent(Checks *checks, const CheckedFile *file, const Levels *levels) {
    double peak = decibels(levels->peak);
    if (levels->peak < SILENT) {
        checks_add(checks, "silent", VERDICT_REFUSE, peak, "dBFS",
                   "%s: silent (peak %.1f dBFS); record it again with more level", file->name,
                   peak);
    } else {
        checks_add(checks, "silent", VERDICT_OK, peak, "dBFS", "%s: peak %.1f dBFS", file->name,
                   peak);
    }
}

static void check_clipping(Checks *checks, const CheckedFile *file, const Levels *levels,
                           bool is_target) {
    double share = (double)levels->clipped / (double)file->audio->frames;
    if (levels->clipped == 0) {
        checks_add(checks, "clipping", VERDICT_OK, 0.0, "samples", "%s: not clipped", file->name);
        return;
    }
    bool full = levels->peak >= FULL_SCALE && levels->peak <= BEYOND_SCALE;
    if (!full && is_target && levels->uneven) {
        checks_add(checks, "clipping", VERDICT_OK, (double)levels->clipped, "samples",
                   "%s: flat in %zu samples (%.3g %%) at its peaks, which differ in size: it is "
                   "the device that clips",
                   file->name, levels->clipped, 100.0 * share);
    } else if (full) {
        checks_add(checks, "clipping", share > CLIPPED_MOST ? VERDICT_REFUSE : VERDICT_WARN,
                   (double)levels->clipped, "samples",
                   "%s: clipped: %zu samples (%.3g %%) in a row at full scale; the model would "
                   "learn the converter's clipping, too: record it again with less gain",
                   file->name, levels->clipped, 100.0 * share);
    } else {
        checks_add(
            checks, "clipping", VERDICT_WARN, (double)levels->clipped, "samples",
            "%s: clipped: %zu samples (%.3g %%) in a row at its peak of %.1f dBFS; the model "
            "will learn that, too: if it is not the device that clips so, record it again "
            "with less gain",
            file->name, levels->clipped, 100.0 * share, decibels(levels->peak));
    }
}

static void check_level(Checks *checks, const CheckedFile *file, const Levels *levels, double least,
                        const char *advice) {
    double peak = decibels(levels->peak);
    if (peak < least) {
        checks_add(checks, "level", VERDICT_WARN, peak, "dBFS", "%s: quiet (peak %.1f dBFS); %s",
                   file->name, peak, advice);
    } else {
        checks_add(checks, "level", VERDICT_OK, peak, "dBFS", "%s: loud enough", file->name);
    }
}

void checks_tell_noise(Checks *checks, const char *target, double esr) {
    Check *last = NULL; // the target's
    for (int i = 0; i < checks->count; i++) {
        if (strcmp(checks->check[i].id, "level") == 0) {
            last = &checks->check[i];
        }
    }
    if (last && last->verdict == VERDICT_WARN) {
        snprintf(last->text, sizeof last->text,
                 "%s: quiet (peak %.1f dBFS); it is trained on as if it were loud, but its noise, "
                 "as far as it is known, makes an ESR of %.2g, and no model gets below it: record "
                 "it with more level (%g dBFS and more)",
                 target, last->value, esr, TARGET_LEVEL);
    }
}

static void check_dc(Checks *checks, const CheckedFile *file, const Levels *levels) {
    double share = levels->rms > 0.0 ? 100.0 * fabs(levels->mean) / levels->rms : 0.0;
    if (share > 100.0 * DC_MOST) {
        checks_add(checks, "dc", VERDICT_WARN, share, "%",
                   "%s: DC offset of %.2g %% of the RMS; the model will learn it: a high-pass "
                   "filter on the recording (both files the same) takes it out",
                   file->name, share);
    } else {
        checks_add(checks, "dc", VERDICT_OK, share, "%", "%s: no DC offset", file->name);
    }
}

static void check_short(Checks *checks, const CheckedFile *file, double least) {
    double seconds = (double)file->audio->frames / file->audio->rate;
    if (seconds < least) {
        checks_add(checks, "short", VERDICT_REFUSE, seconds, "s",
                   "%s: too short (%.1f s); a pair of at least %.0f s is needed, two minutes are "
                   "better",
                   file->name, seconds, least);
    } else if (seconds < LONG_ENOUGH && least > 5.0) {
        checks_add(checks, "short", VERDICT_WARN, seconds, "s",
                   "%s: short (%.1f s); two minutes and more teach the model more", file->name,
                   seconds);
    } else {
        checks_add(checks, "short", VERDICT_OK, seconds, "s", "%s: %.1f s", file->name, seconds);
    }
}

void checks_sound(Checks *checks, const CheckedFile *input, const CheckedFile *target,
                  double least) {
    size_t frames = input->audio->frames < target->audio->frames ? input->audio->frames
                                                                 : target->audio->frames;
    Levels dry = measure_levels(input->audio), wet = measure_levels(target->audio);
    check_short(checks, target, least);
    check_silent(checks, input, &dry);
    check_silent(checks, target, &wet);
    bool same = memcmp(input->audio->samples, target->audio->samples, frames * sizeof(float)) == 0;
    if (same) {
        checks_add(checks, "identical", VERDICT_REFUSE, 0.0, "",
                   "%s: identical to %s; the target must be what the device made of the input",
                   target->name, input->name);
    } else {
        checks_add(checks, "identical", VERDICT_OK, NAN, "", "the two files differ");
    }
    check_clipping(checks, input, &dry, false);
    check_clipping(checks, target, &wet, true);
    check_level(checks, input, &dry, INPUT_LEVEL,
                "a guitar played harder than the recording is new to the model: -6 dBFS and more "
                "are better");
    check_level(checks, target, &wet, TARGET_LEVEL,
                "its noise will count: record it with more level");
    check_dc(checks, input, &dry);
    check_dc(checks, target, &wet);
}

// ---- Timing ----

static void check_delay(Checks *checks, const CheckedFile *target, const Alignment *alignment,
                        bool given) {
    int delay = alignment->delay;
    double milliseconds = 1e3 * delay / target->audio->rate;
    if (given) {
        checks_add(checks, "delay", VERDICT_OK, delay, "samples",
                   "%s: %d samples taken out as told (the peak of the correlation is at %.1f)",
                   target->name, delay, alignment->peak);
    } else if (delay < 0 && delay >= 2 * EARLY && alignment->late) {
        checks_add(checks, "delay", VERDICT_OK, delay, "samples",
                   "%s: no delay; the model may be %d samples (%.2f ms) late", target->name, -delay,
                   -milliseconds);
    } else if (delay < 0) {
        checks_add(checks, "delay", VERDICT_WARN, delay, "samples",
                   "%s: comes %d samples (%.2f ms) before the input, which no device does; they "
                   "are taken out: %s",
                   target->name, -delay, -milliseconds,
                   delay < EARLY ? "was the start cut off, or are the files swapped?"
                                 : "so few may be a filter that rings before it answers");
    } else if (fabs(milliseconds) > 1e3 * DELAY_MOST) {
        checks_add(checks, "delay", VERDICT_WARN, delay, "samples",
                   "%s: %d samples (%.0f ms) late; they are taken out, but no converter takes "
                   "that long: do both recordings start together?",
                   target->name, delay, milliseconds);
    } else if (delay == 0) {
        checks_add(checks, "delay", VERDICT_OK, 0.0, "samples", "%s: no delay", target->name);
    } else {
        checks_add(checks, "delay", VERDICT_OK, delay, "samples",
                   "%s: %d samples (%.2f ms) late; they are taken out", target->name, delay,
                   milliseconds);
    }
}

static void check_confidence(Checks *checks, const CheckedFile *target,
                             const Alignment *alignment) {
    if (alignment->confidence < UNSURE) {
        checks_add(
            checks, "confidence", VERDICT_WARN, alignment->confidence, "dB",
            "%s: the delay is hard to tell (the correlation peaks at %.2f samples, but stands "
            "out there by %.1f dB only); do the files belong together? --latency N sets it",
            target->name, alignment->peak, alignment->confidence);
    } else {
        checks_add(checks, "confidence", VERDICT_OK, alignment->confidence, "dB",
                   "the delay is sure: the correlation peaks at %.2f samples and stands out there "
                   "by %.1f dB",
                   alignment->peak, alignment->confidence);
    }
}

// Samples between the middles of the first and the last third.
static double apart(const CheckedFile *target) {
    return (double)target->audio->frames * 2.0 / 3.0;
}

static void check_drift(Checks *checks, const CheckedFile *target, double drift) {
    double millionths = 1e6 * drift / apart(target);
    if (fabs(drift) > DRIFT_MOST) {
        checks_add(checks, "drift", VERDICT_WARN, drift, "samples",
                   "%s: drifts by %.1f samples between its first and its last third (about %.1f "
                   "ppm): playback and recording ran on different clocks; it is resampled to the "
                   "input's clock (one interface for both needs nothing of the kind)",
                   target->name, drift, millionths);
    } else if (isnan(drift)) {
        checks_add(checks, "drift", VERDICT_OK, drift, "samples",
                   "%s: drift not judged: too little of it follows the input", target->name);
    } else {
        checks_add(checks, "drift", VERDICT_OK, drift, "samples", "%s: does not drift",
                   target->name);
    }
}

static double crest(const Audio *audio) {
    Levels levels = measure_levels(audio);
    return decibels(levels.rms > 0.0 ? levels.peak / levels.rms : 1.0);
}

static void check_swapped(Checks *checks, const CheckedFile *input, const CheckedFile *target,
                          const Alignment *alignment) {
    double more = crest(target->audio) - crest(input->audio);
    bool peaky = more > CREST;
    bool easier = alignment->tried && alignment->swapped < INVERSE * alignment->error;
    if (peaky && easier) {
        checks_add(checks, "swapped", VERDICT_REFUSE, more, "dB",
                   "%s and %s seem to be swapped: the target is peakier than the input by %.1f dB, "
                   "and easier to undo than to do; name the dry file first",
                   input->name, target->name, more);
    } else if (easier || more > CREST_SURE) {
        checks_add(checks, "swapped", VERDICT_WARN, more, "dB",
                   "%s and %s may be swapped: %s; the dry file comes first", input->name,
                   target->name,
                   easier ? "the target is easier to undo than to do"
                          : "the target is peakier than the input");
    } else {
        checks_add(checks, "swapped", VERDICT_OK, more, "dB", "input and target are not swapped");
    }
}

void checks_timing(Checks *checks, const CheckedFile *input, const CheckedFile *target,
                   const Alignment *alignment, bool given, double drift) {
    if (alignment->confidence < UNSURE) {
        check_mislabelled(checks, input, target);
    }
    check_delay(checks, target, alignment, given);
    check_confidence(checks, target, alignment);
    check_drift(checks, target, drift);
    if (alignment->inverted) {
        checks_add(
            checks, "polarity", VERDICT_WARN, -1.0, "",
            "%s: upside down against the input (polarity inverted), and so the model will "
            "be; many amplifiers do that: nothing to do unless you mix it with the dry sound",
            target->name);
    } else {
        checks_add(checks, "polarity", VERDICT_OK, 1.0, "", "%s: polarity kept", target->name);
    }
    if (alignment->tried && alignment->error > LEARNT_MOST) {
        checks_add(
            checks, "learnable", VERDICT_REFUSE, alignment->error, "",
            "%s: does not follow from %s: a delay fit learnt nothing (error %.2f of 1); do they "
            "belong together, and is the delay less than a second?",
            target->name, input->name, alignment->error);
    } else if (alignment->tried) {
        checks_add(checks, "learnable", VERDICT_OK, alignment->error, "",
                   "a delay fit of a small network came to an error of %.3g", alignment->error);
    }
    check_swapped(checks, input, target, alignment);
}
