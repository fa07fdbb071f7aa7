// SPDX-License-Identifier: ISC
#include "training/data/track.h"

#include <math.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "dsp/base/correlation.h"
#include "dsp/base/level.h"
#include "dsp/base/memory.h"
#include "training/data/decimate.h"

enum {
    COARSE_RATE = 6000, // Hz, about, of the first look
    WINDOWS_MOST = 400, // of longer recordings only some are looked at
    BLOCKS_MOST = 1000, // of correlation_init, in one window
    STEPS_MOST = 3,     // coarse lags that two clocks may drift by from window to window
    JUMPED = -128,      // a step from wherever the path was best
    LOOK = 48,          // samples that the shape may be off the coarse lag
};

#define WINDOW 1.0      // s
#define HOP 0.5         // s between two windows, at least
#define REACH 1.0       // s to either side that delays are looked for
#define QUIET 0.03      // of the input's RMS: a window below has no sound to go by
#define SCORE_MOST 30.0 // times the RMS of a window's response: more says no more
#define STEP 1.0        // score that a step of one coarse lag costs
#define JUMP 25.0       // score that a jump costs
#define ALIKE 0.35      // correlation of a window's shape with that of the others

typedef struct Window {
    size_t begin, end; // frames of the input
    int coarse;        // its lag on the path, in coarse samples
    float score;       // of the path there
    bool heard;        // it has sound on both sides
    float response[TRACK_TAPS];
    double lag, alike;
} Window;

// What all jobs share.
typedef struct Tracking {
    const Pair *pair;
    CoarsePair coarse;
    int factor; // between the rates
    int reach;  // coarse lags
    int lags;   // 2 * reach + 1
    int count;
    Window *windows; // [count], owned
    float *scores;   // [count][lags], owned
    atomic_bool short_of_memory;
} Tracking;

// ---- The first look ----

static void score_window(void *context, int index) {
    Tracking *tracking = context;
    Window *window = &tracking->windows[index];
    float *scores = tracking->scores + (size_t)index * (size_t)tracking->lags;
    const Pair *pair = &tracking->coarse.pair;
    SignalPair signals = {pair->input, pair->input_frames, pair->target, pair->target_frames};
    size_t factor = (size_t)tracking->factor;
    Correlation found;
    if (!window->heard) {
        return;
    }
    if (correlation_init(&found, &signals, window->begin / factor, window->end / factor,
                         tracking->reach, 1, NULL) != STATUS_OK) {
        atomic_store(&tracking->short_of_memory, true);
        return;
    }
    double rms = sqrt(level_mean_square(found.impulse, (size_t)tracking->lags));
    for (int i = 0; i < tracking->lags && rms > 0.0; i++) {
        scores[i] = (float)fmin(fabs((double)found.impulse[i]) / rms, SCORE_MOST);
    }
    correlation_clear(&found);
}

// The best way to come to lag `i` from the sums before.
static float come_to(const float *before, int i, int lags, float best, int8_t *step) {
    float most = best - (float)JUMP;
    *step = JUMPED;
    for (int k = -STEPS_MOST; k <= STEPS_MOST; k++) {
        int from = i - k;
        if (from >= 0 && from < lags) {
            float sum = before[from] - (float)STEP * (float)(k < 0 ? -k : k);
            if (sum > most || (k == 0 && sum == most)) {
                most = sum;
                *step = (int8_t)k;
            }
        }
    }
    return most;
}

static int largest(const float *values, int count) {
    int at = 0;
    for (int i = 1; i < count; i++) {
        at = values[i] > values[at] ? i : at;
    }
    return at;
}

