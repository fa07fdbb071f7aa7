// SPDX-License-Identifier: ISC
#include "training/data/slip.h"

#include <math.h>
#include <stdlib.h>

#include "dsp/base/correlation.h"
#include "dsp/base/memory.h"
#include "training/data/track.h"

enum {
    ADDED_LEAST = 16,    // samples that tell an added stretch
    CLOSE_REACH = 1024,  // lags of the responses compared
    CLOSE_BLOCKS = 2000, // of correlation_init
    CLOSE_LOOK = 24,     // samples that they may be apart
};

#define EMPHASIS 0.95    // 1 - 0.95 z^-1: what is high tells places apart
#define ADDED_AROUND 0.1 // s about a slip
#define ADDED_SHARE 0.8  // of its samples
#define EMPTY 3.1e-5     // largest sample of an empty stretch: one step of 16 bits
#define SOUNDS 1e-3      // RMS of what is beside it
#define JUMP_AROUND 0.03 // s about a slip in which a smooth signal has a jump
#define JUMP_LENGTH 5e-4 // s to either side that belong to it
#define JUMP_SHARPER 4.0 // times what is sharpest beside it
#define CLOSE 20.0       // s to either side that tell the number of samples
#define CLOSE_APART 0.1  // s from the slip to these

static double sample_at(const float *samples, size_t frames, long long at) {
    return at >= 0 && at < (long long)frames ? (double)samples[at] : 0.0;
}

static double emphasised(const float *samples, size_t frames, long long at) {
    return sample_at(samples, frames, at) - EMPHASIS * sample_at(samples, frames, at - 1);
}

// What the target at frame `at` of the input, at a delay of `lag`, is off from `answer`, squared.
static double error_at(const Pair *pair, double answer, size_t at, long lag) {
    double off = emphasised(pair->target, pair->target_frames, (long long)at + lag) - answer;
    return off * off;
}

// By how much the answers[frames] are to be scaled, as the first and the last quarter tell.
static double fit_gain(const Pair *pair, const float *answers, size_t first, size_t frames,
                       const long lags[2]) {
    double both = 0.0, alone = 0.0;
    for (size_t n = 0; n < frames; n++) {
        if (n < frames / 4 || n >= frames - frames / 4) {
            long long to = (long long)(first + n) + lags[n >= frames / 4];
            both += (double)answers[n] * emphasised(pair->target, pair->target_frames, to);
            alone += (double)answers[n] * (double)answers[n];
        }
    }
    return alone > 0.0 ? both / alone : 0.0;
}

// The frame of the input, from `first` to `end`, up to which a delay of lags[0] explains the target
// best; from there on, or from `hole` frames later on, lags[1] does.
static Status locate(size_t *at, const Pair *pair, const float *response, size_t first, size_t end,
                     size_t hole, const long lags[2], Diagnostic *diagnostic) {
    size_t frames = end - first;
    float *dry = memory_new(frames + 2 * TRACK_REACH, sizeof *dry);
    double *later = memory_new(frames + 1, sizeof *later); // sums from each frame on
    *at = first;
    if (!dry || !later) {
        memory_free(dry);
        memory_free(later);
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory to follow the delay");
    }
    for (size_t i = 0; i < frames + 2 * TRACK_REACH; i++) {
        dry[i] = (float)emphasised(pair->input, pair->input_frames,
                                   (long long)(first + i) - TRACK_REACH);
    }
    for (size_t n = 0; n < frames; n++) { // what the device would answer, from the end of its taps
        double answer = 0.0;
        for (int i = 0; i < TRACK_TAPS; i++) {
            answer += (double)response[i] * (double)dry[n + 2 * TRACK_REACH - (size_t)i];
        }
        dry[n] = (float)answer;
    }
    double gain = fit_gain(pair, dry, first, frames, lags);
    for (size_t n = frames; n-- > 0;) {
        later[n] = later[n + 1] + error_at(pair, gain * (double)dry[n], first + n, lags[1]);
    }
    double before = 0.0, least = INFINITY;
    for (size_t n = 0; n + hole <= frames; n++) {
        if (before + later[n + hole] < least) {
            least = before + later[n + hole];
            *at = first + n;
        }
        before += error_at(pair, gain * (double)dry[n], first + n, lags[0]);
    }
    memory_free(dry);
    memory_free(later);
    return STATUS_OK;
}

// Whether there is sound at once from frame `at` on; with -rate, before it.
static bool sounds(const float *samples, size_t frames, long long at, int rate) {
    double sum = 0.0;
    int count = abs(rate) / 200, step = rate < 0 ? -1 : 1;
    for (int k = 0; k < count; k++) {
        double x = sample_at(samples, frames, at + step * (k + (step < 0)));
        sum += x * x;
    }
    return sum > count * SOUNDS * SOUNDS;
}

// Whether `count` samples about frame `at` are empty, or those before them once more: a recorder
// has filled a hole, or was behind.
static bool is_added(const float *samples, size_t frames, long long at, long long count, int rate) {
    long long reach = (long long)(ADDED_AROUND * rate) + count, empty = 0, same = 0, sounding = 0;
    for (long long i = at - reach; i < at + reach; i++) {
        double here = sample_at(samples, frames, i), before = sample_at(samples, frames, i - count);
        bool is_empty = fabs(here) <= EMPTY;
        long long before_it = empty;
        empty = is_empty ? empty + 1 : 0;
        same = here == before ? same + 1 : 0;
        sounding = here != before ? 0 : sounding + !is_empty;
        double least = ADDED_SHARE * (double)count;
        bool filled = !is_empty && (double)before_it >= least &&
                      (double)before_it <= (double)count / ADDED_SHARE &&
                      sounds(samples, frames, i, rate) &&
                      sounds(samples, frames, i - before_it, -rate);
        if (filled || ((double)same >= least && (double)sounding >= 0.5 * least)) {
            return count >= ADDED_LEAST;
        }
    }
    return false;
}

