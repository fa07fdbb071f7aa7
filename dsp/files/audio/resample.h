// SPDX-License-Identifier: ISC
// Changes the sample rate of a stream, offline, at the best quality to be had. The only module that
// knows libsamplerate.
//
// Nothing is shifted: output frame n is the signal at the time of input frame n / ratio, and the
// filter (symmetric, so without a phase of its own) takes what is before the first frame and after
// the last as silence. It passes up to 96 % of the lower Nyquist frequency.
#ifndef GRUFF_DSP_FILES_AUDIO_RESAMPLE_H
#define GRUFF_DSP_FILES_AUDIO_RESAMPLE_H

#include <stddef.h>

#include "dsp/base/status.h"

enum { RESAMPLE_BLOCK = 1024 }; // frames asked of a source at a time

// Gives the next `frames` frames, channels interleaved: a stream without an end (silence follows
// what there is). `frames` is at most RESAMPLE_BLOCK for a source that a resampler reads.
typedef Status (*SourceRead)(void *source, float *samples, size_t frames, Diagnostic *diagnostic);

typedef struct Resampler Resampler;

// A resampler of `channels` channels that reads from `source` (kept). `ratio` is output rate over
// input rate, 1/256 to 256, else STATUS_UNSUPPORTED. On success the caller owns *resampler.
Status resampler_new(Resampler **resampler, double ratio, int channels, SourceRead read,
                     void *source, Diagnostic *diagnostic);

// NULL is fine.
void resampler_free(Resampler *resampler);

// A SourceRead over a Resampler (its context), with any number of frames. After a failure only
// resampler_free is left.
Status resampler_read(void *context, float *samples, size_t frames, Diagnostic *diagnostic);

#endif
