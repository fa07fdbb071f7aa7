// SPDX-License-Identifier: ISC
// How things that the audio thread uses (a model, a cabinet) come to it and go, without a lock.
// Another thread offers one; the audio thread takes it up, uses old and new together through a
// fade, and puts the old one where the other thread collects it. Nothing is freed on the audio
// thread. NULL stands for nothing, which is a thing, too.
#ifndef GRUFF_DSP_CHAIN_SWAP_H
#define GRUFF_DSP_CHAIN_SWAP_H

#include <stdbool.h>

#include "dsp/base/realtime.h"

// All zero is an empty one.
typedef struct Swap {
    _Atomic(void *) offered;
    _Atomic(void *) retired;
    // The audio thread's.
    void *now, *old;
    int fade_left; // frames until `old` is done with; 0: no fade
} Swap;

// ---- Any thread but the audio thread ----

// Offers `item`; answers an earlier offer that was not taken up, which is the caller's again. One
// offering thread at a time.
void *swap_offer(Swap *swap, void *item);

// The thing that the audio thread has done with, or NULL; it is the caller's. One collecting thread
// at a time.
void *swap_collect(Swap *swap);

// Puts `item` there at once, without a fade and with nothing offered, while the audio thread does
// not run. What was there and what was offered go to gone[3], the caller's again, with NULL for
// nothing. What has retired stays.
enum { SWAP_GONE = 3 };
void swap_install(Swap *swap, void *item, void *gone[SWAP_GONE]);

// ---- Audio thread ----

// What is used, and what fades out beside it: NULL for nothing, and while there is no fade.
void *swap_now(const Swap *swap) REALTIME;
void *swap_old(const Swap *swap) REALTIME;

bool swap_has_retired(const Swap *swap) REALTIME;

// Takes up what is offered and starts a fade of `frames` frames; true when it did. A fade starts
// only while nothing waits to be collected, so that its end finds the place free.
bool swap_begin(Swap *swap, int frames) REALTIME;

// Makes the fade that is under way `frames` frames longer.
void swap_prolong(Swap *swap, int frames) REALTIME;

// The frames of the fade that are left; 0: there is none.
int swap_left(const Swap *swap) REALTIME;

// Takes `frames` of these away; with the last one the fade ends.
void swap_advance(Swap *swap, int frames) REALTIME;

// Ends a fade; fine without one.
void swap_end(Swap *swap) REALTIME;

#endif
