// SPDX-License-Identifier: ISC
#include "training/data/repair.h"

#include <math.h>
#include <string.h>

#include "dsp/base/level.h"
#include "dsp/base/memory.h"
#include "dsp/base/order.h"
#include "training/data/clock.h"

#define BLOCK 0.01        // s whose peaks tell silence
#define SILENCE 4.0       // s of it at least
#define KEPT_BEFORE 1.5   // s of it that stay after the sound: it may ring, and its end be learnt
#define KEPT_AFTER 0.5    // s that stay before the next
#define QUIET 1e-3        // of the peak: silent
#define QUIET_MOST 1e-2   // where there is noise
#define ABOVE_NOISE 4.0   // times the peak of the quietest blocks
#define QUIETEST 0.02     // of all blocks
#define UNSURE 0.1        // s to either side of a slip, whose place is not known better
#define SETTLED 0.05      // s after a gap in which a device comes to itself
#define CALM 0.25         // s beyond these in which the quietest place is looked for
#define CALM_LENGTH 0.005 // s of it

// Frames begin .. end - 1 of the input, to which the target's frames from begin + lag on belong.
typedef struct Piece {
    long long begin, end, lag;
} Piece;

enum { PIECES_MOST = SLIPS_MOST + CUTS_MOST + 1 };

typedef struct Plan {
    float silent; // peak below which the input is; below 0: was not looked for
    int count;
    Piece piece[PIECES_MOST];
} Plan;

// ---- What is left out ----

// Takes the frames begin .. end - 1 out of the plan's pieces.
static void leave_out(Plan *plan, long long begin, long long end) {
    for (int i = plan->count - 1; i >= 0; i--) {
        Piece *piece = &plan->piece[i], rest = *piece;
        if (end <= piece->begin || begin >= piece->end) {
            continue;
        }
        piece->end = begin > piece->begin ? begin : piece->begin;
        rest.begin = end < rest.end ? end : rest.end;
        bool first = piece->end > piece->begin, second = rest.end > rest.begin;
        if (first && second && plan->count == PIECES_MOST) {
            piece->end = rest.end;
            return;
        }
        if (first && second) {
            memmove(piece + 1, piece, (size_t)(plan->count - i) * sizeof *piece);
            piece[1] = rest;
            plan->count++;
        } else if (second) {
            *piece = rest;
        } else if (!first) {
            memmove(piece, piece + 1, (size_t)(plan->count - i - 1) * sizeof *piece);
            plan->count--;
        }
    }
}

// The peak below which a block of the input is silent. `peaks` gets out of order.
static float silent_below(float *peaks, size_t count) {
    order_floats(peaks, count);
    float most = peaks[count - 1], noise = peaks[(size_t)(QUIETEST * (double)count)];
    return fmaxf((float)QUIET * most, fminf((float)ABOVE_NOISE * noise, (float)QUIET_MOST * most));
}

// Leaves long silence out, but for a little of it. Answers how many seconds of it.
static Status leave_silence_out(Plan *plan, double *seconds, const Pair *pair,
                                Diagnostic *diagnostic) {
    size_t size = (size_t)(BLOCK * pair->rate), count = size ? pair->input_frames / size : 0;
    float *peaks = memory_new(2 * count + 1, sizeof *peaks), *sorted = peaks + count;
    if (!peaks) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory to look for silence");
    }
    for (size_t i = 0; i < count; i++) {
        peaks[i] = sorted[i] = level_peak(pair->input + i * size, size);
    }
    float silent = plan->silent = count > 0 ? silent_below(sorted, count) : 0.0f;
    long long out = 0, before = (long long)(KEPT_BEFORE * pair->rate);
    long long after = (long long)(KEPT_AFTER * pair->rate);
    for (size_t i = 0, begin = 0; i <= count; i++) {
        if (i < count && peaks[i] <= silent) {
            continue;
        }
        if ((double)((i - begin) * size) >= SILENCE * pair->rate && plan->count < CUTS_MOST) {
            long long from = (long long)(begin * size) + before;
            long long to = (long long)(i < count ? i * size : pair->input_frames) - after;
            leave_out(plan, from, to);
            out += to - from;
        }
        begin = i + 1;
    }
    *seconds = (double)out / pair->rate;
    memory_free(peaks);
    return STATUS_OK;
}

// Where the input is quietest in the frames begin .. end - 1.
static long long calmest(const Pair *pair, long long begin, long long end) {
    long long length = (long long)(CALM_LENGTH * pair->rate) + 1, best = begin;
    double least = INFINITY;
    for (long long at = begin; at + length <= end; at += length) {
        double power = level_mean_square(pair->input + at, (size_t)length);
        if (power < least) {
            least = power;
            best = at;
        }
    }
    return best;
}

