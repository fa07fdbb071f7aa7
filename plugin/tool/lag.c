// SPDX-License-Identifier: ISC
#include "plugin/tool/lag.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>

#include "dsp/base/correlation.h"
#include "dsp/base/level.h"
#include "dsp/measures/esr.h"

enum {
    STRETCH = 1 << 18, // samples that are correlated: a few seconds tell as much as all
    AROUND = 2,        // lags beside the peak whose ESR is measured, too
};

Overlap lag_overlap(const float *reference, const float *other, size_t frames, long lag) {
    size_t late = lag > 0 ? (size_t)lag : 0, early = lag < 0 ? (size_t)-lag : 0;
    return (Overlap){reference + early, other + late, frames - late - early};
}

static double esr_at(const float *reference, const float *other, size_t frames, long lag) {
    Overlap overlap = lag_overlap(reference, other, frames, lag);
    Esr esr = {0};
    esr_add(&esr, overlap.reference, overlap.other, overlap.frames);
    double ratio = esr_ratio(&esr);
    return isnan(ratio) ? INFINITY : ratio;
}

Status lag_find(long *lag, const float *reference, const float *other, size_t frames,
                Diagnostic *diagnostic) {
    size_t length = frames < STRETCH ? frames : STRETCH;
    long most = frames / 4 < LAG_MOST ? (long)(frames / 4) : LAG_MOST;
    *lag = 0;
    if (most == 0 || level_peak(reference, frames) <= 0.0f || level_peak(other, frames) <= 0.0f) {
        return STATUS_OK;
    }
    size_t begin = level_loudest(reference, frames, length, length);
    SignalPair pair = {reference, frames, other, frames};
    Correlation correlation;
    Status status = correlation_init(&correlation, &pair, begin, begin + length, (int)most, INT_MAX,
                                     diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    long found = 0;
    for (long k = 1; k <= 2 * most; k++) {
        found = correlation.normalised[k] > correlation.normalised[found] ? k : found;
    }
    found -= most;
    correlation_clear(&correlation);
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
