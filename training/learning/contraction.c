// SPDX-License-Identifier: ISC
#include "training/learning/contraction.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "dsp/base/memory.h"
#include "training/learning/hard_signals.h"
#include "training/learning/loud_signal.h"
#include "training/learning/side_term.h"

enum {
    PAIRS = PASS_MAX_LANES / 2, // in all, whatever the kernels' width
    SEGMENT = 32,     // samples over which a pair's growth is looked at: longer ones explode
    EVERY = 512,      // trained samples to each of these
    MOST_REPEATS = 3, // of a signal that was not forgotten
    STRETCH = 256,    // samples of a warm-up that fit the near caches
};

// States are between -1 and 1: small for the network, large for single precision.
#define DISTANCE 1e-2
// A hundredth: a neper over the segment weighs as much as an ESR of 0.01.
#define FACTOR (1e-2 / PAIRS)
// Nepers a second by which pairs must come closer at least: slow memory of a device stays.
#define SLOWEST 5.0
// Nepers that they may come apart meanwhile: more would lift rounding to what is heard.
#define RISE 1.0
#define HARD_SHARE 0.5 // of new signals, where some were found

typedef struct PairGroup {
    LoudSignal drawn[PAIRS]; // from their beginnings
    LoudSignal signal[PAIRS];
    int repeats[PAIRS]; // of each signal so far
    PairGrowth growth[PAIRS];
    Random random; // of noise and directions
} PairGroup;

struct Contraction {
    const Dataset *dataset;
    int warm_up, length;
    ContractionScale scale;
    HardSignals *hard; // owned
    SideTerm side;
    PairGroup group[SIDE_MOST_GROUPS]; // what there is of each of its groups beside
};

void contraction_free(Contraction *contraction) {
    if (!contraction) {
        return;
    }
    side_term_clear(&contraction->side);
    hard_signals_free(contraction->hard);
    memory_free(contraction);
}

Contraction *contraction_new(const PassKernels *kernels, const NetworkShape *shape,
                             const Dataset *dataset, int warm_up, int length) {
    Contraction *made = memory_new(1, sizeof *made);
    if (!made) {
        return NULL;
    }
    made->dataset = dataset;
    made->warm_up = warm_up;
    made->length = length / EVERY * SEGMENT;
    made->scale = (ContractionScale){FACTOR, DISTANCE, SLOWEST / dataset->rate, RISE};
    made->hard = hard_signals_new(kernels, shape, dataset);
    size_t samples = (size_t)(warm_up > SEGMENT ? warm_up : SEGMENT);
    bool whole = side_term_init(&made->side, kernels, shape, STRETCH, samples) && made->hard;
    if (!whole) {
        contraction_free(made);
        return NULL;
    }
    return made;
}

// One that was found, late in whose sequence it is worst, or any.
static LoudSignal draw_signal(const Contraction *contraction, Random *random) {
    const int frames = contraction->warm_up + contraction->length;
    if (hard_signals_count(contraction->hard) > 0 && random_uniform(random) < HARD_SHARE) {
        return hard_signals_draw(contraction->hard, frames - contraction->length / 4, random);
    }
    return loud_signal_draw(contraction->dataset, (size_t)frames, random);
}

void contraction_draw(Contraction *contraction, Random *random) {
    for (int i = 0; i < contraction->side.groups; i++) {
        PairGroup *group = &contraction->group[i];
        group->random = (Random){random_bits(random)};
        for (int pair = 0; pair < contraction->side.kernels->lanes / 2; pair++) {
            if (group->growth[pair].counted && group->repeats[pair] < MOST_REPEATS) {
                group->repeats[pair]++;
            } else {
                group->drawn[pair] = draw_signal(contraction, &group->random);
                group->repeats[pair] = 0;
            }
            group->signal[pair] = group->drawn[pair];
            group->growth[pair] = (PairGrowth){0};
        }
    }
    side_term_start(&contraction->side);
}

void contraction_restart(Contraction *contraction) {
    for (int i = 0; i < contraction->side.groups; i++) {
        memset(contraction->group[i].growth, 0, sizeof contraction->group[i].growth);
    }
    hard_signals_clear(contraction->hard);
}

void contraction_search(Contraction *contraction, const PassWeights *weights, ThreadPool *pool,
                        Random *random) {
    hard_signals_search(contraction->hard, weights, &contraction->scale, pool, random);
}

int contraction_groups(const Contraction *contraction) {
    return contraction->side.groups;
}

// The pairs' next samples, input[lane] for both lanes of each.
static void render(Contraction *contraction, int index, const float **input, int frames) {
    PairGroup *group = &contraction->group[index];
    const int pairs = contraction->side.kernels->lanes / 2;
    for (int pair = 0; pair < pairs; pair++) {
        float *to = contraction->side.group[index].input + (ptrdiff_t)pair * frames;
        loud_signal_render(&group->signal[pair], to, frames, &group->random);
        input[pair] = input[pair + pairs] = to;
    }
}

// From zero states to where the signals lead them; there is no target.
static void warm_up(Contraction *contraction, int index, const PassWeights *weights) {
    const float *input[PASS_MAX_LANES], *knobs[PASS_MAX_LANES];
    const LossScale nothing = {0};
    const PassKernels *kernels = contraction->side.kernels;
    Pass *pass = contraction->side.group[index].pass;
    const int pairs = kernels->lanes / 2;
    for (int pair = 0; pair < pairs; pair++) {
        knobs[pair] = knobs[pair + pairs] = contraction->group[index].signal[pair].knobs;
    }
    kernels->start(pass, knobs, NULL);
    render(contraction, index, input, contraction->warm_up);
    kernels->warm(pass, weights, &nothing, input, input, contraction->warm_up);
}

void contraction_train(Contraction *contraction, int index, const PassWeights *weights,
                       int frames) {
    SideGroup *side = &contraction->side.group[index];
    PairGroup *group = &contraction->group[index];
    const float *input[PASS_MAX_LANES];
    if (side->starting) {
        warm_up(contraction, index, weights);
        side->starting = false;
    }
    for (side->passed += frames; side->passed >= EVERY; side->passed -= EVERY) {
        render(contraction, index, input, SEGMENT);
        contraction->side.kernels->contract(side->pass, weights, &contraction->scale, input,
                                            SEGMENT, group->growth, &group->random);
    }
    side_term_take(&contraction->side, index);
}

void contraction_add(Contraction *contraction, double share, double *gradient) {
    side_term_add(&contraction->side, share, gradient);
}