// The path with the largest sum of scores, less what its steps and jumps cost.
static bool find_path(Tracking *tracking) {
    int lags = tracking->lags, count = tracking->count;
    float *sums = memory_new(2 * (size_t)lags, sizeof *sums);
    int8_t *steps = memory_new((size_t)count * (size_t)lags, sizeof *steps);
    int *best = memory_new((size_t)count, sizeof *best); // before each window
    bool made = sums && steps && best;
    float *before = sums, *here = sums ? sums + lags : NULL;
    for (int w = 0; made && w < count; w++) {
        const float *scores = tracking->scores + (size_t)w * (size_t)lags;
        best[w] = largest(before, lags);
        for (int i = 0; i < lags; i++) {
            here[i] = scores[i] + come_to(before, i, lags, before[best[w]],
                                          &steps[(size_t)w * (size_t)lags + (size_t)i]);
        }
        float *other = before;
        before = here;
        here = other;
    }
    int at = made ? largest(before, lags) : 0;
    for (int w = count - 1; made && w >= 0; w--) {
        int8_t step = steps[(size_t)w * (size_t)lags + (size_t)at];
        tracking->windows[w].coarse = at - tracking->reach;
        tracking->windows[w].score = tracking->scores[(size_t)w * (size_t)lags + (size_t)at];
        at = step == JUMPED ? best[w] : at - step;
    }
    memory_free(sums);
    memory_free(steps);
    memory_free(best);
    return made;
}

// ---- The closer look ----

static void respond(void *context, int index) {
    Tracking *tracking = context;
    Window *window = &tracking->windows[index];
    const Pair *pair = tracking->pair;
    long lag = (long)window->coarse * tracking->factor;
    size_t skip = lag > 0 ? (size_t)lag : 0, late = lag < 0 ? (size_t)-lag : 0;
    Correlation found;
    if (!window->heard || skip >= pair->target_frames || late >= window->end) {
        window->heard = false;
        return;
    }
    SignalPair signals = {pair->input + late, pair->input_frames - late, pair->target + skip,
                          pair->target_frames - skip};
    size_t begin = window->begin > late ? window->begin - late : 0;
    if (correlation_init(&found, &signals, begin, window->end - late, TRACK_REACH, BLOCKS_MOST,
                         NULL) != STATUS_OK) {
        atomic_store(&tracking->short_of_memory, true);
        return;
    }
    memcpy(window->response, found.impulse, sizeof window->response);
    correlation_clear(&found);
}

// How far `response` is behind `shape`, and how alike they then are.
static void compare(const float *shape, const float *response, double *shift, double *alike) {
    float sums[2 * LOOK + 1];
    double energy = level_mean_square(shape, TRACK_TAPS) * level_mean_square(response, TRACK_TAPS);
    for (int s = -LOOK; s <= LOOK; s++) {
        double sum = 0.0;
        for (int i = s < 0 ? -s : 0; i < TRACK_TAPS && i + s < TRACK_TAPS; i++) {
            sum += (double)shape[i] * (double)response[i + s];
        }
        sums[s + LOOK] = (float)fmax(sum, 0.0); // polarity does not change
    }
    *shift = correlation_peak(sums, 2 * LOOK + 1) - LOOK;
    *alike = energy > 0.0 ? (double)sums[largest(sums, 2 * LOOK + 1)] / (TRACK_TAPS * sqrt(energy))
                          : 0.0;
    if (fabs(*shift) > LOOK - 1) {
        *alike = 0.0;
    }
}

static void compare_all(Tracking *tracking, const float *shape) {
    for (int w = 0; w < tracking->count; w++) {
        Window *window = &tracking->windows[w];
        double shift = 0.0;
        window->alike = 0.0;
        if (window->heard) {
            compare(shape, window->response, &shift, &window->alike);
        }
        window->lag = (double)window->coarse * tracking->factor + shift;
    }
}

