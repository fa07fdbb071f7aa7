// SPDX-License-Identifier: ISC
// How things that the audio thread uses (a model, a cabinet) come to it and go, without a lock.
// Another thread offers one; the audio thread takes it up, uses old and new together through a
// fade, and puts the old one where the other thread collects it. Nothing is freed on the audio
// thread.
#ifndef GRUFF_DSP_CHAIN_SWAP_H
#define GRUFF_DSP_CHAIN_SWAP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "dsp/base/realtime.h"

_Static_assert(ATOMIC_POINTER_LOCK_FREE == 2, "things cross threads without a lock");

// All zero is an empty one. NULL stands for nothing, which is a thing, too.
typedef struct Swap {
    _Atomic(void *) offered;
    _Atomic(void *) retired;
    // The audio thread's.
    void *now, *old;
    int fade_left; // frames until `old` is done with; 0: no fade. The user may make it longer
} Swap;

// ---- Any thread but the audio thread ----

// Offers `item`; answers an earlier offer that was not taken up, which is the caller's again. One
// offering thread at a time.
static inline void *swap_offer(Swap *swap, void *item) {
    return atomic_exchange(&swap->offered, item);
}

// The thing that the audio thread has done with, or NULL; it is the caller's. One collecting thread
// at a time.
static inline void *swap_collect(Swap *swap) {
    return atomic_exchange(&swap->retired, NULL);
}

// ---- Audio thread ----

static inline bool swap_has_retired(const Swap *swap) REALTIME {
    return atomic_load(&swap->retired) != NULL;
}

// Takes up what is offered and starts a fade of `frames` frames; true when it did. A fade starts
// only while nothing waits to be collected, so that its end finds the place free.
static inline bool swap_begin(Swap *swap, int frames) REALTIME {
    if (swap->fade_left > 0 || swap_has_retired(swap)) {
        return false;
    }
    void *item = atomic_exchange(&swap->offered, NULL);
    if (!item) {
        return false;
    }
    swap->old = swap->now;
    swap->now = item;
    swap->fade_left = frames;
    return true;
}

// Ends a fade; fine without one.
static inline void swap_end(Swap *swap) REALTIME {
    if (swap->old) {
        atomic_store(&swap->retired, swap->old);
    }
    swap->old = NULL;
    swap->fade_left = 0;
}

#endif
