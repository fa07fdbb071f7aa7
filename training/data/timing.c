// SPDX-License-Identifier: ISC
#include "training/data/timing.h"

#include <math.h>
#include <string.h>

#include "dsp/base/memory.h"
#include "dsp/base/order.h"
#include "training/data/slip.h"
#include "training/data/track.h"

enum {
    POINTS_LEAST = 6, // that a verdict needs
    BESIDE = 4,       // points to either side of a slip that are compared, at most
    BESIDE_LEAST = 2, // at the ends
    ROUNDS = 8,       // of taking back slips that were none
};

#define SHARE_LEAST 0.4    // of the windows with sound must tell a delay
#define SLIP_LEAST 20.0    // samples: fewer may be what another sound does to the delay,
#define RETURN_MOST 64.0   // and so may these where they are soon taken back,
#define RETURN_NEAR 2.0    // but for so many
#define SCATTERS 6.0       // times the scatter of the points, for the same reason
#define DRIFT_LEAST 1.6    // samples over the whole pair: sound ones reach 0.8
#define ERRORS 5.0         // standard errors of the drift that it must have
#define OUTLIER 4.0        // standard deviations
#define SCATTER_LEAST 0.25 // samples
#define SCATTER_MOST 1.0   // samples: beyond it stretches of many seconds tell more than points do
#define AROUND 0.6         // s to either side of two points that a slip may be at

// The points, and what is made of them.
typedef struct Fit {
    int count;
    const TrackPoint *points;
    double *time;   // [count] samples, of the middles; owned, as all below
    double *lag;    // [count]
    double *sorted; // [count] for medians
    int *piece;     // [count] number of the piece that each is in
    bool *outlier;  // [count]
    double *offset; // [count] of each piece: lag = offset + slope * time
    int pieces;
    double slope;
    double error;   // of the slope
    double scatter; // standard deviation of the lags about the fit
} Fit;

static double median(double *values, int count) {
    order_doubles(values, (size_t)count);
    return 0.5 * (values[count / 2] + values[(count - 1) / 2]);
}

// ---- Pieces ----

// Slope and scatter from neighbours, which hardly a slip comes between.
static void guess(Fit *fit) {
    int steps = fit->count - 1;
    for (int i = 0; i < steps; i++) {
        fit->sorted[i] = (fit->lag[i + 1] - fit->lag[i]) / (fit->time[i + 1] - fit->time[i]);
    }
    fit->slope = median(fit->sorted, steps);
    for (int i = 0; i < steps; i++) {
        double step = fit->lag[i + 1] - fit->lag[i];
        fit->sorted[i] = fabs(step - fit->slope * (fit->time[i + 1] - fit->time[i]));
    }
    fit->scatter = fmax(SCATTER_LEAST, 1.05 * median(fit->sorted, steps)); // 1.4826 / sqrt(2)
}

// By how much the delay is larger from point `at` on.
static double step_at(Fit *fit, int at) {
    double side[2];
    for (int s = 0; s < 2; s++) {
        int first = s ? at : at - BESIDE, end = s ? at + BESIDE : at, used = 0;
        for (int i = first > 0 ? first : 0; i < end && i < fit->count; i++) {
            fit->sorted[used++] = fit->lag[i] - fit->slope * fit->time[i];
        }
        side[s] = median(fit->sorted, used);
    }
    return side[1] - side[0];
}

// How badly two levels explain the points about `at`, split there.
static double misfit_at(Fit *fit, int at) {
    double sum = 0.0;
    for (int s = 0; s < 2; s++) {
        int first = s ? at : at - BESIDE, end = s ? at + BESIDE : at, used = 0;
        for (int i = first > 0 ? first : 0; i < end && i < fit->count; i++) {
            fit->sorted[used++] = fit->lag[i] - fit->slope * fit->time[i];
        }
        double level = median(fit->sorted, used);
        for (int i = 0; i < used; i++) {
            sum += fabs(fit->sorted[i] - level);
        }
    }
    return sum;
}

