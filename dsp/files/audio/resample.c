// SPDX-License-Identifier: ISC
#include "dsp/files/audio/resample.h"

#include <samplerate.h>

#include "dsp/base/memory.h"

struct Resampler {
    SRC_STATE *state;
    double ratio;
    int channels;
    SourceRead read;
    void *source;
    Status status; // of the source
    Diagnostic diagnostic;
    float *block; // RESAMPLE_BLOCK frames from the source
};

static long feed(void *context, float **data) {
    Resampler *resampler = context;
    if (resampler->status == STATUS_OK) {
        resampler->status = resampler->read(resampler->source, resampler->block, RESAMPLE_BLOCK,
                                            &resampler->diagnostic);
    }
    *data = resampler->block;
    return resampler->status == STATUS_OK ? RESAMPLE_BLOCK : 0;
}

Status resampler_new(Resampler **resampler, double ratio, int channels, SourceRead read,
                     void *source, Diagnostic *diagnostic) {
    *resampler = NULL;
    if (!src_is_valid_ratio(ratio)) {
        return diagnose(diagnostic, STATUS_UNSUPPORTED,
                        "rates that are more than 256 times apart cannot be converted");
    }
    Resampler *made = memory_new(1, sizeof *made);
    float *block = memory_new((size_t)RESAMPLE_BLOCK * (size_t)channels, sizeof *block);
    int error = 0;
    SRC_STATE *state = made && block
                           ? src_callback_new(feed, SRC_SINC_BEST_QUALITY, channels, &error, made)
                           : NULL;
    if (!state) {
        memory_free(block);
        memory_free(made);
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory to convert the sample rate%s%s",
                        error ? ": " : "", error ? src_strerror(error) : "");
    }
    *made = (Resampler){
        .state = state,
        .ratio = ratio,
        .channels = channels,
        .read = read,
        .source = source,
        .block = block,
    };
    *resampler = made;
    return STATUS_OK;
}

void resampler_free(Resampler *resampler) {
    if (resampler) {
        src_delete(resampler->state);
        memory_free(resampler->block);
        memory_free(resampler);
    }
}

Status resampler_read(void *context, float *samples, size_t frames, Diagnostic *diagnostic) {
    Resampler *self = context;
    for (size_t done = 0; done < frames;) {
        float *to = samples + done * (size_t)self->channels;
        long got = src_callback_read(self->state, self->ratio, (long)(frames - done), to);
        if (self->status != STATUS_OK) {
            return diagnose(diagnostic, self->status, "%s", self->diagnostic.text);
        }
        if (got <= 0) {
            return diagnose(diagnostic, STATUS_UNSUPPORTED,
                            "the sample rate cannot be converted: %s",
                            src_strerror(src_error(self->state)));
        }
        done += (size_t)got;
    }
    return STATUS_OK;
}
