// SPDX-License-Identifier: ISC
#include "plugin/capture/latency.h"

#include <limits.h>
#include <math.h>

#include "dsp/base/correlation.h"

enum {
    LOOKED_AT = 1 << 20, // samples: what comes later in a long take adds nothing
};

static const float clear = 6.0f; // times the RMS of all values, that a found place stands out

static Status find_peak(size_t *latency, const float *impulse, size_t longest,
                        Diagnostic *diagnostic) {
    double squares = 0.0;
    float largest = 0.0f;
    for (size_t i = 0; i <= longest; i++) {
        float size = fabsf(impulse[i]);
        squares += (double)size * (double)size;
        if (size > largest) {
            largest = size;
            *latency = i;
        }
    }
    float rms = (float)sqrt(squares / (double)(longest + 1));
    if (!(largest > clear * rms)) {
        return diagnose(diagnostic, STATUS_BAD_AUDIO,
                        "what came back is not what was played; is the device between these two "
                        "channels?");
    }
    return STATUS_OK;
}

Status latency_find(size_t *latency, const float *sent, const float *received, size_t frames,
                    size_t longest, Diagnostic *diagnostic) {
    SignalPair pair = {sent, frames, received, frames + longest};
    Correlation correlation;
    Status status = correlation_init(&correlation, &pair, 0,
                                     frames < LOOKED_AT ? frames : LOOKED_AT, (int)longest, INT_MAX,
                                     diagnostic);
    if (status == STATUS_OK) {
        status = find_peak(latency, correlation.impulse + longest, longest, diagnostic);
    }
    correlation_clear(&correlation);
    return status;
}