// Cuts the points into pieces between which the delay jumps.
static void find_pieces(Fit *fit) {
    double least = fmax(0.8 * SLIP_LEAST, SCATTERS * fit->scatter);
    int last = 0;
    memset(fit->piece, 0, (size_t)fit->count * sizeof *fit->piece);
    fit->pieces = 1;
    for (int i = BESIDE_LEAST; i + BESIDE_LEAST <= fit->count; i++) {
        if (fabs(step_at(fit, i)) < least) {
            continue;
        }
        int best = i, end = i + BESIDE; // the same slip shows at some points in a row
        for (; i < end && i + BESIDE_LEAST <= fit->count && fabs(step_at(fit, i)) >= least; i++) {
            best = misfit_at(fit, i) < misfit_at(fit, best) ? i : best;
        }
        if (best - last >= BESIDE_LEAST) {
            fit->piece[best] = 1; // for now: a new one begins
            fit->pieces++;
            last = best;
        }
    }
    for (int i = 1; i < fit->count; i++) {
        fit->piece[i] += fit->piece[i - 1];
    }
}

// ---- Lines ----

// One slope for all pieces and an offset for each, by least squares.
static void fit_lines(Fit *fit, bool sloped) {
    double above = 0.0, below = 0.0, squares = 0.0;
    int used = 0;
    for (int piece = 0; piece < fit->pieces; piece++) {
        double time = 0.0, lag = 0.0, count = 0.0;
        for (int i = 0; i < fit->count; i++) {
            if (fit->piece[i] == piece && !fit->outlier[i]) {
                time += fit->time[i];
                lag += fit->lag[i];
                count += 1.0;
            }
        }
        time /= fmax(count, 1.0);
        lag /= fmax(count, 1.0);
        for (int i = 0; i < fit->count; i++) {
            if (fit->piece[i] == piece && !fit->outlier[i]) {
                above += (fit->time[i] - time) * (fit->lag[i] - lag);
                below += (fit->time[i] - time) * (fit->time[i] - time);
            }
        }
    }
    fit->slope = sloped && below > 0.0 ? above / below : 0.0;
    for (int piece = 0; piece < fit->pieces; piece++) {
        int count = 0;
        for (int i = 0; i < fit->count; i++) {
            if (fit->piece[i] == piece && !fit->outlier[i]) {
                fit->sorted[count++] = fit->lag[i] - fit->slope * fit->time[i];
            }
        }
        double sum = 0.0;
        for (int i = 0; i < count; i++) {
            sum += fit->sorted[i];
        }
        fit->offset[piece] = count > 0 ? sum / count : 0.0;
    }
    for (int i = 0; i < fit->count; i++) {
        double off = fit->lag[i] - fit->slope * fit->time[i] - fit->offset[fit->piece[i]];
        squares += fit->outlier[i] ? 0.0 : off * off;
        used += !fit->outlier[i];
    }
    fit->scatter = fmax(SCATTER_LEAST, sqrt(squares / fmax(used - fit->pieces - 1, 1.0)));
    // Windows overlap by half: two in three tell something new.
    fit->error = below > 0.0 ? fit->scatter * sqrt(1.5 / below) : INFINITY;
}

// The median of each piece as its offset, which outliers do not move.
static void fit_medians(Fit *fit) {
    for (int piece = 0; piece < fit->pieces; piece++) {
        int count = 0;
        for (int i = 0; i < fit->count; i++) {
            if (fit->piece[i] == piece) {
                fit->sorted[count++] = fit->lag[i] - fit->slope * fit->time[i];
            }
        }
        fit->offset[piece] = median(fit->sorted, count);
    }
}

static void find_outliers(Fit *fit) {
    for (int i = 0; i < fit->count; i++) {
        double off = fit->lag[i] - fit->slope * fit->time[i] - fit->offset[fit->piece[i]];
        fit->outlier[i] = fabs(off) > OUTLIER * fit->scatter;
    }
}

