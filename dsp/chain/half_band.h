// SPDX-License-Identifier: ISC
// A half-band filter: doubles the rate of a stream, and halves that of another. Elliptic, of
// minimum phase, as two chains of all-pass sections at the lower rate (Valenzuela and
// Constantinides, Digital signal processing schemes for efficient interpolation and decimation,
// 1983).
#ifndef GRUFF_DSP_CHAIN_HALF_BAND_H
#define GRUFF_DSP_CHAIN_HALF_BAND_H

#include "dsp/base/realtime.h"

enum { HALF_BAND_CHANNELS = 2, HALF_BAND_MAX_SECTIONS = 4 }; // sections of a chain

// The last sample that went into each section of a chain, and the last that came out of it.
typedef float HalfBandMemory[HALF_BAND_MAX_SECTIONS + 1];

typedef struct HalfBand {
    int sections[2]; // of each chain
    float coefficient[2][HALF_BAND_MAX_SECTIONS];
    HalfBandMemory up[HALF_BAND_CHANNELS][2]; // of each chain
    HalfBandMemory down[HALF_BAND_CHANNELS][2];
} HalfBand;

// A filter of `sections` sections in all, 2 to 2 * HALF_BAND_MAX_SECTIONS, reset. From where it
// passes all to where it stops all are `transition` of the higher rate, around a quarter of it. Not
// the audio thread.
void half_band_init(HalfBand *filter, int sections, double transition);

// By how many samples of the higher rate low frequencies are late after one way up and down.
double half_band_lag(const HalfBand *filter);

// Silence was before, both ways.
void half_band_reset(HalfBand *filter) REALTIME;

// Writes 2 * `frames` frames at the higher rate from `frames` at the lower one, of `channels`
// channels. Not in place.
void half_band_up(HalfBand *filter, float *const *out, const float *const *in, int channels,
                  int frames) REALTIME;

// Writes `frames` frames at the lower rate from 2 * `frames` at the higher one. In place is fine.
// Its memory is another than that of half_band_up.
void half_band_down(HalfBand *filter, float *const *out, const float *const *in, int channels,
                    int frames) REALTIME;

#endif
