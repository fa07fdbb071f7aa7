// SPDX-License-Identifier: ISC
// A Cabinet is an impulse response as it sounds in a session: at the session's rate, as loud as no
// cabinet (white noise keeps its energy), convolved without latency.
#ifndef GRUFF_DSP_CHAIN_CABINET_H
#define GRUFF_DSP_CHAIN_CABINET_H

#include "dsp/base/impulse_response.h"
#include "dsp/base/realtime.h"
#include "dsp/base/status.h"

typedef struct Cabinet Cabinet;

// ---- Any thread but the audio thread ----

// The cabinet of `impulse` (which may be cleared afterwards) for `channels` channels in a session
// of `session_rate` Hz. One channel uses the first of the response; two use both, or the only one
// twice, or the only one that is not silent (40 dB below the other). NULL for `impulse` gives a
// cabinet that passes its input. What of the response is more than 100 dB below its peak at its end
// is left out. On success the caller owns *cabinet; on failure it is NULL.
Status cabinet_new(Cabinet **cabinet, const ImpulseResponse *impulse, double session_rate,
                   int channels, Diagnostic *diagnostic);

// NULL is fine.
void cabinet_free(Cabinet *cabinet);

// Length in frames of the session; 0 when it passes its input.
int cabinet_frames(const Cabinet *cabinet);

// Which channel of a response of two is used for all, since the other is silent: 1 or 2; 0: each
// for its own.
int cabinet_sounding(const Cabinet *cabinet);

// ---- Audio thread ----

// After silence again.
void cabinet_reset(Cabinet *cabinet) REALTIME;

// Any number of frames; in place is fine. The result does not depend on block sizes.
void cabinet_run(Cabinet *cabinet, float *const *out, const float *const *in, int frames) REALTIME;

#endif
