// SPDX-License-Identifier: ISC
// What a network adds to a sine beside its harmonics: harmonics beyond half the rate that fold
// back, subharmonics, noise of its own.
#ifndef GRUFF_TRAINING_NETWORK_TONE_H
#define GRUFF_TRAINING_NETWORK_TONE_H

enum { TONE_LONGEST = 512 }; // samples of a window

// A sine of `periods` periods in `window` samples. They have no divisor in common, so that no
// harmonic that folds back falls on another one.
typedef struct Tone {
    int window, periods;
    const float *waves; // a cosine's one period in `window` samples, and a sine's behind it
} Tone;

// Fills waves[2 * window] for tones of that window.
void tone_waves(float *waves, int window);

// Half the logarithm of the share that the inharmonic power has in all but the mean, in the last
// `window` of output[frames], frames >= window; shares far below -60 dB count as that.
// slope[frames] becomes its gradient by the output, but for that of all power: the network is to
// make its answer purer, not louder. So its own answer without what is inharmonic is the target, as
// that of a frozen teacher is with Carson, Wright, Bilbao: Anti-aliasing of neural distortion
// effects via model fine tuning, DAFx25.
double tone_loss(const Tone *tone, const float *output, int frames, float *slope);

#endif
