// SPDX-License-Identifier: ISC
#include "training/data/ranges.h"

Ranges ranges_of(size_t begin, size_t end) {
    return begin < end ? (Ranges){.count = 1, .range = {{begin, end}}} : (Ranges){0};
}

static void append(Ranges *ranges, size_t begin, size_t end) {
    if (begin < end) {
        ranges->range[ranges->count++] = (Range){begin, end};
    }
}

bool ranges_cut(Ranges *ranges, Range hole) {
    Ranges left = {0};
    if (hole.begin >= hole.end) {
        return true;
    }
    for (int i = 0; i < ranges->count; i++) {
        Range range = ranges->range[i];
        if (left.count > RANGES_MOST - 2) {
            return false;
        }
        append(&left, range.begin, range.end < hole.begin ? range.end : hole.begin);
        append(&left, range.begin > hole.end ? range.begin : hole.end, range.end);
    }
    *ranges = left;
    return true;
}

size_t ranges_frames(const Ranges *ranges) {
    size_t frames = 0;
    for (int i = 0; i < ranges->count; i++) {
        frames += ranges->range[i].end - ranges->range[i].begin;
    }
    return frames;
}

Range ranges_longest(const Ranges *ranges) {
    Range longest = {0};
    for (int i = 0; i < ranges->count; i++) {
        Range range = ranges->range[i];
        if (range.end - range.begin > longest.end - longest.begin) {
            longest = range;
        }
    }
    return longest;
}

bool ranges_hold(const Ranges *ranges, size_t frame) {
    for (int i = 0; i < ranges->count; i++) {
        if (frame >= ranges->range[i].begin && frame < ranges->range[i].end) {
            return true;
        }
    }
    return false;
}