// Whether the piece, not the first or the last one, differs from its neighbours by little, and
// these are alike.
static bool returns(const Fit *fit, int piece) {
    double before = fit->offset[piece - 1], after = fit->offset[piece + 1];
    return fabs(after - before) <= RETURN_NEAR && fabs(fit->offset[piece] - before) < RETURN_MOST;
}

// Takes back the least of the slips that are too small; false when none is.
static bool merge(Fit *fit) {
    double least = fmax(SLIP_LEAST, SCATTERS * fit->scatter / sqrt(BESIDE));
    int smallest = 0;
    for (int piece = 1; piece < fit->pieces; piece++) {
        double step = fabs(fit->offset[piece] - fit->offset[piece - 1]);
        if (step < least) {
            least = step;
            smallest = piece;
        }
    }
    for (int piece = 1; piece + 1 < fit->pieces && smallest == 0; piece++) {
        smallest = returns(fit, piece) ? piece : 0;
    }
    for (int i = 0; smallest > 0 && i < fit->count; i++) {
        fit->piece[i] -= fit->piece[i] >= smallest;
    }
    fit->pieces -= smallest > 0;
    return smallest > 0;
}

static void fit_all(Fit *fit, double frames, bool sure) {
    guess(fit);
    find_pieces(fit);
    fit_medians(fit);
    for (int round = 0; round < ROUNDS; round++) {
        find_outliers(fit);
        fit_lines(fit, true);
        if (!merge(fit) && round > 1) {
            break;
        }
    }
    if (!sure &&
        (fabs(fit->slope) * frames < DRIFT_LEAST || fabs(fit->slope) < ERRORS * fit->error)) {
        fit_lines(fit, false);
    }
}

// ---- Slips ----

static Status find_slips(Timing *timing, const Fit *fit, const Track *track, const Pair *pair,
                         Diagnostic *diagnostic) {
    size_t around = (size_t)(AROUND * pair->rate);
    Status status = STATUS_OK;
    for (int i = 1; i < fit->count && status == STATUS_OK && timing->slips < SLIPS_MOST; i++) {
        int piece = fit->piece[i];
        if (piece == fit->piece[i - 1]) {
            continue;
        }
        const TrackPoint *a = &fit->points[i - 1], *b = &fit->points[i];
        double drifted = fit->slope * 0.5 * (fit->time[i - 1] + fit->time[i]);
        SlipSearch search = {.response = track->response,
                             .lags = {lround(fit->offset[piece - 1] + drifted),
                                      lround(fit->offset[piece] + drifted)},
                             .first = a->begin > around ? a->begin - around : 0,
                             .end = b->end + around,
                             .samples = lround(fit->offset[piece] - fit->offset[piece - 1]),
                             .unsure = fit->scatter > SCATTER_MOST,
                             .after = timing->slips ? timing->slip[timing->slips - 1].at : 0};
        status = slip_find(&timing->slip[timing->slips++], pair, &search, diagnostic);
    }
    return status;
}

// ---- All of it ----

static bool fit_init(Fit *fit, const Track *track) {
    size_t count = (size_t)track->count;
    *fit = (Fit){.count = track->count, .points = track->points};
    fit->time = memory_new(count, sizeof *fit->time);
    fit->lag = memory_new(count, sizeof *fit->lag);
    fit->sorted = memory_new(count, sizeof *fit->sorted);
    fit->piece = memory_new(count, sizeof *fit->piece);
    fit->outlier = memory_new(count, sizeof *fit->outlier);
    fit->offset = memory_new(count, sizeof *fit->offset);
    if (!fit->time || !fit->lag || !fit->sorted || !fit->piece || !fit->outlier || !fit->offset) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        fit->time[i] = 0.5 * ((double)track->points[i].begin + (double)track->points[i].end);
        fit->lag[i] = track->points[i].lag;
    }
    return true;
}

static void fit_clear(Fit *fit) {
    memory_free(fit->time);
    memory_free(fit->lag);
    memory_free(fit->sorted);
    memory_free(fit->piece);
    memory_free(fit->outlier);
    memory_free(fit->offset);
}

