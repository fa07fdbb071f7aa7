// SPDX-License-Identifier: ISC
// Changes the sample rate of a stream sample by sample in the audio thread: a sinc under a Kaiser
// window, as a polyphase filter (Crochiere and Rabiner, Multirate Digital Signal Processing, 1983).
// Linear phase: an output sample is the signal at its time exactly, no shift. Measured
// (tests/dsp/chain/test_rate.c): below 0.9 of the lower Nyquist frequency flat to 0.001 dB, images
// and aliases 90 dB down.
#ifndef GRUFF_DSP_CHAIN_RATE_CONVERTER_H
#define GRUFF_DSP_CHAIN_RATE_CONVERTER_H

#include "dsp/base/realtime.h"
#include "dsp/base/status.h"

typedef struct RateConverter RateConverter;

// ---- Any thread but the audio thread ----

// From `from` Hz to `to` Hz, at most 64 times apart, for `channels` (1 or 2). `block` is the most
// frames of one push; `delay` the most that rate_converter_reset is asked for. On success the
// caller owns *converter, which is reset to no delay; on failure it is NULL.
Status rate_converter_new(RateConverter **converter, int from, int to, int channels, int block,
                          int delay, Diagnostic *diagnostic);

// The same with a filter that reaches little more than half as far, for a model that is
// oversampled: below 0.84 of the lower Nyquist frequency (18.5 kHz for 44.1 kHz) flat to 0.001 dB;
// what would be mirrored into that is 90 dB down.
Status rate_converter_new_short(RateConverter **converter, int from, int to, int channels,
                                int block, int delay, Diagnostic *diagnostic);

// NULL is fine.
void rate_converter_free(RateConverter *converter);

// How many input frames behind the time of an output frame that frame needs.
int rate_converter_reach(const RateConverter *converter);

// ---- Audio thread ----

// Forgets the signal; silence was before. The first output frame is the signal `delay` output
// frames before the first input frame.
void rate_converter_reset(RateConverter *converter, int delay) REALTIME;

// Takes the next `frames` input frames. No more output frames than `delay` of rate_converter_new
// may be ready and not pulled yet.
void rate_converter_push(RateConverter *converter, const float *const *in, int frames) REALTIME;

// How many output frames can be pulled: all that do not need later input.
int rate_converter_ready(const RateConverter *converter) REALTIME;

// Gives the next `frames` output frames, as many as are ready or less.
void rate_converter_pull(RateConverter *converter, float *const *out, int frames) REALTIME;

#endif
