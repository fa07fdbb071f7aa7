// SPDX-License-Identifier: ISC
// How late one recording is against another, in whole samples.
#ifndef GRUFF_PLUGIN_TOOL_LAG_H
#define GRUFF_PLUGIN_TOOL_LAG_H

#include <stddef.h>

#include "dsp/base/status.h"

enum { LAG_MOST = 4096 }; // samples, either way, that are looked at

// The part of two recordings that lies side by side when `other` is taken to be `lag` samples late.
typedef struct Overlap {
    const float *reference, *other;
    size_t frames;
} Overlap;

Overlap lag_overlap(const float *reference, const float *other, size_t frames, long lag);

// Puts into *lag the lag (positive: `other` is late) with the least ESR over the whole: looked for
// where the cross-correlation of the loudest seconds peaks, and at 0. 0 when either is silent, or
// too short to tell.
Status lag_find(long *lag, const float *reference, const float *other, size_t frames,
                Diagnostic *diagnostic);

#endif
