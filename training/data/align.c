// SPDX-License-Identifier: ISC
#include "training/data/align.h"

#include <math.h>
#include <stdlib.h>

#include "dsp/base/correlation.h"
#include "dsp/base/decibels.h"
#include "dsp/base/memory.h"
#include "training/data/onset.h"

enum {
    BLOCKS = 300,         // of correlation_init: a quarter of an hour at 48 kHz
    SPREAD = 3,           // lags about the peak that belong to it (times a 1000th of a second)
    UPDATES = 4000,       // of a delay fit
    SWAPPED = 1500,       // updates of the fits with input and target exchanged
    BEFORE = 4,           // samples before the first guess that are tried
    AFTER = 2,            // samples after the last guess
    MOST_SPAN = 30,       // samples between first and last guess
    AHEAD = 4,            // samples: short fits prefer a delay that long ones cannot live with;
                          // some too few cost little, one too many ten times the error
    FIRST_DELAYS = 8,     // at most, evenly spaced
    MOST_DELAYS = 24,     // in all
    AS_RECORDED = 3,      // samples above 0,
    AS_RECORDED_EARLY = 8 // and below it, within which 0 is preferred
};

// A pair that was made inside a computer has no delay at all, but filters that ring before they
// answer can make a negative one look good. At 0 such pairs still train well.
#define AS_RECORDED_GOOD 8.0

// ---- Cross-correlation ----

static SignalPair signals_of(const Pair *pair) {
    return (SignalPair){pair->input, pair->input_frames, pair->target, pair->target_frames};
}

