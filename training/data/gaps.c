// SPDX-License-Identifier: ISC
#include "training/data/gaps.h"

#include <math.h>
#include <stdbool.h>

#include "dsp/base/level.h"

#define SHORTEST 2e-3    // s
#define LONGEST 2.0      // s
#define BESIDE 5e-3      // s: in each of PARTS such moments to either side,
#define LOUD 0.1         // of the RMS of all must sound
#define EMPTY 3.1e-5     // largest sample: one step of 16 bits, which dither makes,
#define EMPTY_SHARE 1e-4 // or this of the peak

enum { PARTS = 4 };

// One side, and the other, which is `late` samples behind it.
typedef struct Sides {
    const float *samples, *other;
    size_t frames, other_frames;
    long late;
    int rate;
} Sides;

// Whether there is sound all along before frame `begin` and from frame `end` on.
static bool has_sound_beside(const Sides *sides, size_t begin, size_t end, double loud) {
    size_t part = (size_t)(BESIDE * sides->rate);
    if (begin < PARTS * part || end + PARTS * part > sides->frames) {
        return false;
    }
    for (size_t i = 0; i < PARTS; i++) {
        if (level_mean_square(sides->samples + begin - (i + 1) * part, part) < loud ||
            level_mean_square(sides->samples + end + i * part, part) < loud) {
            return false;
        }
    }
    return true;
}

static bool other_sounds(const Sides *sides, size_t begin, size_t end) {
    long first = (long)begin + sides->late, last = (long)end + sides->late;
    double loud = LOUD * LOUD * level_mean_square(sides->other, sides->other_frames);
    return first >= 0 && last <= (long)sides->other_frames &&
           level_mean_square(sides->other + first, (size_t)(last - first)) > loud;
}

static void find(Gaps *gaps, const Sides *sides) {
    size_t shortest = (size_t)(SHORTEST * sides->rate), longest = (size_t)(LONGEST * sides->rate);
    double loud = LOUD * LOUD * level_mean_square(sides->samples, sides->frames);
    double empty = fmin(EMPTY, EMPTY_SHARE * (double)level_peak(sides->samples, sides->frames));
    gaps->count = 0;
    for (size_t i = 0, begin = 0; i <= sides->frames; i++) {
        if (i < sides->frames && fabs((double)sides->samples[i]) <= empty) {
            continue;
        }
        size_t length = i - begin;
        if (length >= shortest && length <= longest && has_sound_beside(sides, begin, i, loud) &&
            other_sounds(sides, begin, i)) {
            if (gaps->count == GAPS_MOST) {
                gaps->count = 0;
                return;
            }
            gaps->gap[gaps->count++] = (Gap){begin, i};
        }
        begin = i + 1;
    }
}

void gaps_find(Gaps gaps[2], const Pair *pair, long late) {
    find(&gaps[0], &(Sides){pair->input, pair->target, pair->input_frames, pair->target_frames,
                            late, pair->rate});
    find(&gaps[1], &(Sides){pair->target, pair->input, pair->target_frames, pair->input_frames,
                            -late, pair->rate});
}
