// SPDX-License-Identifier: ISC
#include "plugin/tool/lag.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/measure.h"
#include "dsp/memory.h"

enum {
    STRETCH = 1 << 18, // samples that are correlated: a few seconds tell as much as all
    TILE = 32,         // lags at a time, whose sums stay in registers
    AROUND = 2,        // lags beside the peak whose ESR is measured, too
};

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

// sums[k] = sum_n reference[n] * other[n + k]. Short runs are summed in single precision.
static void correlate(double sums[TILE], const float *reference, const float *other,
                      size_t frames) {
    enum { RUN = 1024 };
    memset(sums, 0, TILE * sizeof *sums);
    for (size_t begin = 0; begin < frames; begin += RUN) {
        size_t end = begin + RUN < frames ? begin + RUN : frames;
        float run[TILE] = {0.0f};
        for (size_t n = begin; n < end; n++) {
            for (int k = 0; k < TILE; k++) {
                run[k] += reference[n] * other[n + (size_t)k];
            }
        }
        for (int k = 0; k < TILE; k++) {
            sums[k] += (double)run[k];
        }
    }
}

// The lag, within `most` either way, at which reference[length] correlates most with what lies
// around it in `around`, whose sample `most` stands beside its first.
static long peak(const float *reference, const float *around, size_t length, long most) {
    long best = 0;
    double largest = -INFINITY;
    for (long lag = -most; lag <= most; lag += TILE) {
        double sums[TILE];
        correlate(sums, reference, around + most + lag, length);
        for (int k = 0; k < TILE && lag + k <= most; k++) {
            if (sums[k] > largest) {
                largest = sums[k];
                best = lag + k;
            }
        }
    }
    return best;
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
    if (most == 0 || measure_peak(reference, frames) <= 0.0f ||
        measure_peak(other, frames) <= 0.0f) {
        return STATUS_OK;
    }
    // The stretch of `other` with as much around it as is looked at; zeros beyond its ends.
    size_t begin = loudest(reference, frames, length), room = length + 2 * (size_t)most + TILE;
    float *around = memory_new(room, sizeof *around);
    if (!around) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory to find the lag");
    }
    for (size_t i = 0; i < room; i++) {
        size_t at = begin + i; // of the sample `most` later
        bool there = at >= (size_t)most && at - (size_t)most < frames;
        around[i] = there ? other[at - (size_t)most] : 0.0f;
    }
    long found = peak(reference + begin, around, length, most);
    memory_free(around);
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
