// SPDX-License-Identifier: ISC
#include "training/learning/antialias.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "dsp/base/decibels.h"
#include "dsp/base/memory.h"
#include "training/learning/side_gradient.h"
#include "training/network/tone.h"

enum {
    MOST_GROUPS = PASS_MAX_LANES / 2, // of the narrowest kernels, two lanes
    WINDOWS = 8,
    WARM_UP = 2048, // samples of a sine before it is looked at
    EVERY = 1024,   // trained samples to each look
};

// Primes: whatever the number of periods, it has no divisor in common.
static const int windows[WINDOWS] = {389, 401, 419, 431, 449, 467, 487, 509};

#define FACTOR (1e-2 / PASS_MAX_LANES) // of each sine's loss
#define LOWEST 300.0                   // Hz
#define HIGHEST 0.2                    // of the rate
// dBFS. Above the recording's level the network is free, and learns it at once; below it knows what
// the recording taught, aliases of the device's own perhaps. So most sines are soft.
#define SOFT_SHARE 0.7
#define SOFTEST (-28.0)
#define LOUD (-8.0)
#define LOUDEST 6.0

typedef struct ToneGroup {
    Pass *pass;
    Tone tone[PASS_MAX_LANES];
    double gain[PASS_MAX_LANES];
    float knobs[PASS_MAX_LANES][MODEL_MAX_KNOBS];
    long frame;       // of the sines' next sample
    float *input;     // [lanes][WARM_UP], owned
    double *gradient; // [count], owned
    int passed;       // trained samples since the last look
    bool starting;    // its sines begin with the next step
} ToneGroup;

struct Antialias {
    const PassKernels *kernels;
    const Dataset *dataset;
    NetworkShape shape;
    size_t count; // number of weights
    int groups;
    ToneGroup group[MOST_GROUPS];
    float waves[WINDOWS][2 * TONE_LONGEST];
};

void antialias_free(Antialias *antialias) {
    if (!antialias) {
        return;
    }
    for (int i = 0; i < antialias->groups; i++) {
        antialias->kernels->pass_free(antialias->group[i].pass);
        memory_free(antialias->group[i].input);
        memory_free(antialias->group[i].gradient);
    }
    memory_free(antialias);
}

Antialias *antialias_new(const PassKernels *kernels, const NetworkShape *shape,
                         const Dataset *dataset) {
    Antialias *made = memory_new(1, sizeof *made);
    if (!made) {
        return NULL;
    }
    made->kernels = kernels;
    made->dataset = dataset;
    made->shape = *shape;
    made->count = network_count(shape);
    made->groups = PASS_MAX_LANES / kernels->lanes;
    bool whole = true;
    for (int i = 0; i < made->groups; i++) {
        ToneGroup *group = &made->group[i];
        group->pass = kernels->pass_new(shape, TONE_LONGEST, false);
        group->input = memory_new((size_t)WARM_UP * (size_t)kernels->lanes, sizeof(float));
        group->gradient = memory_new(made->count, sizeof(double));
        whole = whole && group->pass && group->input && group->gradient;
    }
    if (!whole) {
        antialias_free(made);
        return NULL;
    }
    for (int i = 0; i < WINDOWS; i++) {
        tone_waves(made->waves[i], windows[i]);
    }
    return made;
}

// ---- Drawing ----

static double draw_level(Random *random) {
    bool soft = random_uniform(random) < SOFT_SHARE;
    double least = soft ? SOFTEST : LOUD, most = soft ? LOUD : LOUDEST;
    return least + (most - least) * random_uniform(random);
}

// Knobs anywhere: what is between the recorded settings is played, too.
static void draw_knobs(const Dataset *dataset, float *knobs, Random *random) {
    for (int k = 0; k < dataset->knobs; k++) {
        const Knob *knob = &dataset->knob[k];
        float share = (float)random_uniform(random);
        knobs[k] = knob->minimum + share * (knob->maximum - knob->minimum);
    }
}

static void draw_sine(const Antialias *antialias, ToneGroup *group, int lane, Random *random) {
    double least = LOWEST / antialias->dataset->rate;
    double cycles = least * pow(HIGHEST / least, random_uniform(random));
    int which = (int)(WINDOWS * random_uniform(random));
    Tone *tone = &group->tone[lane];
    tone->window = windows[which];
    tone->waves = antialias->waves[which];
    tone->periods = (int)fmax(2.0, round(cycles * tone->window));
    group->gain[lane] = decibels_to_amplitude(draw_level(random));
    draw_knobs(antialias->dataset, group->knobs[lane], random);
}

void antialias_draw(Antialias *antialias, Random *random) {
    for (int i = 0; i < antialias->groups; i++) {
        ToneGroup *group = &antialias->group[i];
        for (int lane = 0; lane < antialias->kernels->lanes; lane++) {
            draw_sine(antialias, group, lane, random);
        }
        group->passed = 0;
        group->frame = 0;
        group->starting = true;
    }
}

int antialias_groups(const Antialias *antialias) {
    return antialias->groups;
}

// ---- Training ----

// The sines' next samples.
static void render(const Antialias *antialias, ToneGroup *group, const float **input, int frames) {
    for (int lane = 0; lane < antialias->kernels->lanes; lane++) {
        float *to = group->input + (ptrdiff_t)lane * frames;
        const Tone *tone = &group->tone[lane];
        const float *sine = tone->waves + tone->window;
        for (int t = 0; t < frames; t++) {
            long phase = (group->frame + t) * tone->periods % tone->window;
            to[t] = (float)(group->gain[lane] * (double)sine[phase]);
        }
        input[lane] = to;
    }
    group->frame += frames;
}

static void warm_up(const Antialias *antialias, ToneGroup *group, const PassWeights *weights) {
    const float *input[PASS_MAX_LANES], *knobs[PASS_MAX_LANES];
    const LossScale nothing = {0};
    for (int lane = 0; lane < antialias->kernels->lanes; lane++) {
        knobs[lane] = group->knobs[lane];
    }
    antialias->kernels->start(group->pass, knobs, NULL);
    for (int from = 0; from < WARM_UP; from += TONE_LONGEST) {
        render(antialias, group, input, TONE_LONGEST);
        antialias->kernels->warm(group->pass, weights, &nothing, input, input, TONE_LONGEST);
    }
}

void antialias_train(Antialias *antialias, int index, const PassWeights *weights, int frames) {
    ToneGroup *group = &antialias->group[index];
    const float *input[PASS_MAX_LANES];
    if (group->starting) {
        warm_up(antialias, group, weights);
        group->starting = false;
    }
    for (group->passed += frames; group->passed >= EVERY; group->passed -= EVERY) {
        render(antialias, group, input, TONE_LONGEST);
        antialias->kernels->purify(group->pass, weights, group->tone, FACTOR, input, TONE_LONGEST);
    }
    memset(group->gradient, 0, antialias->count * sizeof(double));
    Network gradient = network_at(&antialias->shape, group->gradient);
    antialias->kernels->gradient(group->pass, &gradient);
}

void antialias_add(Antialias *antialias, double share, double *gradient) {
    double *sum = antialias->group[0].gradient;
    for (int i = 1; i < antialias->groups; i++) { // always in this order: same bytes
        for (size_t k = 0; k < antialias->count; k++) {
            sum[k] += antialias->group[i].gradient[k];
        }
    }
    side_gradient_add(gradient, sum, antialias->count, share);
}
