// SPDX-License-Identifier: ISC
#include "training/learning/loud_signal.h"

#include <math.h>
#include <string.h>

#include "dsp/base/decibels.h"

#define AUDIO_MOST 30.0 // dB
#define NOISE_LEAST (-30.0)
#define NOISE_MOST (-3.0)
#define SINES_LEAST (-24.0)
#define SINES_MOST 18.0
#define LOWEST 40.0   // Hz
#define HIGHEST 0.25  // of the rate
#define LOCKED 0.5    // of the sines
#define MOST_LOCKED 5 // periods

static double draw_gain(Random *random, double least, double most) {
    return decibels_to_amplitude(least + (most - least) * random_uniform(random));
}

// Any frequency, or one of which a few periods are a whole number of samples. Others pass all
// phases, good ones and bad ones; such a sine stays at a few, and those just beside it stay for
// long.
static double draw_step(const Dataset *dataset, Random *random) {
    double highest = HIGHEST * dataset->rate;
    double hertz = LOWEST * pow(highest / LOWEST, random_uniform(random));
    if (random_uniform(random) < LOCKED) {
        double periods = 1.0 + floor(MOST_LOCKED * random_uniform(random));
        hertz = periods * dataset->rate / ceil(periods * dataset->rate / hertz);
        hertz = fmax(hertz, LOWEST);
    }
    return 2.0 * M_PI * hertz / dataset->rate;
}

static void draw_sines(LoudSignal *signal, bool two, const Dataset *dataset, Random *random) {
    signal->gain = draw_gain(random, SINES_LEAST, SINES_MOST) * (two ? 0.5 : 1.0);
    for (int i = 0; i < (two ? 2 : 1); i++) {
        signal->step[i] = draw_step(dataset, random);
        signal->phase[i] = 2.0 * M_PI * random_uniform(random);
    }
}

// Sines that are silent yet, with the knobs of `place` or others.
static LoudSignal begin_signal(const Dataset *dataset, const Place *place, Random *random) {
    LoudSignal signal = {.kind = LOUD_SINES};
    memcpy(signal.knobs, place->recording->knobs, sizeof signal.knobs);
    if (random_uniform(random) >= 0.5) {
        dataset_draw_knobs(dataset, signal.knobs, random);
    }
    return signal;
}

LoudSignal loud_signal_draw_sines(const Dataset *dataset, Random *random) {
    Place place = dataset_draw(dataset, random_uniform(random), 0, 1);
    LoudSignal signal = begin_signal(dataset, &place, random);
    draw_sines(&signal, random_uniform(random) < 0.5, dataset, random);
    return signal;
}

LoudSignal loud_signal_draw(const Dataset *dataset, size_t frames, Random *random) {
    Place place = dataset_draw(dataset, random_uniform(random), 0, frames);
    LoudSignal signal = begin_signal(dataset, &place, random);
    double which = random_uniform(random);
    if (which < 0.4) {
        signal.kind = LOUD_AUDIO;
        signal.gain = draw_gain(random, 0.0, AUDIO_MOST);
        signal.audio = place.recording->input + place.frame;
    } else if (which < 0.6) {
        signal.kind = LOUD_NOISE;
        signal.gain = draw_gain(random, NOISE_LEAST, NOISE_MOST);
    } else {
        draw_sines(&signal, which < 0.8, dataset, random);
    }
    return signal;
}

void loud_signal_render(LoudSignal *signal, float *to, int frames, Random *random) {
    for (int t = 0; t < frames; t++) {
        switch (signal->kind) {
        case LOUD_AUDIO:
            to[t] = (float)signal->gain * *signal->audio++;
            break;
        case LOUD_NOISE:
            to[t] = (float)(signal->gain * random_normal(random));
            break;
        case LOUD_SINES:
            to[t] = (float)(signal->gain * (sin(signal->phase[0]) + sin(signal->phase[1])));
            signal->phase[0] += signal->step[0];
            signal->phase[1] += signal->step[1];
            break;
        }
    }
}
