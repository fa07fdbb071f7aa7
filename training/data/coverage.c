// SPDX-License-Identifier: ISC
#include "training/data/coverage.h"

#include <math.h>
#include <string.h>

#include "dsp/base/decibels.h"
#include "dsp/base/memory.h"

#define LEAST 2.0         // s of anything that shall not be called missing, and
#define LEAST_SHARE 0.01  // of what sounds
#define LEAST_SILENCE 1.0 // s
#define HEARD (-40.0)     // dB: softer than that no note counts as low or high
#define MOST_OF_IT 0.1    // of the power: what a low note has at least there, a high one at most
#define LOUD (-12.0)      // dBFS, peak
#define SOFT (-30.0)      // dBFS, peak
#define LOW_BELOW 80.0    // Hz: in the lowest band that is not low any more
#define HIGH_FROM 600.0   // Hz: in the lowest band that is high

enum { ALL_CELLS = 2 * COVERAGE_ROWS * MOMENTS_BANDS };

// Seconds by kind, level and band.
typedef double Map[COVERAGE_ROWS][MOMENTS_BANDS];
typedef struct Counts {
    Map map[2]; // where something is struck, where it sounds on
    double sum;
} Counts;

static void count_levels(Counts *counts, const Moment *moment, double seconds) {
    Map *map = &counts->map[moment->kind == MOMENT_SUSTAINED];
    for (int band = 0; band < MOMENTS_BANDS && moment->kind != MOMENT_SILENT; band++) {
        double row = floor((moment->level[band] - COVERAGE_LOWEST) / COVERAGE_ROW);
        if (row >= 0.0) {
            (*map)[(int)fmin(row, COVERAGE_ROWS - 1)][band] += seconds;
            counts->sum += seconds;
        }
    }
}

static double power_of(const Moment *moment, int first, int end) {
    return decibels_to_power(moments_between(moment, first, end));
}

// Whether a note goes on that has much of its power below a band.
static bool is_below(const Moment *moment, int band) {
    double below = power_of(moment, 0, band);
    return moment->kind == MOMENT_SUSTAINED && below >= decibels_to_power(HEARD) &&
           below >= MOST_OF_IT * power_of(moment, 0, MOMENTS_BANDS);
}

static bool is_high(const Moment *moment) {
    double all = power_of(moment, 0, MOMENTS_BANDS);
    return moment->kind != MOMENT_SILENT && all >= decibels_to_power(HEARD) &&
           power_of(moment, 0, moments_band(HIGH_FROM)) <= MOST_OF_IT * all;
}

bool coverage_is(const Moment *moment, CoverageKind kind) {
    switch (kind) {
    case COVERAGE_LOW:
        return is_below(moment, moments_band(LOW_BELOW));
    case COVERAGE_HIGH:
        return is_high(moment);
    case COVERAGE_LOUD:
        return moment->peak >= LOUD;
    case COVERAGE_SOFT:
        return moment->kind != MOMENT_SILENT && moment->peak < SOFT;
    case COVERAGE_STRUCK:
        return moment->kind == MOMENT_STRUCK;
    case COVERAGE_RINGING:
        return moment->ringing;
    case COVERAGE_KINDS:
        break;
    }
    return false;
}

static void count_moment(Coverage *coverage, const Moment *moment, double seconds) {
    bool sounds = moment->kind != MOMENT_SILENT, sustained = moment->kind == MOMENT_SUSTAINED;
    coverage->trained += seconds;
    coverage->silent += sounds ? 0.0 : seconds;
    coverage->struck += coverage_is(moment, COVERAGE_STRUCK) ? seconds : 0.0;
    coverage->sustained += sustained ? seconds : 0.0;
    coverage->ringing += coverage_is(moment, COVERAGE_RINGING) ? seconds : 0.0;
    coverage->high += coverage_is(moment, COVERAGE_HIGH) ? seconds : 0.0;
    coverage->loud += coverage_is(moment, COVERAGE_LOUD) ? seconds : 0.0;
    coverage->soft += coverage_is(moment, COVERAGE_SOFT) ? seconds : 0.0;
    for (int band = 0; band <= MOMENTS_BANDS; band++) {
        coverage->low[band] += is_below(moment, band) ? seconds : 0.0;
    }
}

static void count_recording(Coverage *coverage, Counts counts[2], const Recording *recording,
                            const Moments *moments, double rate) {
    double seconds = (double)moments->step / rate;
    for (int i = 0; i < moments->count; i++) {
        size_t middle = (size_t)i * moments->step + moments->step / 2;
        if (ranges_hold(&recording->training, middle)) {
            count_moment(coverage, &moments->moment[i], seconds);
            count_levels(&counts[0], &moments->moment[i], seconds);
        } else if (ranges_hold(&recording->validation, middle)) {
            count_levels(&counts[1], &moments->moment[i], seconds);
        }
    }
}

