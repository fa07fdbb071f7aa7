// SPDX-License-Identifier: ISC
// Stretches of a recording: what of it is trained on, what is held out, what is of no use.
#ifndef GRUFF_TRAINING_DATA_RANGES_H
#define GRUFF_TRAINING_DATA_RANGES_H

#include <stdbool.h>
#include <stddef.h>

enum { RANGES_MOST = 64 };

// Frames begin .. end - 1.
typedef struct Range {
    size_t begin, end;
} Range;

// In order, none of them empty, none overlaps another.
typedef struct Ranges {
    int count;
    Range range[RANGES_MOST];
} Ranges;

// The one range begin .. end - 1, or none where that is empty.
Ranges ranges_of(size_t begin, size_t end);

// Takes the frames of `hole` out. False when that would make too many ranges: then nothing changes.
bool ranges_cut(Ranges *ranges, Range hole);

// Frames of all of them.
size_t ranges_frames(const Ranges *ranges);

// The longest one, the first of equal ones; an empty one at 0 when there is none.
Range ranges_longest(const Ranges *ranges);

// Whether `frame` lies in one of them.
bool ranges_hold(const Ranges *ranges, size_t frame);

#endif
