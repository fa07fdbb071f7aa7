// SPDX-License-Identifier: ISC
#include "training/learning/delay_fit.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/base/level.h"
#include "dsp/base/memory.h"
#include "dsp/base/random.h"
#include "dsp/network/isa_choice.h"
#include "training/data/gain.h"
#include "training/learning/adam.h"
#include "training/network/loss.h"
#include "training/network/pass.h"

enum {
    HIDDEN = 8,
    SEQUENCES = 16,
    WARM_UP = 1024, // samples
    TRAINED = 4096, // samples of each sequence
    SEGMENT = 256,  // samples between two updates
};

#define RATE_PEAK 2e-2
#define INPUT_SCALE 4.0 // of the initial input kernel, as in the trainer

static const NetworkShape shape = {.cell = LAYER_GRU, .layers = 1, .hidden = HIDDEN, .skip = true};

// What all fits share.
typedef struct Fits {
    const Pair *pair;
    const int *delays;
    int updates;
    const PassKernels *kernels;
    LossScale loss;
    float input_gain, target_gain; // powers of two: both directions of a pair are fitted at a level
    size_t first, room;            // places for sequences: first .. first + room - 1
    double *errors;
    bool short_of_memory; // any fit was; set, never cleared
} Fits;

// One fit at work.
typedef struct Fit {
    const Fits *fits;
    int delay;
    Random random;
    Network network;
    Adam adam;
    PassWeights *weights;
    double *gradient; // [count]
    Pass *pass[SEQUENCES];
    size_t place[SEQUENCES];
    float input[SEQUENCES][WARM_UP], target[SEQUENCES][WARM_UP]; // of a segment or a warm-up
} Fit;

static void fit_clear(Fit *fit) {
    for (int i = 0; i < SEQUENCES; i++) {
        if (fit->pass[i]) {
            fit->fits->kernels->pass_free(fit->pass[i]);
        }
    }
    if (fit->weights) {
        fit->fits->kernels->weights_free(fit->weights);
    }
    memory_free(fit->gradient);
    adam_clear(&fit->adam);
    network_clear(&fit->network);
}

static bool fit_init(Fit *fit, const Fits *fits, int delay) {
    *fit = (Fit){.fits = fits, .delay = delay, .random = {1}};
    if (network_init(&fit->network, &shape, NULL) != STATUS_OK) {
        return false;
    }
    network_randomise(&fit->network, 1, INPUT_SCALE);
    if (adam_init(&fit->adam, fit->network.weights, fit->network.count, NULL) != STATUS_OK) {
        return false;
    }
    fit->gradient = memory_new(fit->network.count, sizeof(double));
    fit->weights = fits->kernels->weights_new(&shape);
    bool made = fit->gradient && fit->weights;
    for (int i = 0; i < SEQUENCES / fits->kernels->lanes; i++) {
        fit->pass[i] = fits->kernels->pass_new(&shape, SEGMENT, false);
        made = made && fit->pass[i];
    }
    return made;
}

static const float *scaled(float *to, const float *from, size_t frames, float gain) {
    for (size_t i = 0; i < frames; i++) {
        to[i] = gain * from[i];
    }
    return to;
}

// Trains one segment of a group of sequences; where they are starting, after their warm-up.
static double train_group(Fit *fit, int group, bool starting) {
    const PassKernels *kernels = fit->fits->kernels;
    const Pair *pair = fit->fits->pair;
    const float *input[PASS_MAX_LANES], *target[PASS_MAX_LANES], *knobs[PASS_MAX_LANES];
    static const float no_knobs[1];
    size_t *place = fit->place + (ptrdiff_t)group * kernels->lanes;
    for (int pass = starting ? 0 : 1; pass < 2; pass++) {
        size_t frames = pass ? SEGMENT : WARM_UP;
        for (int lane = 0; lane < kernels->lanes; lane++) {
            const float *wet = pair->target + ((ptrdiff_t)place[lane] + fit->delay);
            input[lane] = scaled(fit->input[group * kernels->lanes + lane],
                                 pair->input + place[lane], frames, fit->fits->input_gain);
            target[lane] = scaled(fit->target[group * kernels->lanes + lane], wet, frames,
                                  fit->fits->target_gain);
            knobs[lane] = no_knobs;
            place[lane] += frames;
        }
        if (!pass) {
            kernels->start(fit->pass[group], knobs, NULL);
            kernels->warm(fit->pass[group], fit->weights, &fit->fits->loss, input, target, WARM_UP);
        }
    }
    return kernels->train(fit->pass[group], fit->weights, &fit->fits->loss, input, target, SEGMENT);
}