// Pieces between slips. About each slip as much is left out as its place is not known, and up to
// where the input is quiet, so that hardly anything jumps.
static void cut_at_slips(Plan *plan, const Pair *pair, const Timing *timing) {
    long long unsure = (long long)(UNSURE * pair->rate), calm = (long long)(CALM * pair->rate);
    long long frames = (long long)pair->input_frames, lag = 0;
    plan->count = 0;
    for (int i = 0; i <= timing->slips; i++) {
        long long begin = i ? (long long)timing->slip[i - 1].at : 0;
        long long end = i < timing->slips ? (long long)timing->slip[i].at : frames;
        lag += i ? timing->slip[i - 1].samples : 0;
        plan->piece[plan->count++] = (Piece){begin, end, lag};
    }
    for (int i = 0; i < timing->slips; i++) {
        const Slip *slip = &timing->slip[i];
        long long at = (long long)slip->at;
        long long hole = slip->samples < 0 ? -slip->samples : 0;
        long long first = at - unsure, last = at + hole + unsure;
        first = first > calm ? calmest(pair, first - calm, first) : 0;
        last = last + calm < frames ? calmest(pair, last, last + calm) : frames;
        leave_out(plan, first, last);
    }
}

// Leaves out what one of the sides lacks. After it the device has to settle again.
static void cut_at_gaps(Plan *plan, const Pair *pair, const Timing *timing, const Gaps gaps[2]) {
    long long settle = (long long)(SETTLED * pair->rate), frames = (long long)pair->input_frames;
    for (int side = 0; side < 2; side++) {
        for (int i = 0; i < gaps[side].count; i++) {
            const Gap *gap = &gaps[side].gap[i];
            long long begin = (long long)gap->begin, end = (long long)gap->end;
            if (side) { // where the input was then
                long long late = llround(timing->delay + timing->drift * (double)begin);
                for (int s = 0; s < timing->slips; s++) {
                    bool past = begin - late > (long long)timing->slip[s].at;
                    late += past ? timing->slip[s].samples : 0;
                }
                begin -= late;
                end -= late;
            }
            begin = begin > settle ? begin - settle / 10 : 0;
            end = end + settle < frames ? end + settle : frames;
            leave_out(plan, begin, end);
        }
    }
}

// ---- Putting together ----

// Copies the pieces of both sides together. `target` is at the input's clock.
static Status join(Repair *repair, const Plan *plan, const Pair *pair, const float *target,
                   size_t target_frames, long long late, Diagnostic *diagnostic) {
    size_t room = pair->input_frames + (size_t)(late > 0 ? late : 0) + 1;
    repair->input = memory_new(room, sizeof(float));
    repair->target = memory_new(room, sizeof(float));
    if (!repair->input || !repair->target) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for a recording");
    }
    long long length = 0; // of the input so far
    // What comes before the target that belongs to the input's first frame.
    for (long long m = 0; m < late && m < (long long)target_frames; m++) {
        repair->target[m] = target[m];
    }
    for (int i = 0; i < plan->count; i++) {
        const Piece *piece = &plan->piece[i];
        long long before = i ? plan->piece[i - 1].end : 0;
        if (piece->begin > before && repair->cuts < CUTS_MOST) {
            bool same = i > 0 && piece->lag == plan->piece[i - 1].lag;
            bool silent = same && level_peak(pair->input + before,
                                             (size_t)(piece->begin - before)) <= plan->silent;
            repair->cut[repair->cuts++] = (Cut){(size_t)length, (size_t)(piece->begin - before),
                                                silent};
        }
        for (long long n = piece->begin; n < piece->end; n++, length++) {
            long long from = n + late + piece->lag, to = length + late;
            if (from >= (long long)target_frames && i == plan->count - 1) {
                break; // the recorder has stopped
            }
            repair->input[length] = pair->input[n];
            if (to >= 0) {
                repair->target[to] = from >= 0 && from < (long long)target_frames ? target[from]
                                                                                  : 0.0f;
            }
        }
    }
    repair->input_frames = (size_t)length;
    repair->target_frames = length + late > 0 ? (size_t)(length + late) : 0;
    repair->done = true;
    return STATUS_OK;
}

Status repair_make(Repair *repair, const Pair *pair, const Timing *timing, const Gaps gaps[2],
                   bool keep_silence, Diagnostic *diagnostic) {
    *repair = (Repair){0};
    Plan plan = {.silent = -1.0f};
    cut_at_slips(&plan, pair, timing);
    cut_at_gaps(&plan, pair, timing, gaps);
    Status status = keep_silence ? STATUS_OK
                                 : leave_silence_out(&plan, &repair->silence, pair, diagnostic);
    if (status != STATUS_OK ||
        (plan.count == 1 && plan.piece[0].begin == 0 &&
         plan.piece[0].end == (long long)pair->input_frames && timing->drift == 0.0)) {
        return status;
    }
    const float *target = pair->target;
    size_t target_frames = pair->target_frames;
    float *converted = NULL;
    if (timing->drift != 0.0) {
        status = clock_resample(&converted, &target_frames, pair->target, pair->target_frames,
                                timing->drift, diagnostic);
        target = converted;
    }
    if (status == STATUS_OK) {
        status = join(repair, &plan, pair, target, target_frames, llround(timing->delay),
                      diagnostic);
    }
    memory_free(converted);
    if (status != STATUS_OK) {
        repair_clear(repair);
    }
    return status;
}

void repair_clear(Repair *repair) {
    memory_free(repair->input);
    memory_free(repair->target);
    *repair = (Repair){0};
}

size_t repair_place(const Cut *cuts, int count, size_t at) {
    size_t place = at;
    for (int i = 0; i < count && cuts[i].at <= at; i++) {
        place += cuts[i].frames;
    }
    return place;
}
