// SPDX-License-Identifier: ISC
#include "dsp/chain/oversampler.h"

#include <stdbool.h>
#include <string.h>

#include "dsp/base/memory.h"
#include "dsp/chain/half_band.h"

enum {
    MAX_CHANNELS = 2,
    // Taps on one side. The second filter has the room that the first one left between the sound
    // and its image.
    FIRST_TAPS = 16,
    SECOND_TAPS = 8,
};

static const double window_shape = 10.0; // of Kaiser's: side lobes 98 dB down

struct Oversampler {
    int channels;
    HalfBand *first,
        *second; // from the lower rate to its double, and on; no second at a factor of 2
    float *between[MAX_CHANNELS]; // a block at the double rate
    float last[MAX_CHANNELS];     // frame of the block before, on the way back
};

Status oversampler_new(Oversampler **oversampler, int factor, int channels, int block,
                       Diagnostic *diagnostic) {
    *oversampler = NULL;
    Oversampler *made = memory_new(1, sizeof *made);
    if (!made) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for oversampling");
    }
    made->channels = channels;
    made->first = half_band_new(FIRST_TAPS, window_shape, channels, block);
    bool whole = made->first;
    if (factor > 2) {
        made->second = half_band_new(SECOND_TAPS, window_shape, channels, 2 * block);
        whole = whole && made->second;
        for (int c = 0; c < channels; c++) {
            made->between[c] = memory_new(2 * (size_t)block, sizeof(float));
            whole = whole && made->between[c];
        }
    }
    if (!whole) {
        oversampler_free(made);
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for oversampling");
    }
    *oversampler = made;
    return STATUS_OK;
}

void oversampler_free(Oversampler *oversampler) {
    if (oversampler) {
        half_band_free(oversampler->first);
        half_band_free(oversampler->second);
        for (int c = 0; c < MAX_CHANNELS; c++) {
            memory_free(oversampler->between[c]);
        }
        memory_free(oversampler);
    }
}

int oversampler_latency(const Oversampler *oversampler) {
    int latency = half_band_latency(oversampler->first);
    if (oversampler->second) { // an odd number of double frames, and the one that `late` adds
        latency += (half_band_latency(oversampler->second) + 1) / 2;
    }
    return latency;
}

void oversampler_reset(Oversampler *oversampler) REALTIME {
    half_band_reset(oversampler->first);
    if (oversampler->second) {
        half_band_reset(oversampler->second);
    }
    memset(oversampler->last, 0, sizeof oversampler->last);
}

void oversampler_up(Oversampler *oversampler, float *const *out, const float *const *in, int frames)
    REALTIME {
    if (!oversampler->second) {
        half_band_up(oversampler->first, out, in, frames);
        return;
    }
    const float *from[MAX_CHANNELS] = {oversampler->between[0], oversampler->between[1]};
    half_band_up(oversampler->first, oversampler->between, in, frames);
    half_band_up(oversampler->second, out, from, 2 * frames);
}

// One frame later, so that the latency is a whole number of frames of the lower rate.
static void late(Oversampler *oversampler, int frames) REALTIME {
    for (int c = 0; c < oversampler->channels; c++) {
        float *signal = oversampler->between[c];
        float last = signal[frames - 1];
        memmove(signal + 1, signal, (size_t)(frames - 1) * sizeof(float));
        signal[0] = oversampler->last[c];
        oversampler->last[c] = last;
    }
}

void oversampler_down(Oversampler *oversampler, float *const *out, const float *const *in,
                      int frames) REALTIME {
    if (!oversampler->second) {
        half_band_down(oversampler->first, out, in, frames);
        return;
    }
    const float *from[MAX_CHANNELS] = {oversampler->between[0], oversampler->between[1]};
    half_band_down(oversampler->second, oversampler->between, in, 2 * frames);
    late(oversampler, 2 * frames);
    half_band_down(oversampler->first, out, from, frames);
}
