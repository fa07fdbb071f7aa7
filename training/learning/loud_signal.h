// SPDX-License-Identifier: ISC
// What a device may hear beyond its recording: the training audio far louder than it is, noise,
// sines, two tones, at any setting of the knobs. There is no target for it.
#ifndef GRUFF_TRAINING_LEARNING_LOUD_SIGNAL_H
#define GRUFF_TRAINING_LEARNING_LOUD_SIGNAL_H

#include "dsp/base/random.h"
#include "training/data/dataset.h"

typedef enum LoudKind { LOUD_AUDIO, LOUD_NOISE, LOUD_SINES } LoudKind;

typedef struct LoudSignal {
    LoudKind kind;
    double gain;              // of the audio; RMS of the noise; peak of the sines
    const float *audio;       // LOUD_AUDIO: the next sample
    double phase[2], step[2]; // LOUD_SINES: radians; one sine has 0 for the other
    float knobs[MODEL_MAX_KNOBS];
} LoudSignal;

// A random signal of at most `frames` samples: two fifths of them training audio at 0 to +30 dB, a
// fifth noise of -30 to -3 dB RMS, the rest sines and pairs of sines of 40 Hz to a quarter of the
// rate whose peaks are at -24 to +18 dB of full scale, at any phase; of half of these up to five
// periods are a whole number of samples. Half of the signals have the knobs of a recording, the
// others have theirs anywhere between their ends. Keeps a pointer into the dataset.
LoudSignal loud_signal_draw(const Dataset *dataset, size_t frames, Random *random);

// Only the sines, and pairs of sines as often.
LoudSignal loud_signal_draw_sines(const Dataset *dataset, Random *random);

// Its next `frames` samples, into to[frames].
void loud_signal_render(LoudSignal *signal, float *to, int frames, Random *random);

#endif
