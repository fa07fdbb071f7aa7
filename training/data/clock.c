// SPDX-License-Identifier: ISC
#include "training/data/clock.h"

#include "dsp/base/memory.h"
#include "dsp/files/audio/resample.h"

typedef struct Reading {
    const float *samples;
    size_t frames, at;
} Reading;

static Status read_on(void *source, float *samples, size_t frames, Diagnostic *diagnostic) {
    Reading *reading = source;
    (void)diagnostic;
    for (size_t i = 0; i < frames; i++, reading->at++) {
        samples[i] = reading->at < reading->frames ? reading->samples[reading->at] : 0.0f;
    }
    return STATUS_OK;
}

Status clock_resample(float **to, size_t *count, const float *samples, size_t frames, double drift,
                      Diagnostic *diagnostic) {
    Reading reading = {samples, frames, 0};
    Resampler *resampler = NULL;
    *count = (size_t)((double)frames / (1.0 + drift));
    *to = memory_new(*count + 1, sizeof **to);
    Status status = *to ? resampler_new(&resampler, 1.0 / (1.0 + drift), 1, read_on, &reading,
                                        diagnostic)
                        : diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for a recording");
    if (status == STATUS_OK) {
        status = resampler_read(resampler, *to, *count, diagnostic);
    }
    resampler_free(resampler);
    if (status != STATUS_OK) {
        memory_free(*to);
        *to = NULL;
    }
    return status;
}
