// SPDX-License-Identifier: ISC
// Signals between guards, for what must not write beside its output.
#ifndef GRUFF_TESTS_DSP_NETWORK_GUARDED_H
#define GRUFF_TESTS_DSP_NETWORK_GUARDED_H

#include <stdbool.h>

#include "dsp/network/engine.h"

enum { GUARDED_CHANNELS = ENGINE_MAX_CHANNELS };

// All channels of a signal, each at its own odd distance from any alignment.
typedef struct Guarded {
    float *memory[GUARDED_CHANNELS];
    float *at[GUARDED_CHANNELS];
    int frames;
} Guarded;

// Ends the process without memory. The caller frees it with guarded_free.
Guarded guarded_new(int frames);
void guarded_free(Guarded *signal);

// Whether nobody has written beside it.
bool guarded_whole(const Guarded *signal);

// `to` has as many frames as `from`.
void guarded_copy(Guarded *to, const Guarded *from);

// Of the first `channels` channels: whether all bytes are the same, and the largest difference, NaN
// if there is one.
bool guarded_same(const Guarded *a, const Guarded *b, int channels);
double guarded_difference(const Guarded *a, const Guarded *b, int channels);

// The largest size of a sample, 1 at least.
double guarded_full_scale(const Guarded *signal);

#endif