static Status find_peak(Alignment *alignment, const Pair *pair, Diagnostic *diagnostic) {
    Correlation found;
    SignalPair signals = signals_of(pair);
    int reach = pair->rate;
    Status status = correlation_init(&found, &signals, 0, pair->input_frames, reach, BLOCKS,
                                     diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    int count = 2 * reach + 1;
    double peak = correlation_peak(found.impulse, count), rest = 0.0, most = 0.0;
    double near = SPREAD * 1e-3 * pair->rate;
    int others = 0;
    for (int i = 0; i < count; i++) {
        double value = found.impulse[i];
        if (fabs(i - peak) > near) {
            rest += value * value;
            others++;
        } else {
            most = fmax(most, fabs(value));
        }
    }
    alignment->peak = peak - reach;
    rest = sqrt(rest / others);
    alignment->confidence = most > 0.0 ? decibels_of_amplitude(most / fmax(rest, 1e-9 * most))
                                       : 0.0;
    int strongest = (int)(correlation_peak(found.normalised, count) + 0.5);
    alignment->inverted = found.normalised[strongest] < 0.0f;
    correlation_clear(&found);
    return STATUS_OK;
}

// ---- Delay fits ----

// How fits are made, and of which pair.
typedef struct Fitting {
    DelayFits *fits;
    const Pair *pair;
    ThreadPool *pool;
} Fitting;

// The delays that were tried, and how well each went.
typedef struct Table {
    int count;
    int delay[MOST_DELAYS];
    double error[MOST_DELAYS];
} Table;

static int find(const Table *table, int delay) {
    for (int i = 0; i < table->count; i++) {
        if (table->delay[i] == delay) {
            return i;
        }
    }
    return -1;
}

static double error_at(const Table *table, int delay) {
    int at = find(table, delay);
    return at < 0 ? INFINITY : table->error[at];
}

static int best_of(const Table *table) {
    int best = 0;
    for (int i = 1; i < table->count; i++) {
        if (table->error[i] < table->error[best]) {
            best = i;
        }
    }
    return table->delay[best];
}

// Tries first, first + step .. last, but for what was tried before.
static Status try_range(Table *table, const Fitting *fitting, int first, int last, int step,
                        Diagnostic *diagnostic) {
    int added = 0;
    for (int delay = first; delay <= last && table->count + added < MOST_DELAYS; delay += step) {
        if (find(table, delay) < 0) {
            table->delay[table->count + added++] = delay;
        }
    }
    Status status = STATUS_OK;
    if (added > 0) {
        status = fitting->fits(table->error + table->count, fitting->pair,
                               table->delay + table->count, added, UPDATES, fitting->pool,
                               diagnostic);
    }
    table->count += added;
    return status;
}

// A little ahead of the best, and, unless late, 0 if it is about that.
static int choose(const Table *table, bool late) {
    int best = best_of(table);
    bool near = !late && best >= -AS_RECORDED_EARLY && best <= AS_RECORDED;
    return near && error_at(table, 0) <= AS_RECORDED_GOOD * error_at(table, best) ? 0
                                                                                  : best - AHEAD;
}

static Status try_delays(Alignment *alignment, const Fitting *fitting, Diagnostic *diagnostic) {
    int peak = (int)lround(alignment->peak);
    int first = (peak < alignment->onset ? peak : alignment->onset) - BEFORE;
    int last = (peak > alignment->onset ? peak : alignment->onset) + AFTER;
    first = last - first > MOST_SPAN ? last - MOST_SPAN : first;
    int step = (last - first + FIRST_DELAYS - 2) / (FIRST_DELAYS - 1);
    Table table = {0};
    Status status = try_range(&table, fitting, first, last, step, diagnostic);
    for (int round = 0; round < 3 && status == STATUS_OK; round++) {
        int best = best_of(&table), before = table.count;
        status = try_range(&table, fitting, best - 2, best + 2, 1, diagnostic);
        if (table.count == before) {
            break;
        }
    }
    if (status == STATUS_OK && abs(best_of(&table)) <= AS_RECORDED_EARLY) {
        status = try_range(&table, fitting, 0, 0, 1, diagnostic);
    }
    if (status == STATUS_OK) {
        alignment->delay = choose(&table, alignment->late);
        status = try_range(&table, fitting, alignment->delay, alignment->delay, 1, diagnostic);
        alignment->error = error_at(&table, alignment->delay);
    }
    return status;
}

// The device's inverse is harder to learn than the device. It may need to see a little of the
// future, so that it gets some.
static Status try_swapped(Alignment *alignment, const Fitting *fitting, Diagnostic *diagnostic) {
    const Pair *pair = fitting->pair;
    Pair swapped = {pair->rate, pair->target, pair->target_frames, pair->input, pair->input_frames};
    int delays[4];
    double errors[4];
    for (int i = 0; i < 4; i++) {
        delays[i] = -alignment->delay - (1 << (i + 1));
    }
    delays[0] = -alignment->delay;
    Status status = fitting->fits(errors, &swapped, delays, 4, SWAPPED, fitting->pool, diagnostic);
    alignment->swapped = INFINITY;
    for (int i = 0; i < 4; i++) {
        alignment->swapped = fmin(alignment->swapped, errors[i]);
    }
    return status;
}

Status align(Alignment *alignment, const Pair *pair, DelayFits *fits, bool late, ThreadPool *pool,
             Diagnostic *diagnostic) {
    *alignment = (Alignment){.late = late};
    Onset onset;
    Status status = find_peak(alignment, pair, diagnostic);
    if (status == STATUS_OK) {
        status = onset_find(&onset, pair, (int)lround(alignment->peak), diagnostic);
    }
    if (status != STATUS_OK) {
        return status;
    }
    alignment->onset = onset.delay;
    bool near = onset.delay >= -2 * AS_RECORDED_EARLY && onset.delay <= AS_RECORDED;
    alignment->delay = near && !late ? 0
                                     : onset.delay - AHEAD; // onsets are where the best fits are
    if (!fits) {
        return STATUS_OK;
    }
    Fitting fitting = {fits, pair, pool};
    alignment->tried = true;
    status = try_delays(alignment, &fitting, diagnostic);
    return status == STATUS_OK ? try_swapped(alignment, &fitting, diagnostic) : status;
}

Status align_try(Alignment *alignment, const Pair *pair, int delay, DelayFits *fits,
                 ThreadPool *pool, Diagnostic *diagnostic) {
    Fitting fitting = {fits, pair, pool};
    alignment->delay = delay;
    alignment->tried = true;
    Status status = fits(&alignment->error, pair, &delay, 1, UPDATES, pool, diagnostic);
    return status == STATUS_OK ? try_swapped(alignment, &fitting, diagnostic) : status;
}