// Whether there is one place about frame `at` that is far sharper than all beside it: what a cut
// leaves in a smooth signal.
static bool has_jump(const float *samples, size_t frames, long long at, int rate) {
    long long reach = (long long)(JUMP_AROUND * rate), apart = (long long)(JUMP_LENGTH * rate);
    long long sharpest = at;
    double most = -1.0, beside = 0.0;
    for (int pass = 0; pass < 2; pass++) {
        for (long long i = at - reach; i < at + reach; i++) {
            double sharp = fabs(sample_at(samples, frames, i - 1) -
                                2.0 * sample_at(samples, frames, i) +
                                sample_at(samples, frames, i + 1));
            if (pass == 0 && sharp > most) {
                most = sharp;
                sharpest = i;
            } else if (pass == 1 && llabs(i - sharpest) > apart) {
                beside = fmax(beside, sharp);
            }
        }
    }
    return most > JUMP_SHARPER * beside;
}

// ---- How many samples ----

Status stretch_compare(double *later, const Pair *pair, const Stretch stretches[2],
                       Diagnostic *diagnostic) {
    Correlation found[2] = {{0}, {0}};
    Status status = STATUS_OK;
    *later = 0.0;
    for (int k = 0; k < 2 && status == STATUS_OK; k++) {
        const Stretch *stretch = &stretches[k];
        size_t skip = stretch->lag > 0 ? (size_t)stretch->lag : 0;
        size_t late = stretch->lag < 0 ? (size_t)-stretch->lag : 0;
        if (stretch->end - stretch->begin < pair->rate || skip >= pair->target_frames ||
            (long long)late > stretch->begin) {
            correlation_clear(&found[0]);
            return STATUS_OK;
        }
        SignalPair signals = {pair->input + late, pair->input_frames - late, pair->target + skip,
                              pair->target_frames - skip};
        status = correlation_init(&found[k], &signals, (size_t)stretch->begin - late,
                                  (size_t)stretch->end - late, CLOSE_REACH, CLOSE_BLOCKS,
                                  diagnostic);
    }
    if (status == STATUS_OK) {
        float sums[2 * CLOSE_LOOK + 1];
        for (int shift = -CLOSE_LOOK; shift <= CLOSE_LOOK; shift++) {
            double sum = 0.0;
            for (int i = CLOSE_LOOK; i <= 2 * CLOSE_REACH - CLOSE_LOOK; i++) {
                sum += (double)found[0].impulse[i] * (double)found[1].impulse[i + shift];
            }
            sums[shift + CLOSE_LOOK] = (float)fmax(sum, 0.0); // polarity does not change
        }
        double peak = correlation_peak(sums, 2 * CLOSE_LOOK + 1) - CLOSE_LOOK;
        *later = fabs(peak) < CLOSE_LOOK - 1 ? peak : 0.0;
    }
    correlation_clear(&found[0]);
    correlation_clear(&found[1]);
    return status;
}

// The number of samples, as all that sounds before and after tells it.
static Status count_samples(Slip *slip, const Pair *pair, const SlipSearch *search,
                            Diagnostic *diagnostic) {
    long long at = (long long)slip->at, apart = (long long)(CLOSE_APART * pair->rate);
    long long length = (long long)(CLOSE * pair->rate), frames = (long long)pair->input_frames;
    long long hole = slip->samples < 0 ? -slip->samples : 0;
    long long least = (long long)search->after + apart;
    Stretch stretches[] = {{at - length > least ? at - length : least, at - apart, search->lags[0]},
                           {at + hole + apart, at + hole + length, search->lags[1]}};
    double later = 0.0;
    stretches[1].end = stretches[1].end < frames ? stretches[1].end : frames;
    Status status = stretch_compare(&later, pair, stretches, diagnostic);
    slip->samples = search->lags[1] - search->lags[0] + lround(later);
    return status;
}

// ---- All of it ----

Status slip_find(Slip *slip, const Pair *pair, const SlipSearch *search, Diagnostic *diagnostic) {
    const long *lags = search->lags;
    *slip = (Slip){.samples = search->samples};
    size_t hole = slip->samples < 0 ? (size_t)-slip->samples : 0, end = search->end + hole;
    end = end < pair->input_frames ? end : pair->input_frames;
    Status status = locate(&slip->at, pair, search->response, search->first, end, hole, lags,
                           diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    slip->at = slip->at > search->after ? slip->at : search->after; // two in one place
    long long dry = (long long)slip->at, wet = dry + lags[0];
    bool dry_jumps = has_jump(pair->input, pair->input_frames, dry, pair->rate);
    bool wet_jumps = has_jump(pair->target, pair->target_frames, wet, pair->rate);
    slip->added =
        slip->samples > 0
            ? is_added(pair->target, pair->target_frames, wet, slip->samples, pair->rate) ||
                  (wet_jumps && !dry_jumps)
            : is_added(pair->input, pair->input_frames, dry, -slip->samples, pair->rate) ||
                  (dry_jumps && !wet_jumps);
    return search->unsure ? count_samples(slip, pair, search, diagnostic) : STATUS_OK;
}