static double update(Fit *fit, int number) {
    const Fits *fits = fit->fits;
    bool starting = number % (TRAINED / SEGMENT) == 0;
    for (int i = 0; starting && i < SEQUENCES; i++) {
        fit->place[i] = fits->first + (size_t)(random_uniform(&fit->random) * (double)fits->room);
    }
    fits->kernels->weights_pack(fit->weights, &fit->network);
    memset(fit->gradient, 0, fit->network.count * sizeof(double));
    Network gradient = network_at(&shape, fit->gradient);
    double loss = 0.0;
    for (int i = 0; i < SEQUENCES / fits->kernels->lanes; i++) {
        loss += train_group(fit, i, starting);
        fits->kernels->gradient(fit->pass[i], &gradient);
    }
    double done = (double)number / fits->updates;
    double rate = RATE_PEAK * fmin(1.0, (number + 1) / 32.0) * 0.5 * (1.0 + cos(M_PI * done));
    return adam_update(&fit->adam, fit->network.weights, fit->gradient, rate, 0.0) ? loss
                                                                                   : INFINITY;
}

static void run_fit(void *context, int index) {
    Fits *fits = context;
    Fit fit;
    double sum = 0.0;
    int counted = 0;
    bool made = fit_init(&fit, fits, fits->delays[index]);
    for (int i = 0; made && i < fits->updates; i++) {
        double loss = update(&fit, i);
        if (3 * i >= 2 * fits->updates) {
            sum += loss;
            counted++;
        }
    }
    fits->errors[index] = made && isfinite(sum) ? sum / counted : INFINITY;
    if (!made) {
        __atomic_store_n(&fits->short_of_memory, true, __ATOMIC_RELAXED);
    }
    fit_clear(&fit);
}

// Where sequences may begin so that every delay has its audio.
static bool find_room(Fits *fits, int count) {
    long long first = 0, end = (long long)fits->pair->input_frames;
    for (int i = 0; i < count; i++) {
        long long delay = fits->delays[i];
        first = -delay > first ? -delay : first;
        long long last = (long long)fits->pair->target_frames - delay;
        end = last < end ? last : end;
    }
    end -= WARM_UP + TRAINED;
    fits->first = (size_t)first;
    fits->room = end > first ? (size_t)(end - first) : 0;
    return fits->room > 0;
}

Status delay_fit_errors(double *errors, const Pair *pair, const int *delays, int count, int updates,
                        ThreadPool *pool, Diagnostic *diagnostic) {
    Fits fits = {.pair = pair,
                 .delays = delays,
                 .updates = updates,
                 .kernels = pass_kernels(isa_best()),
                 .errors = errors};
    if (!find_room(&fits, count)) {
        return diagnose(diagnostic, STATUS_BAD_AUDIO, "too short to find the delay by fits");
    }
    LossFilter plain = {0}, emphasis = loss_emphasis();
    double samples = (double)SEQUENCES * SEGMENT;
    double energy = loss_energy(&plain, pair->target, pair->target_frames);
    double emphasised = loss_energy(&emphasis, pair->target, pair->target_frames);
    double input = sqrt(level_variance(pair->input, pair->input_frames));
    double target = sqrt(level_variance(pair->target, pair->target_frames));
    double gain = gain_nearest(target, GAIN_TARGET);
    fits.input_gain = (float)gain_nearest(input, GAIN_INPUT);
    fits.target_gain = (float)gain;
    energy *= gain * gain;
    emphasised *= gain * gain;
    fits.loss = (LossScale){.plain = 0.5 / (fmax(energy, 1e-20) * samples),
                            .filters = 1,
                            .factor = {0.5 / (fmax(emphasised, 1e-20) * samples)},
                            .filter = {emphasis}};
    thread_pool_run(pool, run_fit, &fits, count);
    if (fits.short_of_memory) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the fits");
    }
    return STATUS_OK;
}
