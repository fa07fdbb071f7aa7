// SPDX-License-Identifier: ISC
// The gain that brings one side of the recordings, all inputs or all targets, to the level that it
// is trained at: what is learnt, and how well, does not depend on how loud it was recorded.
//
// It is the power of two that brings the RMS nearest to that level, so that recordings that are
// about as loud keep their samples. Files of whole numbers whose gain was changed afterwards, as in
// a mixer, have other steps between their values than a power of two: the gain makes it one again,
// and the samples come out as they were, to the bit. Any thread.
#ifndef GRUFF_TRAINING_DATA_GAIN_H
#define GRUFF_TRAINING_DATA_GAIN_H

#include <stddef.h>

#include "dsp/files/audio/audio_file.h"

// What recordings are brought to within 3 dB: RMS about the mean, full scale 1.
#define GAIN_INPUT 0.06
#define GAIN_TARGET 0.1

typedef struct Gain {
    double factor;
    double step; // of which all samples are whole multiples, but for rounding; 0: of none
} Gain;

// The power of two that brings an RMS nearest to what is `wanted`; 1 for silence.
double gain_nearest(double rms, double wanted);

// The gain of files[count] together, to `wanted`; 1 for silence.
Gain gain_find(const Audio *files, int count, double wanted);

// Multiplies samples[frames] of these files.
void gain_apply(const Gain *gain, float *samples, size_t frames);

// The same for samples of other files.
void gain_scale(double factor, float *samples, size_t frames);

#endif
