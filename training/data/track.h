// SPDX-License-Identifier: ISC
// How late the target is from moment to moment. Each second or so is compared by itself: first
// coarsely, within a second to either side, along the path of delays that explains all windows best
// and jumps least; then to a fraction of a sample, by the shape that the device's response has in
// the others.
#ifndef GRUFF_TRAINING_DATA_TRACK_H
#define GRUFF_TRAINING_DATA_TRACK_H

#include <stddef.h>

#include "dsp/base/status.h"
#include "dsp/base/thread_pool.h"
#include "training/data/pair.h"

enum {
    TRACK_REACH = 256, // lags to either side that the response has
    TRACK_TAPS = 2 * TRACK_REACH + 1,
};

// A window that tells a delay.
typedef struct TrackPoint {
    size_t begin, end; // frames of the input
    double lag;        // samples that the target is late there
} TrackPoint;

typedef struct Track {
    int windows;        // that have sound
    int count;          // of those, how many tell a delay
    TrackPoint *points; // [count], in order; owned
    float *response;    // [TRACK_TAPS] at lags -TRACK_REACH .. TRACK_REACH about a point's; owned
} Track;

// Follows the delay through `pair`. A pair that does not belong together, or is not long enough,
// has few points or none. On failure *track is all zero.
Status track_find(Track *track, const Pair *pair, ThreadPool *pool, Diagnostic *diagnostic);

// All zero is fine.
void track_clear(Track *track);

#endif
