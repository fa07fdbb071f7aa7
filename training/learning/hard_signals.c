// SPDX-License-Identifier: ISC
#include "training/learning/hard_signals.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>

#include "dsp/base/decibels.h"
#include "dsp/base/memory.h"

enum {
    JOBS = 8, // side by side, whatever the threads
    PAIRS = PASS_MAX_LANES / 2,
    TRIES = 256, // of a search
    MOST = 32,   // that are kept
    WARM_UP = 2048,
    SEGMENT = 32,  // samples, as in the contraction
    SETTLING = 8,  // segments in which a difference turns to where it grows most
    SEGMENTS = 40, // a period of the lowest sine, and those
    STRETCH = 256, // samples of a warm-up that fit the near caches
};

// How near to what was not forgotten is near: what is beside it often is not, either.
#define DETUNED 0.003 // of the frequency
#define LOUDER 0.3    // dB

typedef struct Tried {
    LoudSignal signal;
    double apart; // nepers beyond what is allowed
    int worst;    // sample where it is
    int number;
} Tried;

typedef struct Job {
    Pass *pass;
    float *input; // [PAIRS][WARM_UP], owned
} Job;

struct HardSignals {
    const PassKernels *kernels;
    const Dataset *dataset;
    Job jobs[JOBS];
    Tried tried[TRIES]; // the worst ones first
    int count;          // that are kept
    // Of the present search:
    const PassWeights *weights;
    const ContractionScale *scale;
    uint64_t seed;
};

void hard_signals_free(HardSignals *hard) {
    for (int i = 0; hard && i < JOBS; i++) {
        hard->kernels->pass_free(hard->jobs[i].pass);
        memory_free(hard->jobs[i].input);
    }
    memory_free(hard);
}

HardSignals *hard_signals_new(const PassKernels *kernels, const NetworkShape *shape,
                              const Dataset *dataset) {
    HardSignals *made = memory_new(1, sizeof *made);
    if (!made) {
        return NULL;
    }
    made->kernels = kernels;
    made->dataset = dataset;
    bool whole = true;
    for (int i = 0; i < JOBS; i++) {
        Job *job = &made->jobs[i];
        job->pass = kernels->pass_new(shape, STRETCH, false);
        job->input = memory_new((size_t)PAIRS * WARM_UP, sizeof(float));
        whole = whole && job->pass && job->input;
    }
    if (!whole) {
        hard_signals_free(made);
        return NULL;
    }
    return made;
}

// The next samples of a group's signals, for both lanes of each pair.
static void render(const Job *job, LoudSignal *signals, int pairs, const float **input,
                   int frames) {
    Random unused = {0}; // sines have no noise
    for (int pair = 0; pair < pairs; pair++) {
        float *to = job->input + (ptrdiff_t)pair * frames;
        loud_signal_render(&signals[pair], to, frames, &unused);
        input[pair] = input[pair + pairs] = to;
    }
}

// Follows a group's pairs; `growth` at the end, and the segment after which each was farthest.
static void follow(const HardSignals *hard, const Job *job, LoudSignal *signals, Random *random,
                   PairGrowth *growth, int *farthest) {
    const int pairs = hard->kernels->lanes / 2;
    const float *input[PASS_MAX_LANES];
    for (int i = 0; i < SEGMENTS; i++) {
        for (int pair = 0; pair < pairs && i <= SETTLING; pair++) {
            growth[pair] = (PairGrowth){0};
            farthest[pair] = i;
        }
        render(job, signals, pairs, input, SEGMENT);
        hard->kernels->grow(job->pass, hard->weights, hard->scale, input, SEGMENT, growth, random);
        for (int pair = 0; pair < pairs; pair++) {
            if (growth[pair].rise >= growth[pair].most) {
                farthest[pair] = i;
            }
        }
    }
}

// As many as a group has pairs, from number `first` on.
static void try_group(HardSignals *hard, const Job *job, int first) {
    const int pairs = hard->kernels->lanes / 2;
    const LossScale nothing = {0};
    const float *input[PASS_MAX_LANES], *knobs[PASS_MAX_LANES] = {NULL};
    LoudSignal signals[PAIRS];
    PairGrowth growth[PAIRS];
    int farthest[PAIRS];
    Random random = {hard->seed + (uint64_t)first};
    for (int pair = 0; pair < pairs; pair++) {
        Tried *tried = &hard->tried[first + pair];
        signals[pair] = tried->signal = loud_signal_draw_sines(hard->dataset, &random);
        knobs[pair] = knobs[pair + pairs] = tried->signal.knobs;
    }
    hard->kernels->start(job->pass, knobs, NULL);
    render(job, signals, pairs, input, WARM_UP);
    hard->kernels->warm(job->pass, hard->weights, &nothing, input, input, WARM_UP);
    follow(hard, job, signals, &random, growth, farthest);
    for (int pair = 0; pair < pairs; pair++) {
        Tried *tried = &hard->tried[first + pair];
        tried->apart = fmax(growth[pair].sum, growth[pair].most - hard->scale->rise);
        tried->worst = WARM_UP + (farthest[pair] + 1) * SEGMENT;
        tried->number = first + pair;
    }
}

static void try_some(void *context, int index) {
    HardSignals *hard = context;
    const int pairs = hard->kernels->lanes / 2;
    for (int first = index * pairs; first < TRIES; first += JOBS * pairs) {
        try_group(hard, &hard->jobs[index], first);
    }
}

static int compare(const void *one, const void *other) {
    const Tried *a = one, *b = other;
    if (a->apart != b->apart) {
        return a->apart > b->apart ? -1 : 1;
    }
    return a->number - b->number;
}

void hard_signals_search(HardSignals *hard, const PassWeights *weights,
                         const ContractionScale *scale, ThreadPool *pool, Random *random) {
    hard->weights = weights;
    hard->scale = scale;
    hard->seed = random_bits(random);
    thread_pool_run(pool, try_some, hard, JOBS);
    qsort(hard->tried, TRIES, sizeof *hard->tried, compare);
    hard->count = 0;
    while (hard->count < MOST && hard->tried[hard->count].apart > 0.0) {
        hard->count++;
    }
}

void hard_signals_clear(HardSignals *hard) {
    hard->count = 0;
}

int hard_signals_count(const HardSignals *hard) {
    return hard->count;
}

LoudSignal hard_signals_draw(const HardSignals *hard, int before, Random *random) {
    const Tried *tried = &hard->tried[(int)(random_uniform(random) * hard->count)];
    LoudSignal signal = tried->signal;
    double detuned = 1.0 + random_within(random, DETUNED);
    signal.gain *= decibels_to_amplitude(random_within(random, LOUDER));
    for (int i = 0; i < 2; i++) {
        double at = signal.phase[i] + signal.step[i] * tried->worst; // there it is worst
        signal.step[i] *= detuned;
        signal.phase[i] = at - signal.step[i] * before;
    }
    return signal;
}