// The shape that the responses have in common: begins with that of the clearest window.
static void find_shape(Tracking *tracking, float *shape) {
    const Window *clearest = &tracking->windows[0];
    for (int w = 1; w < tracking->count; w++) {
        const Window *window = &tracking->windows[w];
        clearest = window->heard && window->score > clearest->score ? window : clearest;
    }
    memcpy(shape, clearest->response, sizeof clearest->response);
    for (int round = 0; round < 2; round++) {
        compare_all(tracking, shape);
        memset(shape, 0, sizeof clearest->response);
        for (int w = 0; w < tracking->count; w++) {
            const Window *window = &tracking->windows[w];
            double energy = level_mean_square(window->response, TRACK_TAPS);
            int shift = (int)lround(window->lag - (double)window->coarse * tracking->factor);
            for (int i = 0; i < TRACK_TAPS && window->alike > ALIKE && energy > 0.0; i++) {
                bool inside = i + shift >= 0 && i + shift < TRACK_TAPS;
                shape[i] += inside ? (float)(window->response[i + shift] / sqrt(energy)) : 0.0f;
            }
        }
    }
    compare_all(tracking, shape);
}

// ---- All of it ----

// Lays the windows out.
static bool lay_out(Tracking *tracking) {
    const Pair *pair = tracking->pair;
    size_t frames = pair->input_frames, length = (size_t)(WINDOW * pair->rate);
    if (frames < 2 * length || pair->target_frames < length) {
        return true;
    }
    size_t hop = (size_t)(HOP * pair->rate), least = (frames - length) / WINDOWS_MOST + 1;
    hop = hop > least ? hop : least;
    tracking->count = (int)((frames - length) / hop) + 1;
    tracking->windows = memory_new((size_t)tracking->count, sizeof *tracking->windows);
    tracking->scores = memory_new((size_t)tracking->count * (size_t)tracking->lags, sizeof(float));
    double bound = QUIET * QUIET * level_mean_square(pair->input, frames);
    for (int w = 0; tracking->windows && w < tracking->count; w++) {
        Window *window = &tracking->windows[w];
        window->begin = (size_t)w * hop;
        window->end = window->begin + length;
        window->heard = level_mean_square(pair->input + window->begin, length) > bound;
    }
    return tracking->windows && tracking->scores;
}

static bool prepare(Tracking *tracking) {
    const Pair *pair = tracking->pair;
    tracking->factor = pair->rate > COARSE_RATE ? pair->rate / COARSE_RATE : 1;
    bool made = coarse_pair_init(&tracking->coarse, pair, tracking->factor);
    tracking->reach = (int)(REACH * tracking->coarse.pair.rate);
    tracking->lags = 2 * tracking->reach + 1;
    return made && lay_out(tracking);
}

// Keeps the windows that tell a delay.
static bool keep(Track *track, const Tracking *tracking) {
    track->points = memory_new((size_t)tracking->count, sizeof *track->points);
    for (int w = 0; track->points && w < tracking->count; w++) {
        const Window *window = &tracking->windows[w];
        track->windows += window->heard;
        if (window->heard && window->alike > ALIKE) {
            track->points[track->count++] = (TrackPoint){window->begin, window->end, window->lag};
        }
    }
    return track->points != NULL;
}

Status track_find(Track *track, const Pair *pair, ThreadPool *pool, Diagnostic *diagnostic) {
    *track = (Track){0};
    Tracking tracking = {.pair = pair};
    track->response = memory_new(TRACK_TAPS, sizeof *track->response);
    bool made = track->response && prepare(&tracking);
    if (made && tracking.count > 0) {
        thread_pool_run(pool, score_window, &tracking, tracking.count);
        made = !atomic_load(&tracking.short_of_memory) && find_path(&tracking);
    }
    if (made && tracking.count > 0) {
        thread_pool_run(pool, respond, &tracking, tracking.count);
        made = !atomic_load(&tracking.short_of_memory);
    }
    if (made && tracking.count > 0) {
        find_shape(&tracking, track->response);
        made = keep(track, &tracking);
    }
    coarse_pair_clear(&tracking.coarse);
    memory_free(tracking.windows);
    memory_free(tracking.scores);
    if (!made) {
        track_clear(track);
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory to follow the delay");
    }
    return STATUS_OK;
}

void track_clear(Track *track) {
    memory_free(track->points);
    memory_free(track->response);
    *track = (Track){0};
}
