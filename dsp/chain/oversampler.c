// SPDX-License-Identifier: ISC
#include "dsp/chain/oversampler.h"

#include <stdbool.h>

#include "dsp/base/memory.h"
#include "dsp/chain/half_band.h"

// The second filter has the room that the first one left between the sound and its image.
static const struct {
    int sections;
    double transition; // of the higher rate
} first_filter = {6, 0.1}, second_filter = {4, 0.2};

struct Oversampler {
    int channels;
    int factor;
    HalfBand first, second;             // from the lower rate to its double, and on
    float *between[HALF_BAND_CHANNELS]; // a block at the double rate; NULL at a factor of 2
};

Status oversampler_new(Oversampler **oversampler, int factor, int channels, int block,
                       Diagnostic *diagnostic) {
    *oversampler = NULL;
    Oversampler *made = memory_new(1, sizeof *made);
    bool whole = made;
    for (int c = 0; made && factor > 2 && c < channels; c++) {
        made->between[c] = memory_new(2 * (size_t)block, sizeof(float));
        whole = whole && made->between[c];
    }
    if (!whole) {
        oversampler_free(made);
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for oversampling");
    }
    made->channels = channels;
    made->factor = factor;
    half_band_init(&made->first, first_filter.sections, first_filter.transition);
    half_band_init(&made->second, second_filter.sections, second_filter.transition);
    *oversampler = made;
    return STATUS_OK;
}

void oversampler_free(Oversampler *oversampler) {
    if (oversampler) {
        for (int c = 0; c < HALF_BAND_CHANNELS; c++) {
            memory_free(oversampler->between[c]);
        }
        memory_free(oversampler);
    }
}

double oversampler_lag(const Oversampler *oversampler) {
    double second = oversampler->factor > 2 ? half_band_lag(&oversampler->second) : 0.0;
    return half_band_lag(&oversampler->first) / 2.0 + second / 4.0;
}

void oversampler_reset(Oversampler *oversampler) REALTIME {
    half_band_reset(&oversampler->first);
    half_band_reset(&oversampler->second);
}

void oversampler_up(Oversampler *oversampler, float *const *out, const float *const *in, int frames)
    REALTIME {
    int channels = oversampler->channels;
    if (oversampler->factor == 2) {
        half_band_up(&oversampler->first, out, in, channels, frames);
        return;
    }
    const float *from[HALF_BAND_CHANNELS] = {oversampler->between[0], oversampler->between[1]};
    half_band_up(&oversampler->first, oversampler->between, in, channels, frames);
    half_band_up(&oversampler->second, out, from, channels, 2 * frames);
}

void oversampler_down(Oversampler *oversampler, float *const *out, const float *const *in,
                      int frames) REALTIME {
    int channels = oversampler->channels;
    if (oversampler->factor == 2) {
        half_band_down(&oversampler->first, out, in, channels, frames);
        return;
    }
    const float *from[HALF_BAND_CHANNELS] = {oversampler->between[0], oversampler->between[1]};
    half_band_down(&oversampler->second, oversampler->between, in, channels, 2 * frames);
    half_band_down(&oversampler->first, out, from, channels, frames);
}
