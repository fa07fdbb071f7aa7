// SPDX-License-Identifier: ISC
#include "training/data/checks_recorder.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/base/decibels.h"
#include "dsp/base/memory.h"
#include "training/data/clicks.h"
#include "training/data/hum.h"

enum {
    NAMED = 3,    // places that are named
    CRACKLE = 10, // clicks that make a crackle
};

#define SILENCE_TOLD 10.0 // s left out that are worth a remark
#define NEAR_SLIP 0.1     // s
#define HUM_MOST 1e-4     // of the target's power: the ESR that it alone makes
#define HUM_OWN 1e-3      // of that: an input that hums so much is the guitar's hum, amplified

// A list of places, for one line.
typedef struct Places {
    int count;
    char text[200];
} Places;

static void add_place(Places *places, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void add_place(Places *places, const char *format, ...) {
    size_t length = strlen(places->text), room = sizeof places->text - length;
    if (places->count++ < NAMED && room > 2) {
        va_list arguments;
        memcpy(places->text + length, length ? ", " : "", length ? 3 : 1);
        length = strlen(places->text);
        va_start(arguments, format);
        vsnprintf(places->text + length, sizeof places->text - length, format, arguments);
        va_end(arguments);
    }
}

static void end_places(Places *places) {
    size_t length = strlen(places->text);
    if (places->count > NAMED) {
        snprintf(places->text + length, sizeof places->text - length, " and at %d more places",
                 places->count - NAMED);
    }
}

// ---- Samples lost ----

// The places of one of the two files.
static void check_slips(Checks *checks, const CheckedFile *file, bool is_target,
                        const Timing *timing) {
    Places places = {0};
    long total = 0;
    double rate = file->audio->rate;
    for (int i = 0; i < timing->slips; i++) {
        const Slip *slip = &timing->slip[i];
        bool later = slip->samples > 0, here = (later == is_target) == slip->added;
        if (here) {
            long samples = labs(slip->samples);
            double late = is_target ? timing->delay : 0.0;
            add_place(&places, "about %ld samples (%.1f ms) %s at %.2f s", samples,
                      1e3 * (double)samples / rate, slip->added ? "were added" : "are missing",
                      ((double)slip->at + late) / rate);
            total += samples;
        }
    }
    end_places(&places);
    if (places.count > 0) {
        checks_add(checks, "dropouts", VERDICT_WARN, (double)total, "samples",
                   "%s: %s; each part is aligned by itself, and the moment between left out (a "
                   "larger buffer keeps a recorder from it)",
                   file->name, places.text);
    }
}

static void check_dropouts(Checks *checks, const CheckedFile *input, const CheckedFile *target,
                           const Timing *timing) {
    if (timing->slips > 0) {
        check_slips(checks, input, false, timing);
        check_slips(checks, target, true, timing);
    } else if (timing->judged) {
        checks_add(checks, "dropouts", VERDICT_OK, 0.0, "samples",
                   "%s: no samples are missing, and none too many", target->name);
    } else {
        checks_add(checks, "dropouts", VERDICT_OK, NAN, "samples",
                   "%s: not looked for missing samples: too little of it follows the input",
                   target->name);
    }
}

// Whether the gap is what a recorder added at a slip, of which was told.
static bool is_slip(const Gap *gap, const Timing *timing, double late, double rate) {
    for (int i = 0; i < timing->slips; i++) {
        double at = (double)timing->slip[i].at + late, near = NEAR_SLIP * rate;
        if (at > (double)gap->begin - near && at < (double)gap->end + near) {
            return true;
        }
    }
    return false;
}

static void check_gaps(Checks *checks, const CheckedFile *file, const Gaps *gaps,
                       const Timing *timing, double late) {
    Places places = {0};
    double rate = file->audio->rate;
    for (int i = 0; i < gaps->count; i++) {
        const Gap *gap = &gaps->gap[i];
        if (is_slip(gap, timing, late, rate)) {
            continue;
        }
        add_place(&places, "for %.1f ms at %.2f s", 1e3 * (double)(gap->end - gap->begin) / rate,
                  (double)gap->begin / rate);
    }
    end_places(&places);
    if (places.count > 0) {
        checks_add(checks, "gaps", VERDICT_WARN, places.count, "places",
                   "%s: empty %s, in the midst of sound; that is left out (a larger buffer keeps a "
                   "recorder from it)",
                   file->name, places.text);
    } else {
        checks_add(checks, "gaps", VERDICT_OK, 0.0, "places", "%s: without gaps", file->name);
    }
}

void checks_recorder(Checks *checks, const CheckedFile *input, const CheckedFile *target,
                     const Timing *timing, const Gaps gaps[2], const Repair *repair) {
    check_dropouts(checks, input, target, timing);
    check_gaps(checks, input, &gaps[0], timing, 0.0);
    check_gaps(checks, target, &gaps[1], timing, timing->delay);
    if (repair->silence > 0.0) {
        bool told = repair->silence > SILENCE_TOLD;
        checks_add(checks, "silence", told ? VERDICT_WARN : VERDICT_OK, repair->silence, "s",
                   "%s: %.1f s of silence are left out, of what is trained on and of what is held "
                   "out; some stays",
                   input->name, repair->silence);
    } else {
        checks_add(checks, "silence", VERDICT_OK, 0.0, "s", "%s: no long silence", input->name);
    }
}

// ---- Hum and clicks ----

static Status check_hum(Checks *checks, const Pair *pair, const char *target,
                        Diagnostic *diagnostic) {
    Hum wet, dry;
    Status status = hum_find(&wet, pair->target, pair->target_frames, pair->rate, diagnostic);
    if (status == STATUS_OK) {
        status = hum_find(&dry, pair->input, pair->input_frames, pair->rate, diagnostic);
    }
    if (status != STATUS_OK) {
        return status;
    }
    bool own = !(dry.share > HUM_OWN * wet.share && dry.frequency == wet.frequency);
    if (wet.share > HUM_MOST && own) {
        checks_add(checks, "hum", VERDICT_WARN, wet.share, "",
                   "%s: hums at %.0f Hz and its harmonics (%.0f dB below the sound) from %.0f to "
                   "%.0f s, the input does not; no model gets below an ESR of %.1g: find the "
                   "ground loop, or record away from transformers",
                   target, wet.frequency, -decibels_of_power(wet.share), wet.begin, wet.end,
                   wet.share);
    } else {
        checks_add(checks, "hum", VERDICT_OK, wet.share, "", "%s: %s", target,
                   wet.share > HUM_MOST ? "hums as the input does" : "no hum of the mains");
    }
    return STATUS_OK;
}

static Status check_clicks(Checks *checks, const Pair *pair, const char *target, const Cut *cuts,
                           int count, int late, Diagnostic *diagnostic) {
    Clicks *clicks = memory_new(1, sizeof *clicks);
    Status status = clicks ? clicks_find(clicks, pair, cuts, count, diagnostic)
                           : diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for clicks");
    if (status != STATUS_OK) {
        memory_free(clicks);
        return status;
    }
    Places places = {0};
    double first = 0.0, last = 0.0;
    for (int i = 0; i < clicks->count; i++) {
        size_t at = repair_place(cuts, count, clicks->at[i]) + (size_t)(late > 0 ? late : 0);
        last = (double)at / pair->rate;
        first = i ? first : last;
        add_place(&places, "%s%.2f s", i ? "" : "at ", last);
    }
    end_places(&places);
    if (clicks->count >= CRACKLE) {
        checks_add(checks, "clicks", VERDICT_WARN, clicks->count, "clicks",
                   "%s: crackles: %d clicks between %.2f and %.2f s that nothing in the input "
                   "explains; look for a bad cable or jack, or digital clocks that do not agree, "
                   "and record again",
                   target, clicks->count, first, last);
    } else if (clicks->count > 0) {
        checks_add(checks, "clicks", VERDICT_WARN, clicks->count, "clicks",
                   "%s: %d click%s that nothing in the input explains, %s; a model cannot learn "
                   "them, and a few do little harm: cut them out of both files, or record again",
                   target, clicks->count, clicks->count == 1 ? "" : "s", places.text);
    } else {
        checks_add(checks, "clicks", VERDICT_OK, 0.0, "clicks", "%s: no clicks", target);
    }
    memory_free(clicks);
    return STATUS_OK;
}

Status checks_disturbances(Checks *checks, const Pair *pair, const char *target, const Cut *cuts,
                           int count, int late, Diagnostic *diagnostic) {
    Status status = check_hum(checks, pair, target, diagnostic);
    const Check *echo = checks_find(checks, "echo");
    bool repeats = echo && echo->verdict != VERDICT_OK; // the attack of a pick, perhaps
    return status == STATUS_OK && !repeats
               ? check_clicks(checks, pair, target, cuts, count, late, diagnostic)
               : status;
}