// The lag at which a device of this response answers most.
static double answer_of(const float *response) {
    int most = 0;
    for (int i = 1; i < TRACK_TAPS; i++) {
        most = fabsf(response[i]) > fabsf(response[most]) ? i : most;
    }
    return most - TRACK_REACH;
}

// One look at the pair. `sure`: it drifts, however little is left of it.
static Status look(Timing *timing, const Pair *pair, bool sure, ThreadPool *pool,
                   Diagnostic *diagnostic) {
    Track track;
    Fit fit = {0};
    *timing = (Timing){0};
    Status status = track_find(&track, pair, pool, diagnostic);
    if (status == STATUS_OK && track.count >= POINTS_LEAST &&
        track.count >= SHARE_LEAST * track.windows) {
        if (!fit_init(&fit, &track)) {
            status = diagnose(diagnostic, STATUS_NO_MEMORY, "no memory to follow the delay");
        } else {
            fit_all(&fit, (double)pair->input_frames, sure);
            timing->judged = true;
            timing->delay = fit.offset[0] + answer_of(track.response);
            timing->drift = fit.slope;
            timing->scatter = fit.scatter;
            status = find_slips(timing, &fit, &track, pair, diagnostic);
        }
    }
    fit_clear(&fit);
    track_clear(&track);
    return status;
}

static double sample_at(const float *samples, size_t frames, long long at) {
    return at >= 0 && at < (long long)frames ? (double)samples[at] : 0.0;
}

// The target without the drift, in new memory: cubic interpolation is good enough to compare with.
static float *stretch(size_t *frames, const Pair *pair, double drift) {
    *frames = (size_t)((double)pair->target_frames / (1.0 + drift));
    float *to = memory_new(*frames + 1, sizeof *to);
    for (size_t n = 0; to && n < *frames; n++) {
        double place = (double)n * (1.0 + drift);
        long long i = (long long)place;
        double f = place - (double)i, points[4];
        for (int k = 0; k < 4; k++) {
            points[k] = sample_at(pair->target, pair->target_frames, i + k - 1);
        }
        double odd = 1.5 * (points[1] - points[2]) + 0.5 * (points[3] - points[0]);
        double even = points[0] - 2.5 * points[1] + 2.0 * points[2] - 0.5 * points[3];
        to[n] = (float)(((odd * f + even) * f + 0.5 * (points[2] - points[0])) * f + points[1]);
    }
    return to;
}

// What is left of the drift, by all that sounds in the first and in the last third.
static Status compare_thirds(Timing *rest, const Pair *pair, Diagnostic *diagnostic) {
    long long frames = (long long)pair->input_frames;
    long lag = lround(rest->delay);
    double later = 0.0;
    const Stretch thirds[] = {{lag < 0 ? -lag : 0, frames / 3, lag},
                              {frames - frames / 3, frames, lag}};
    Status status = stretch_compare(&later, pair, thirds, diagnostic);
    rest->drift = later / ((double)frames * 2.0 / 3.0);
    return status;
}

Status timing_find(Timing *timing, const Pair *pair, ThreadPool *pool, Diagnostic *diagnostic) {
    Status status = look(timing, pair, false, pool, diagnostic);
    if (status != STATUS_OK || timing->drift == 0.0) {
        return status;
    }
    // What drifts within a window is blurred: a second look at what is left tells it better.
    Pair closer = *pair;
    Timing rest = {0};
    float *target = stretch(&closer.target_frames, pair, timing->drift);
    closer.target = target;
    status = target ? look(&rest, &closer, true, pool, diagnostic)
                    : diagnose(diagnostic, STATUS_NO_MEMORY, "no memory to follow the delay");
    if (status == STATUS_OK && rest.judged && rest.slips == 0 && rest.scatter > SCATTER_MOST) {
        status = compare_thirds(&rest, &closer, diagnostic);
    }
    if (status == STATUS_OK && rest.judged) {
        double drift = (1.0 + timing->drift) * (1.0 + rest.drift) - 1.0;
        *timing = rest;
        timing->drift = drift;
    }
    memory_free(target);
    return status;
}
