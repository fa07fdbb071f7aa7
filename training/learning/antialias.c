// SPDX-License-Identifier: ISC
#include "training/learning/antialias.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "dsp/base/decibels.h"
#include "dsp/base/memory.h"
#include "training/learning/side_term.h"
#include "training/network/tone.h"

enum {
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
    Tone tone[PASS_MAX_LANES];
    double gain[PASS_MAX_LANES];
    float knobs[PASS_MAX_LANES][MODEL_MAX_KNOBS];
    long frame; // of the sines' next sample
} ToneGroup;

struct Antialias {
    const Dataset *dataset;
    SideTerm side;
    ToneGroup group[SIDE_MOST_GROUPS]; // what there is of each of its groups beside
    float waves[WINDOWS][2 * TONE_LONGEST];
};

void antialias_free(Antialias *antialias) {
    if (antialias) {
        side_term_clear(&antialias->side);
        memory_free(antialias);
    }
}

Antialias *antialias_new(const PassKernels *kernels, const NetworkShape *shape,
                         const Dataset *dataset) {
    Antialias *made = memory_new(1, sizeof *made);
    if (!made) {
        return NULL;
    }
    made->dataset = dataset;
    if (!side_term_init(&made->side, kernels, shape, TONE_LONGEST, TONE_LONGEST)) {
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

static void draw_sine(const Antialias *antialias, ToneGroup *group, int lane, Random *random) {
    double least = LOWEST / antialias->dataset->rate;
    double cycles = least * pow(HIGHEST / least, random_uniform(random));
    int which = (int)(WINDOWS * random_uniform(random));
    Tone *tone = &group->tone[lane];
    tone->window = windows[which];
    tone->waves = antialias->waves[which];
    tone->periods = (int)fmax(2.0, round(cycles * tone->window));
    group->gain[lane] = decibels_to_amplitude(draw_level(random));
    dataset_draw_knobs(antialias->dataset, group->knobs[lane], random);
}

void antialias_draw(Antialias *antialias, Random *random) {
    for (int i = 0; i < antialias->side.groups; i++) {
        ToneGroup *group = &antialias->group[i];
        for (int lane = 0; lane < antialias->side.kernels->lanes; lane++) {
            draw_sine(antialias, group, lane, random);
        }
        group->frame = 0;
    }
    side_term_start(&antialias->side);
}

int antialias_groups(const Antialias *antialias) {
    return antialias->side.groups;
}

// ---- Training ----

// The sines' next samples.
static void render(Antialias *antialias, int index, const float **input, int frames) {
    ToneGroup *group = &antialias->group[index];
    for (int lane = 0; lane < antialias->side.kernels->lanes; lane++) {
        float *to = antialias->side.group[index].input + (ptrdiff_t)lane * frames;
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

static void warm_up(Antialias *antialias, int index, const PassWeights *weights) {
    const float *input[PASS_MAX_LANES], *knobs[PASS_MAX_LANES];
    const LossScale nothing = {0};
    const PassKernels *kernels = antialias->side.kernels;
    Pass *pass = antialias->side.group[index].pass;
    for (int lane = 0; lane < kernels->lanes; lane++) {
        knobs[lane] = antialias->group[index].knobs[lane];
    }
    kernels->start(pass, knobs, NULL);
    for (int from = 0; from < WARM_UP; from += TONE_LONGEST) {
        render(antialias, index, input, TONE_LONGEST);
        kernels->warm(pass, weights, &nothing, input, input, TONE_LONGEST);
    }
}

void antialias_train(Antialias *antialias, int index, const PassWeights *weights, int frames) {
    SideGroup *side = &antialias->side.group[index];
    const float *input[PASS_MAX_LANES];
    if (side->starting) {
        warm_up(antialias, index, weights);
        side->starting = false;
    }
    for (side->passed += frames; side->passed >= EVERY; side->passed -= EVERY) {
        render(antialias, index, input, TONE_LONGEST);
        antialias->side.kernels->purify(side->pass, weights, antialias->group[index].tone, FACTOR,
                                        input, TONE_LONGEST);
    }
    side_term_take(&antialias->side, index);
}

void antialias_add(Antialias *antialias, double share, double *gradient) {
    side_term_add(&antialias->side, share, gradient);
}
