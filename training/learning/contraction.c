// SPDX-License-Identifier: ISC
#include "training/learning/contraction.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "dsp/base/memory.h"
#include "training/learning/hard_signals.h"
#include "training/learning/loud_signal.h"
#include "training/learning/side_gradient.h"

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
    Pass *pass;
    LoudSignal drawn[PAIRS]; // from their beginnings
    LoudSignal signal[PAIRS];
    int repeats[PAIRS]; // of each signal so far
    PairGrowth growth[PAIRS];
    float *input;     // [lanes / 2][longest stretch], owned
    double *gradient; // [count], owned
    Random random;    // of noise and directions
    int passed;       // trained samples since the last segment
    bool starting;    // its pairs begin with the next step
} PairGroup;

struct Contraction {
    const PassKernels *kernels;
    const Dataset *dataset;
    NetworkShape shape;
    size_t count; // number of weights
    int groups, warm_up, length;
    ContractionScale scale;
    HardSignals *hard; // owned
    PairGroup group[PAIRS];
};

void contraction_free(Contraction *contraction) {
    if (!contraction) {
        return;
    }
    for (int i = 0; i < contraction->groups; i++) {
        contraction->kernels->pass_free(contraction->group[i].pass);
        memory_free(contraction->group[i].input);
        memory_free(contraction->group[i].gradient);
    }
    hard_signals_free(contraction->hard);
    memory_free(contraction);
}

Contraction *contraction_new(const PassKernels *kernels, const NetworkShape *shape,
                             const Dataset *dataset, int warm_up, int length) {
    Contraction *made = memory_new(1, sizeof *made);
    if (!made) {
        return NULL;
    }
    made->kernels = kernels;
    made->dataset = dataset;
    made->shape = *shape;
    made->count = network_count(shape);
    made->warm_up = warm_up;
    made->length = length / EVERY * SEGMENT;
    made->scale = (ContractionScale){FACTOR, DISTANCE, SLOWEST / dataset->rate, RISE};
    made->groups = PASS_MAX_LANES / kernels->lanes;
    made->hard = hard_signals_new(kernels, shape, dataset);
    bool whole = made->hard != NULL;
    for (int i = 0; i < made->groups; i++) {
        PairGroup *group = &made->group[i];
        size_t samples = (size_t)(warm_up > SEGMENT ? warm_up : SEGMENT);
        group->pass = kernels->pass_new(shape, STRETCH, false);
        group->input = memory_new(samples * (size_t)kernels->lanes / 2, sizeof(float));
        group->gradient = memory_new(made->count, sizeof(double));
        whole = whole && group->pass && group->input && group->gradient;
    }
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
    for (int i = 0; i < contraction->groups; i++) {
        PairGroup *group = &contraction->group[i];
        group->random = (Random){random_bits(random)};
        for (int pair = 0; pair < contraction->kernels->lanes / 2; pair++) {
            if (group->growth[pair].counted && group->repeats[pair] < MOST_REPEATS) {
                group->repeats[pair]++;
            } else {
                group->drawn[pair] = draw_signal(contraction, &group->random);
                group->repeats[pair] = 0;
            }
            group->signal[pair] = group->drawn[pair];
            group->growth[pair] = (PairGrowth){0};
        }
        group->passed = 0;
        group->starting = true;
    }
}

void contraction_restart(Contraction *contraction) {
    for (int i = 0; i < contraction->groups; i++) {
        memset(contraction->group[i].growth, 0, sizeof contraction->group[i].growth);
    }
    hard_signals_clear(contraction->hard);
}

void contraction_search(Contraction *contraction, const PassWeights *weights, ThreadPool *pool,
                        Random *random) {
    hard_signals_search(contraction->hard, weights, &contraction->scale, pool, random);
}

int contraction_groups(const Contraction *contraction) {
    return contraction->groups;
}

// The pairs' next samples, input[lane] for both lanes of each.
static void render(const Contraction *contraction, PairGroup *group, const float **input,
                   int frames) {
    const int pairs = contraction->kernels->lanes / 2;
    for (int pair = 0; pair < pairs; pair++) {
        float *to = group->input + (ptrdiff_t)pair * frames;
        loud_signal_render(&group->signal[pair], to, frames, &group->random);
        input[pair] = input[pair + pairs] = to;
    }
}

// From zero states to where the signals lead them; there is no target.
static void warm_up(const Contraction *contraction, PairGroup *group, const PassWeights *weights) {
    const float *input[PASS_MAX_LANES], *knobs[PASS_MAX_LANES];
    const LossScale nothing = {0};
    const int pairs = contraction->kernels->lanes / 2;
    for (int pair = 0; pair < pairs; pair++) {
        knobs[pair] = knobs[pair + pairs] = group->signal[pair].knobs;
    }
    contraction->kernels->start(group->pass, knobs, NULL);
    render(contraction, group, input, contraction->warm_up);
    contraction->kernels->warm(group->pass, weights, &nothing, input, input, contraction->warm_up);
}

void contraction_train(Contraction *contraction, int index, const PassWeights *weights,
                       int frames) {
    PairGroup *group = &contraction->group[index];
    const float *input[PASS_MAX_LANES];
    if (group->starting) {
        warm_up(contraction, group, weights);
        group->starting = false;
    }
    for (group->passed += frames; group->passed >= EVERY; group->passed -= EVERY) {
        render(contraction, group, input, SEGMENT);
        contraction->kernels->contract(group->pass, weights, &contraction->scale, input, SEGMENT,
                                       group->growth, &group->random);
    }
    memset(group->gradient, 0, contraction->count * sizeof(double));
    Network gradient = network_at(&contraction->shape, group->gradient);
    contraction->kernels->gradient(group->pass, &gradient);
}

void contraction_add(Contraction *contraction, double share, double *gradient) {
    double *sum = contraction->group[0].gradient;
    for (int i = 1; i < contraction->groups; i++) { // always in this order: same bytes
        for (size_t k = 0; k < contraction->count; k++) {
            sum[k] += contraction->group[i].gradient[k];
        }
    }
    side_gradient_add(gradient, sum, contraction->count, share);
}
