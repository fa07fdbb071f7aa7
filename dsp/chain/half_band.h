// SPDX-License-Identifier: ISC
// A half-band filter: doubles the rate of a stream, and halves that of another. A windowed sinc of
// which every other tap is zero but the one in the middle (Mintzer, On half-band, third-band, and
// Nth-band FIR filters and their design, 1982). Linear phase.
#ifndef GRUFF_DSP_CHAIN_HALF_BAND_H
#define GRUFF_DSP_CHAIN_HALF_BAND_H

#include "dsp/base/realtime.h"

enum { HALF_BAND_MAX_TAPS = 16 };

typedef struct HalfBand HalfBand;

// ---- Any thread but the audio thread ----

// A filter with `taps` (1 to HALF_BAND_MAX_TAPS) taps that are not zero on either side of the
// middle, under Kaiser's window of `shape`, for `channels` (1 or 2). `block` is the most frames of
// one call, at the lower rate. The caller owns it; NULL when memory is short.
HalfBand *half_band_new(int taps, double shape, int channels, int block);

// NULL is fine.
void half_band_free(HalfBand *filter);

// By how many frames of the lower rate a stream is late that went up and down again.
int half_band_latency(const HalfBand *filter);

// ---- Audio thread ----

// Silence was before, both ways.
void half_band_reset(HalfBand *filter) REALTIME;

// Writes 2 * `frames` frames at the higher rate from `frames` at the lower one. Not in place.
void half_band_up(HalfBand *filter, float *const *out, const float *const *in, int frames) REALTIME;

// Writes `frames` frames at the lower rate from 2 * `frames` at the higher one. Not in place. Its
// memory is another than that of half_band_up.
void half_band_down(HalfBand *filter, float *const *out, const float *const *in, int frames)
    REALTIME;

#endif
