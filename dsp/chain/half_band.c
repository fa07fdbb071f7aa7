// SPDX-License-Identifier: ISC
// At the higher rate the taps beside the middle meet the even frames, the middle meets the odd
// ones.
#include "dsp/chain/half_band.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "dsp/base/memory.h"
#include "dsp/chain/kaiser.h"

enum {
    MAX_CHANNELS = 2,
    WIDTH = 16, // outputs that are summed side by side
};

static const double pi = 3.14159265358979324;

struct HalfBand {
    int channels;
    int taps;
    float tap[HALF_BAND_MAX_TAPS]; // the outermost first; both sides together are 1
    float *sums;                   // of the taps with one block
    float *low[MAX_CHANNELS];      // on the way up: the frames, behind those before
    float *even[MAX_CHANNELS];     // on the way down, likewise
    float *odd[MAX_CHANNELS];
};

static void design(HalfBand *filter, double shape) {
    double taps[HALF_BAND_MAX_TAPS] = {0.0}, sum = 0.0;
    for (int k = 0; k < filter->taps; k++) {
        double time = 2 * (filter->taps - k) - 1; // frames of the higher rate from the middle
        taps[k] = sin(0.5 * pi * time) / time * kaiser(time / (2 * filter->taps), shape);
        sum += 2.0 * taps[k];
    }
    for (int k = 0; k < filter->taps; k++) {
        filter->tap[k] = (float)(taps[k] / sum);
    }
}

// Frames before the present one that the taps, and the middle, need.
static int memory_of_taps(const HalfBand *filter) REALTIME {
    return 2 * filter->taps - 1;
}

static int memory_of_middle(const HalfBand *filter) REALTIME {
    return filter->taps;
}

HalfBand *half_band_new(int taps, double shape, int channels, int block) {
    HalfBand *made = memory_new(1, sizeof *made);
    if (!made) {
        return NULL;
    }
    made->taps = taps;
    made->channels = channels;
    design(made, shape);
    size_t room = (size_t)memory_of_taps(made) + (size_t)block + WIDTH;
    made->sums = memory_new(room, sizeof(float));
    bool whole = made->sums;
    for (int c = 0; c < channels; c++) {
        made->low[c] = memory_new(room, sizeof(float));
        made->even[c] = memory_new(room, sizeof(float));
        made->odd[c] = memory_new(room, sizeof(float));
        whole = whole && made->low[c] && made->even[c] && made->odd[c];
    }
    if (!whole) {
        half_band_free(made);
        return NULL;
    }
    return made;
}

void half_band_free(HalfBand *filter) {
    if (filter) {
        for (int c = 0; c < MAX_CHANNELS; c++) {
            memory_free(filter->low[c]);
            memory_free(filter->even[c]);
            memory_free(filter->odd[c]);
        }
        memory_free(filter->sums);
        memory_free(filter);
    }
}

int half_band_latency(const HalfBand *filter) {
    return 2 * filter->taps - 1;
}

// ---- Running ----

void half_band_reset(HalfBand *filter) REALTIME {
    size_t taps = (size_t)memory_of_taps(filter), middle = (size_t)memory_of_middle(filter);
    for (int c = 0; c < filter->channels; c++) {
        memset(filter->low[c], 0, taps * sizeof(float));
        memset(filter->even[c], 0, taps * sizeof(float));
        memset(filter->odd[c], 0, middle * sizeof(float));
    }
}

// sums = the taps over `signal`, which begins with what was before. Each is added up in the same
// order, wherever blocks end; up to WIDTH - 1 more than `frames` are written.
static void convolve(HalfBand *filter, const float *signal, int frames) REALTIME {
    int last = memory_of_taps(filter);
    for (int begin = 0; begin < frames; begin += WIDTH) {
        const float *from = signal + begin;
        float sums[WIDTH] = {0.0f};
        for (int k = 0; k < filter->taps; k++) {
            for (int i = 0; i < WIDTH; i++) {
                sums[i] += filter->tap[k] * (from[i + k] + from[i + last - k]);
            }
        }
        memcpy(filter->sums + begin, sums, sizeof sums);
    }
}

// Keeps the last `count` of `frames` frames and of those before, for the next block.
static void keep(float *signal, int count, int frames) REALTIME {
    memmove(signal, signal + frames, (size_t)count * sizeof(float));
}

void half_band_up(HalfBand *filter, float *const *out, const float *const *in, int frames)
    REALTIME {
    int before = memory_of_taps(filter);
    for (int c = 0; c < filter->channels; c++) {
        float *low = filter->low[c], *to = out[c];
        memcpy(low + before, in[c], (size_t)frames * sizeof(float));
        convolve(filter, low, frames);
        const float *middle = low + memory_of_middle(filter);
        for (int i = 0; i < frames; i++) {
            to[2 * i] = filter->sums[i];
            to[2 * i + 1] = middle[i];
        }
        keep(low, before, frames);
    }
}

void half_band_down(HalfBand *filter, float *const *out, const float *const *in, int frames)
    REALTIME {
    int before = memory_of_taps(filter), middle = memory_of_middle(filter);
    for (int c = 0; c < filter->channels; c++) {
        float *even = filter->even[c], *odd = filter->odd[c];
        for (int i = 0; i < frames; i++) {
            even[before + i] = in[c][2 * i];
            odd[middle + i] = in[c][2 * i + 1];
        }
        convolve(filter, even, frames);
        for (int i = 0; i < frames; i++) {
            out[c][i] = 0.5f * (odd[i] + filter->sums[i]);
        }
        keep(even, before, frames);
        keep(odd, middle, frames);
    }
}
