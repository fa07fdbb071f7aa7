// SPDX-License-Identifier: ISC
// Brings a stream to two or four times its rate, and what was made of it there back again, through
// half-band filters of minimum phase, without latency. Measured
// (tests/dsp/chain/test_oversampler.c): there and back flat to 0.001 dB up to 0.4 of the rate (19.2
// kHz at 48 kHz, 17.6 kHz at 44.1 kHz); what lies above 0.6 of it is 98 dB down; low frequencies
// lag 2.8 frames behind at two times, 3.9 at four (0.06 and 0.08 ms at 48 kHz).
#ifndef GRUFF_DSP_CHAIN_OVERSAMPLER_H
#define GRUFF_DSP_CHAIN_OVERSAMPLER_H

#include "dsp/base/realtime.h"
#include "dsp/base/status.h"

enum { OVERSAMPLER_FILLING = 64 }; // frames of the lower rate after which it has forgotten a reset

typedef struct Oversampler Oversampler;

// ---- Any thread but the audio thread ----

// For a `factor` of 2 or 4 and `channels` 1 or 2; `block` is the most frames of one call, at the
// lower rate. On success the caller owns *oversampler, reset; on failure it is NULL.
Status oversampler_new(Oversampler **oversampler, int factor, int channels, int block,
                       Diagnostic *diagnostic);

// NULL is fine.
void oversampler_free(Oversampler *oversampler);

// By how many frames of the lower rate low frequencies are late after one way up and down.
double oversampler_lag(const Oversampler *oversampler);

// ---- Audio thread ----

// Silence was before, both ways.
void oversampler_reset(Oversampler *oversampler) REALTIME;

// Writes factor * `frames` frames from `frames`, and the other way round. Neither in place. The
// result does not depend on block sizes.
void oversampler_up(Oversampler *oversampler, float *const *out, const float *const *in, int frames)
    REALTIME;
void oversampler_down(Oversampler *oversampler, float *const *out, const float *const *in,
                      int frames) REALTIME;

#endif
