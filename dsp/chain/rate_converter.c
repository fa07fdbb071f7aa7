// SPDX-License-Identifier: ISC
// Time is counted in input frames from the first one in the history, as a whole number and a
// remainder in units of 1 / up.
#include "dsp/chain/rate_converter.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "dsp/base/memory.h"
#include "dsp/chain/kaiser.h"

enum {
    MAX_CHANNELS = 2,
    MAX_RATIO = 64,
    MAX_ROWS = 1024, // for rates with a large common multiple; between rows it is a straight line
    LANES = 8,       // partial sums
};

typedef struct Filter {
    int crossings; // of the sinc on either side, at the lower rate
    double shape;  // of the Kaiser window
} Filter;

static const Filter long_filter = {34, 9.0};  // side lobes 90 dB down
static const Filter short_filter = {20, 9.6}; // side lobes 95 dB down

struct RateConverter {
    int64_t up, down; // output frame q is at input frame q * down / up
    int channels;
    int reach; // half the length of the filter
    int rows;  // for times from one input frame to the next
    bool between;
    float *table;                // [rows + 1][2 * reach]
    int64_t position, remainder; // of the next output frame
    int held;                    // frames in the history
    float *history[MAX_CHANNELS];
};

// ---- Making ----

static int64_t common_divisor(int64_t a, int64_t b) {
    while (b) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

// The filter at `time` input frames from its middle; `cutoff` is a share of the input's Nyquist
// frequency.
static double kernel(double time, double reach, double cutoff, double shape) {
    double angle = 2.0 * asin(1.0) * cutoff * time;
    double sinc = fabs(angle) < 1e-9 ? 1.0 : sin(angle) / angle;
    return cutoff * sinc * kaiser(time / reach, shape) / kaiser(0.0, shape);
}

// Each row passes a constant unchanged.
static void fill_row(float *row, int reach, double fraction, double cutoff, double shape) {
    double sum = 0.0;
    for (int i = 0; i < 2 * reach; i++) {
        sum += kernel((double)(i - reach + 1) - fraction, reach, cutoff, shape);
    }
    for (int i = 0; i < 2 * reach; i++) {
        double tap = kernel((double)(i - reach + 1) - fraction, reach, cutoff, shape);
        row[i] = (float)(tap / sum);
    }
}

// The most frames of history: what waits for a delay, the filter, and a block.
static bool make_history(RateConverter *converter, int block, int delay) {
    int64_t wait = (int64_t)delay * converter->down / converter->up + 2;
    size_t frames = (size_t)wait + 4 * (size_t)converter->reach + (size_t)block;
    bool made = true;
    for (int c = 0; c < converter->channels; c++) {
        converter->history[c] = memory_new(frames, sizeof(float));
        made = made && converter->history[c];
    }
    return made;
}

static Status make(RateConverter **converter, int from, int to, const Filter *filter, int channels,
                   int block, int delay, Diagnostic *diagnostic) {
    *converter = NULL;
    if (from < 1 || to < 1 || from / MAX_RATIO > to || to / MAX_RATIO > from) {
        return diagnose(diagnostic, STATUS_UNSUPPORTED,
                        "%d Hz and %d Hz are more than %d times apart: cannot be converted", from,
                        to, MAX_RATIO);
    }
    RateConverter *made = memory_new(1, sizeof *made);
    if (!made) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory to convert the sample rate");
    }
    int64_t divisor = common_divisor(from, to);
    double cutoff = to < from ? (double)to / from : 1.0;
    made->up = to / divisor;
    made->down = from / divisor;
    made->channels = channels;
    made->reach = (int)ceil(filter->crossings / cutoff) + LANES / 2 - 1;
    made->reach = made->reach / (LANES / 2) * (LANES / 2);
    made->between = made->up > MAX_ROWS;
    made->rows = made->between ? MAX_ROWS : (int)made->up;
    size_t taps = 2 * (size_t)made->reach;
    made->table = memory_new(((size_t)made->rows + 1) * taps, sizeof(float));
    if (!made->table || !make_history(made, block, delay)) {
        rate_converter_free(made);
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory to convert the sample rate");
    }
    for (int i = 0; i <= made->rows; i++) {
        fill_row(made->table + (size_t)i * taps, made->reach, (double)i / made->rows, cutoff,
                 filter->shape);
    }
    rate_converter_reset(made, 0);
    *converter = made;
    return STATUS_OK;
}

