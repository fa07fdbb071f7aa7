// SPDX-License-Identifier: ISC
#include "training/data/clicks.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "dsp/base/level.h"
#include "dsp/base/memory.h"
#include "dsp/base/order.h"

enum {
    AROUND = 20, // blocks to either side that tell what is usual,
    USUAL = 80,  // in so many of a hundred: the edges of a low fuzz come every 30 ms
    AHEAD = 2,   // blocks of the input to either side that may explain a click
};

#define BLOCK 0.005     // s
#define SHARPER 8.0     // times what is usual about it
#define LENGTH 5e-4     // s to either side that belong to a click
#define ALONE 3.0       // times what is sharpest beside these, a block to either side
#define UNEXPLAINED 3.0 // times as much sharper as the input is
#define LOUD 0.02       // of the target's RMS: less does no harm
#define EDGE 100.0      // between the RMS before and after: silence ends

static float second_difference(const float *samples, size_t at) {
    return fabsf(samples[at - 1] - 2.0f * samples[at] + samples[at + 1]);
}

// The largest second difference in each block.
static void measure(float *sharpness, const float *samples, size_t frames, size_t blocks,
                    size_t size) {
    for (size_t b = 0; b < blocks; b++) {
        float most = 0.0f;
        for (size_t i = b * size + !b; i < (b + 1) * size && i + 1 < frames; i++) {
            most = fmaxf(most, second_difference(samples, i));
        }
        sharpness[b] = most;
    }
}

// How much sharper a block is than those about it.
static float beyond(const float *sharpness, size_t blocks, size_t at) {
    float about[2 * AROUND + 1];
    size_t first = at > AROUND ? at - AROUND : 0;
    size_t end = at + AROUND + 1 < blocks ? at + AROUND + 1 : blocks;
    memcpy(about, sharpness + first, (end - first) * sizeof *about);
    order_floats(about, end - first);
    return sharpness[at] / fmaxf(about[(end - first) * USUAL / 100], 1e-9f);
}

// Whether the input is about as sharp there.
static bool explained(const float *sharpness, size_t blocks, size_t at, float by) {
    for (size_t b = at > AHEAD ? at - AHEAD : 0; b <= at + AHEAD && b < blocks; b++) {
        if (UNEXPLAINED * (double)beyond(sharpness, blocks, b) > (double)by) {
            return true;
        }
    }
    return false;
}

// The sharpest frame of a block, and whether it is alone so sharp.
static size_t sharpest(const float *samples, size_t frames, size_t block, size_t size,
                       size_t length, bool *alone) {
    size_t at = block * size + 1, first = block > 0 ? (block - 1) * size + 1 : 1;
    size_t end = (block + 2) * size < frames ? (block + 2) * size : frames - 1;
    float beside = 0.0f;
    for (size_t i = at; i < (block + 1) * size && i < end; i++) {
        at = second_difference(samples, i) > second_difference(samples, at) ? i : at;
    }
    for (size_t i = first; i < end; i++) {
        bool apart = i + length < at || i > at + length;
        beside = apart ? fmaxf(beside, second_difference(samples, i)) : beside;
    }
    *alone = (double)second_difference(samples, at) > ALONE * (double)beside;
    return at;
}

// Whether sound begins or ends there at once: no click, but a part that was cut off.
static bool is_edge(const float *samples, size_t frames, size_t at, size_t size, size_t length) {
    size_t before = at > size + length ? at - size - length : 0;
    size_t after = at + length + size < frames ? at + length + 1 : frames - size;
    double a = level_mean_square(samples + before, size);
    double b = level_mean_square(samples + after, size);
    return fmax(a, b) > EDGE * EDGE * fmin(a, b);
}

// Whether something was left out at a block or one beside it.
static bool is_cut(const Cut *cuts, int count, size_t begin, size_t end, size_t beside) {
    for (int i = 0; i < count; i++) {
        if (cuts[i].at + beside >= begin && cuts[i].at <= end + beside) {
            return true;
        }
    }
    return false;
}

Status clicks_find(Clicks *clicks, const Pair *pair, const Cut *cuts, int count,
                   Diagnostic *diagnostic) {
    size_t frames = pair->input_frames < pair->target_frames ? pair->input_frames
                                                             : pair->target_frames;
    size_t size = (size_t)(BLOCK * pair->rate), blocks = size ? frames / size : 0;
    float *dry = memory_new(2 * blocks + 1, sizeof *dry), *wet = dry ? dry + blocks : NULL;
    clicks->count = 0;
    if (!dry) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory to look for clicks");
    }
    measure(dry, pair->input, frames, blocks, size);
    measure(wet, pair->target, frames, blocks, size);
    double least = LOUD * sqrt(level_mean_square(pair->target, frames));
    size_t last = 0, length = (size_t)(LENGTH * pair->rate);
    for (size_t b = 0; b < blocks && clicks->count < CLICKS_MOST; b++) {
        if ((double)wet[b] < least) {
            continue;
        }
        float by = beyond(wet, blocks, b);
        if ((double)by < SHARPER || is_cut(cuts, count, b * size, (b + 1) * size, size) ||
            explained(dry, blocks, b, by)) {
            continue;
        }
        bool alone = false;
        size_t at = sharpest(pair->target, frames, b, size, length, &alone);
        if (!alone || is_edge(pair->target, frames, at, size, length)) {
            continue;
        }
        if (clicks->count == 0 || b > last + 1) { // else it is the end of the one before
            clicks->at[clicks->count++] = at;
        }
        last = b;
    }
    memory_free(dry);
    return STATUS_OK;
}
