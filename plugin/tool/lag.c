// SPDX-License-Identifier: ISC
#include "plugin/tool/lag.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/base/fourier.h"
#include "dsp/base/level.h"
#include "dsp/base/memory.h"
#include "dsp/measures/measure.h"

enum {
    STRETCH = 1 << 18,    // samples that are correlated: a few seconds tell as much as all
    BLOCK = 2 * LAG_MOST, // of them, at a time
    SIZE = 2 * BLOCK,     // of the transforms: a block, and all lags without wrapping round
    AROUND = 2,           // lags beside the peak whose ESR is measured, too
};

typedef struct Correlation {
    Fourier *fourier;
    float samples[SIZE];
    Bin reference[SIZE / 2 + 1], other[SIZE / 2 + 1], product[SIZE / 2 + 1];
} Correlation;

Overlap lag_overlap(const float *reference, const float *other, size_t frames, long lag) {
    size_t late = lag > 0 ? (size_t)lag : 0, early = lag < 0 ? (size_t)-lag : 0;
    return (Overlap){reference + early, other + late, frames - late - early};
}

// Where the `length` samples with the most energy begin, among those that do not overlap.
static size_t loudest(const float *samples, size_t frames, size_t length) {
    size_t best = 0;
    double most = -1.0;
    for (size_t begin = 0; begin + length <= frames; begin += length) {
        double energy = 0.0;
        for (size_t i = begin; i < begin + length; i++) {
            energy += (double)samples[i] * (double)samples[i];
        }
        if (energy > most) {
            most = energy;
            best = begin;
        }
    }
    return best;
}

// Adds the spectrum of sum_n reference[n] * around[n + k], k = 0 .. 2 * LAG_MOST, with n up to
// `length`, BLOCK at most.
static void add_block(Correlation *c, const float *reference, size_t length, const float *around) {
    memset(c->samples, 0, sizeof c->samples);
    memcpy(c->samples, reference, length * sizeof(float));
    fourier_forward(c->fourier, c->samples, c->reference);
    fourier_forward(c->fourier, around, c->other);
    for (int k = 0; k <= SIZE / 2; k++) {
        Bin a = c->reference[k], b = c->other[k];
        c->product[k].re += a.re * b.re + a.im * b.im;
        c->product[k].im += a.re * b.im - a.im * b.re;
    }
}

// The lag, within `most` either way, at which reference[length] correlates most with what lies
// around it in `around`, whose sample `most` stands beside its first; SIZE - BLOCK samples more
// than the whole blocks of `length`.
static Status peak(long *best, const float *reference, const float *around, size_t length,
                   long most, Diagnostic *diagnostic) {
    Correlation *c = memory_new(1, sizeof *c);
    if (!c) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory to find the lag");
    }
    Status status = fourier_new(&c->fourier, SIZE, diagnostic);
    if (status == STATUS_OK) {
        for (size_t begin = 0; begin < length; begin += BLOCK) {
            size_t count = length - begin < BLOCK ? length - begin : BLOCK;
            add_block(c, reference + begin, count, around + begin);
        }
        fourier_inverse(c->fourier, c->product, c->samples);
        *best = 0;
        for (long k = 1; k <= 2 * most; k++) {
            *best = c->samples[k] > c->samples[*best] ? k : *best;
        }
        *best -= most;
    }
    fourier_free(c->fourier);
    memory_free(c);
    return status;
}

static double esr_at(const float *reference, const float *other, size_t frames, long lag) {
    Overlap overlap = lag_overlap(reference, other, frames, lag);
    Measure result;
    measure(&result, overlap.reference, overlap.other, overlap.frames);
    return isnan(result.esr) ? INFINITY : result.esr;
}

Status lag_find(long *lag, const float *reference, const float *other, size_t frames,
                Diagnostic *diagnostic) {
    size_t length = frames < STRETCH ? frames : STRETCH;
    long most = frames / 4 < LAG_MOST ? (long)(frames / 4) : LAG_MOST;
    *lag = 0;
    if (most == 0 || level_peak(reference, frames) <= 0.0f || level_peak(other, frames) <= 0.0f) {
        return STATUS_OK;
    }
    // The stretch of `other` with as much around it as is looked at; zeros beyond its ends.
    size_t begin = loudest(reference, frames, length);
    size_t room = (length + BLOCK - 1) / BLOCK * BLOCK + SIZE - BLOCK;
    float *around = memory_new(room, sizeof *around);
    if (!around) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory to find the lag");
    }
    for (size_t i = 0; i < room; i++) {
        size_t at = begin + i; // of the sample `most` later
        bool there = at >= (size_t)most && at - (size_t)most < frames;
        around[i] = there ? other[at - (size_t)most] : 0.0f;
    }
    long found = 0;
    Status status = peak(&found, reference + begin, around, length, most, diagnostic);
    memory_free(around);
    if (status != STATUS_OK) {
        return status;
    }
    double least = esr_at(reference, other, frames, 0);
    for (long near = found - AROUND; near <= found + AROUND && least > 0.0; near++) {
        double esr = labs(near) <= most ? esr_at(reference, other, frames, near) : INFINITY;
        if (esr < least) {
            least = esr;
            *lag = near;
        }
    }
    return STATUS_OK;
}
