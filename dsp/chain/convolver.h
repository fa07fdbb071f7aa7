// SPDX-License-Identifier: ISC
// Convolution of one channel with a long impulse response, without latency and with an even load:
// the first taps directly, the next ones by Fourier transforms of short blocks, the rest by long
// blocks whose work is spread over the time until their result is needed (Gardner: Efficient
// convolution without input-output delay, JAES 43(3), 1995).
#ifndef GRUFF_DSP_CHAIN_CONVOLVER_H
#define GRUFF_DSP_CHAIN_CONVOLVER_H

#include <stddef.h>

#include "dsp/base/realtime.h"
#include "dsp/base/status.h"

typedef struct Convolver Convolver;

// A convolver with the `taps` numbers of `response`, which it copies; after silence. On success the
// caller owns *convolver; on failure it is NULL. Not the audio thread.
Status convolver_new(Convolver **convolver, const float *response, size_t taps,
                     Diagnostic *diagnostic);

// NULL is fine. Not the audio thread.
void convolver_free(Convolver *convolver);

// After silence again.
void convolver_reset(Convolver *convolver) REALTIME;

// Any number of frames, in place is fine. The result does not depend on block sizes.
void convolver_run(Convolver *convolver, float *out, const float *in, int frames) REALTIME;

#endif