// What both have in common, of shares of either.
static double likeness(const Counts counts[2]) {
    const double *a = &counts[0].map[0][0][0], *b = &counts[1].map[0][0][0];
    double common = 0.0;
    for (int i = 0; i < ALL_CELLS; i++) {
        common += fmin(a[i] / fmax(counts[0].sum, 1e-9), b[i] / fmax(counts[1].sum, 1e-9));
    }
    return common;
}

// ---- What is missing ----

// Adds a check: whether there is enough of `what`. `lack` says what a model without is untried in.
static void tell_lack(Coverage *coverage, const char *id, double seconds, double least,
                      const char *what, const char *lack) {
    if (seconds < least) {
        checks_add(&coverage->missing, id, VERDICT_WARN, seconds, "s",
                   "hardly any %s (%.1f s, at least %.1f s are wanted): %s", what, seconds, least,
                   lack);
    } else {
        checks_add(&coverage->missing, id, VERDICT_OK, seconds, "s", "%.1f s of %s", seconds, what);
    }
}

// Up to which frequency there is hardly anything.
static void tell_low(Coverage *coverage, double least) {
    int lowest = 0, low = moments_band(LOW_BELOW);
    while (lowest < MOMENTS_BANDS && coverage->low[lowest + 1] < least) {
        lowest++;
    }
    double hertz = moments_hertz(lowest) * exp2(-1.0 / 6.0);
    if (lowest < low) {
        checks_add(&coverage->missing, "low", VERDICT_OK, hertz, "Hz",
                   "%.1f s of sustained notes below 70 Hz; next to none below %.0f Hz",
                   coverage->low[low], hertz);
    } else {
        checks_add(&coverage->missing, "low", VERDICT_WARN, hertz, "Hz",
                   "hardly any sustained notes below %.0f Hz (%.1f s, at least %.1f s are wanted): "
                   "%s are untried",
                   hertz, coverage->low[lowest], least,
                   lowest == low ? "low tunings and basses" : "low notes, a guitar's low E, too,");
    }
}

static void find_missing(Coverage *c) {
    double least = fmax(LEAST, LEAST_SHARE * (c->struck + c->sustained));
    tell_low(c, least);
    tell_lack(c, "high", c->high, least, "notes above 560 Hz alone",
              "single notes on the upper frets are untried");
    tell_lack(c, "loud", c->loud, least, "sound with peaks above -12 dBFS",
              "a guitar that is hotter, or turned up, is untried");
    tell_lack(c, "soft", c->soft, least, "sound with peaks below -30 dBFS",
              "soft playing, or the guitar turned down, is untried");
    tell_lack(c, "struck", c->struck, least, "strokes that stand out by 6 dB",
              "hard picking is untried");
    tell_lack(c, "ringing", c->ringing, least, "notes that ring out by 20 dB and more",
              "long notes are untried");
    tell_lack(c, "rests", c->silent, LEAST_SILENCE, "silence (below -60 dBFS)",
              "what the device does when nobody plays is untried");
}

Status coverage_hear(Moments *moments, const float **heard, const Dataset *dataset,
                     const Recording *recording, Diagnostic *diagnostic) {
    if (recording->input == *heard) {
        return STATUS_OK;
    }
    moments_clear(moments);
    *heard = recording->input;
    return moments_find(moments, recording->input, recording->frames, dataset->rate,
                        -dataset->input_gain, diagnostic);
}

Status coverage_measure(Coverage *coverage, const Dataset *dataset, Diagnostic *diagnostic) {
    Counts *counts = memory_new(2, sizeof *counts); // of what is trained on, of what is held out
    Status status = counts ? STATUS_OK
                           : diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the coverage");
    Moments moments = {0};
    const float *heard = NULL;
    *coverage = (Coverage){0};
    for (int i = 0; i < dataset->count && status == STATUS_OK; i++) {
        const Recording *recording = &dataset->recordings[i];
        status = coverage_hear(&moments, &heard, dataset, recording, diagnostic);
        if (status == STATUS_OK) {
            count_recording(coverage, counts, recording, &moments, dataset->rate);
        }
    }
    if (status == STATUS_OK) {
        memcpy(coverage->struck_map, counts[0].map[0], sizeof coverage->struck_map);
        memcpy(coverage->sustained_map, counts[0].map[1], sizeof coverage->sustained_map);
        coverage->likeness = likeness(counts);
        find_missing(coverage);
    }
    moments_clear(&moments);
    memory_free(counts);
    return status;
}
