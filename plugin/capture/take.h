// SPDX-License-Identifier: ISC
// A take: a signal that is played into a device while what comes back is recorded.
#ifndef GRUFF_PLUGIN_CAPTURE_TAKE_H
#define GRUFF_PLUGIN_CAPTURE_TAKE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "dsp/base/realtime.h"

typedef struct Take {
    const float *played; // [frames], not owned
    size_t frames;
    float *recorded; // [room], not owned: longer than `frames` by the longest latency
    size_t room;
    size_t lead;        // frames of silence before all that
    _Atomic bool begun; // main's thread sets it; until then there is silence, and nothing counts
    // Written by the audio thread.
    size_t led;
    _Atomic size_t done;
    _Atomic float peak;    // of what came back since someone set it to 0
    _Atomic float loudest; // of all that came back
    _Atomic unsigned clipped;
} Take;

// A sample from here on counts as clipped.
#define TAKE_CLIP 0.999f

// The audio thread's: plays and records `frames` frames of one channel; `data` is the Take. Before
// take_begin and after the end it plays silence.
void take_run(void *data, float *const *out, const float *const *in, int frames) REALTIME;

// The lead begins with the next call of take_run. Main's thread.
static inline void take_begin(Take *take) {
    atomic_store(&take->begun, true);
}

static inline bool take_is_done(const Take *take) {
    return atomic_load(&take->done) == take->room;
}

#endif