Status rate_converter_new(RateConverter **converter, int from, int to, int channels, int block,
                          int delay, Diagnostic *diagnostic) {
    return make(converter, from, to, &long_filter, channels, block, delay, diagnostic);
}

Status rate_converter_new_short(RateConverter **converter, int from, int to, int channels,
                                int block, int delay, Diagnostic *diagnostic) {
    return make(converter, from, to, &short_filter, channels, block, delay, diagnostic);
}

void rate_converter_free(RateConverter *converter) {
    if (converter) {
        for (int c = 0; c < MAX_CHANNELS; c++) {
            memory_free(converter->history[c]);
        }
        memory_free(converter->table);
        memory_free(converter);
    }
}

int rate_converter_reach(const RateConverter *converter) {
    return converter->reach;
}

// ---- Running ----

void rate_converter_reset(RateConverter *converter, int delay) REALTIME {
    int64_t before = ((int64_t)delay * converter->down + converter->up - 1) / converter->up;
    converter->held = (int)before + converter->reach;
    converter->position = converter->reach;
    converter->remainder = before * converter->up - (int64_t)delay * converter->down;
    for (int c = 0; c < converter->channels; c++) {
        memset(converter->history[c], 0, (size_t)converter->held * sizeof(float));
    }
}

// Drops what no later output needs.
static void drop(RateConverter *converter) REALTIME {
    int64_t first = converter->position - converter->reach + 1;
    int count = first < converter->held ? (int)first : converter->held;
    if (count <= 0) {
        return;
    }
    converter->held -= count;
    converter->position -= count;
    for (int c = 0; c < converter->channels; c++) {
        memmove(converter->history[c], converter->history[c] + count,
                (size_t)converter->held * sizeof(float));
    }
}

void rate_converter_push(RateConverter *converter, const float *const *in, int frames) REALTIME {
    drop(converter);
    for (int c = 0; c < converter->channels; c++) {
        memcpy(converter->history[c] + converter->held, in[c], (size_t)frames * sizeof(float));
    }
    converter->held += frames;
}

int rate_converter_ready(const RateConverter *converter) REALTIME {
    // An output at time t needs the frames up to floor(t) + reach.
    int64_t limit = (converter->held - converter->reach) * converter->up;
    int64_t next = converter->position * converter->up + converter->remainder;
    return next < limit ? (int)((limit - next + converter->down - 1) / converter->down) : 0;
}

static float dot(const float *a, const float *b, int count) REALTIME {
    float sums[LANES] = {0.0f};
    for (int i = 0; i < count; i += LANES) {
        for (int k = 0; k < LANES; k++) {
            sums[k] += a[i + k] * b[i + k];
        }
    }
    return ((sums[0] + sums[4]) + (sums[1] + sums[5])) +
           ((sums[2] + sums[6]) + (sums[3] + sums[7]));
}

static float output(const RateConverter *converter, const float *history) REALTIME {
    int taps = 2 * converter->reach;
    const float *from = history + converter->position - converter->reach + 1;
    if (!converter->between) {
        return dot(converter->table + converter->remainder * taps, from, taps);
    }
    double place = (double)converter->remainder * converter->rows / (double)converter->up;
    int row = (int)place;
    float share = (float)(place - row);
    const float *weights = converter->table + (size_t)row * (size_t)taps;
    return (1.0f - share) * dot(weights, from, taps) + share * dot(weights + taps, from, taps);
}

void rate_converter_pull(RateConverter *converter, float *const *out, int frames) REALTIME {
    for (int i = 0; i < frames; i++) {
        for (int c = 0; c < converter->channels; c++) {
            out[c][i] = output(converter, converter->history[c]);
        }
        converter->remainder += converter->down;
        converter->position += converter->remainder / converter->up;
        converter->remainder %= converter->up;
    }
}
