// SPDX-License-Identifier: ISC
// Nanoseconds of one core per audio sample for forward, loss, backward, gradient and packing, for
// each ISA of this machine and hidden size, with the share of the multiply-adds that this core can
// do with the vectors of that ISA, measured in the same run; then whole updates, optimiser
// included, by one thread and by two. Median of several runs.
#include <stdio.h>
#include <stdlib.h>

#include "dsp/base/clock.h"
#include "dsp/base/random.h"
#include "dsp/measures/speed.h"
#include "dsp/network/isa_choice.h"
#include "plugin/tool/probe.h"
#include "training/learning/learner.h"
#include "training/learning/trainer.h"
#include "training/network/pass.h"

enum { FRAMES = 512, RUNS = 9 };

static double measure(const PassKernels *kernels, int hidden) {
    Network network;
    NetworkShape shape = {.cell = LAYER_GRU, .layers = 1, .hidden = hidden, .skip = true};
    if (network_init(&network, &shape, NULL) != STATUS_OK) {
        exit(1);
    }
    network_randomise(&network, 1, 1.0);
    PassWeights *weights = kernels->weights_new(&shape);
    Pass *pass = kernels->pass_new(&shape, FRAMES, false);
    Network gradient;
    if (network_init(&gradient, &shape, NULL) != STATUS_OK || !weights || !pass) {
        exit(1);
    }
    static float input[PASS_MAX_LANES][FRAMES];
    const float *lanes[PASS_MAX_LANES];
    Random random = {1};
    for (int lane = 0; lane < PASS_MAX_LANES; lane++) {
        for (int t = 0; t < FRAMES; t++) {
            input[lane][t] = (float)random_within(&random, 0.5);
        }
        lanes[lane] = input[lane];
    }
    LossScale scale = {
        .plain = 1e-4, .dc = 1e-5, .filters = 1, .factor = {1e-4}, .filter = {loss_emphasis()}};
    double times[RUNS];
    int updates = 1 + (int)(2e7 / ((double)FRAMES * kernels->lanes * (60.0 + hidden * hidden)));
    for (int run = 0; run < RUNS; run++) {
        double start = clock_thread();
        for (int i = 0; i < updates; i++) {
            kernels->weights_pack(weights, &network);
            kernels->train(pass, weights, &scale, lanes, lanes, FRAMES);
            kernels->gradient(pass, &gradient);
        }
        times[run] = (clock_thread() - start) / ((double)updates * FRAMES * kernels->lanes);
    }
    kernels->pass_free(pass);
    kernels->weights_free(weights);
    network_clear(&gradient);
    network_clear(&network);
    return speed_median(times, RUNS) * 1e9;
}

static Dataset noise_dataset(void) {
    enum { RATE = 8000, LENGTH = 40 * RATE };
    static float input[LENGTH], target[LENGTH];
    Random random = {2};
    for (int i = 0; i < LENGTH; i++) {
        input[i] = (float)random_within(&random, 0.5);
        target[i] = 0.5f * input[i];
    }
    Dataset dataset;
    if (dataset_make(&dataset, input, target, LENGTH, RATE, NULL) != STATUS_OK) {
        exit(1);
    }
    return dataset;
}

// Wall time of updates per sample with `threads` threads.
static double measure_updates(const Dataset *dataset, int hidden, int threads) {
    TrainerOptions options = trainer_defaults();
    options.shape.hidden = hidden;
    ThreadPool *pool = NULL;
    Batch *batch = NULL;
    Learner learner;
    if (thread_pool_new(&pool, threads, NULL) != STATUS_OK ||
        batch_new(&batch, &options.shape, dataset, &options.loss, &options.regularisation, FRAMES,
                  pool, NULL) != STATUS_OK ||
        learner_init(&learner, &options.shape, options.optimiser, 1, NULL) != STATUS_OK) {
        exit(1);
    }
    double times[RUNS];
    int updates = 1 + (int)(4e7 / (FRAMES * BATCH_SEQUENCES * (20.0 + hidden * hidden * 0.1)));
    for (int run = 0; run < RUNS; run++) {
        double start = clock_now(), before = learner.samples;
        for (int i = 0; i < updates; i++) {
            learner_update(&learner, batch, FRAMES, 1e-4, 0.0);
        }
        times[run] = (clock_now() - start) / (learner.samples - before);
    }
    learner_clear(&learner);
    batch_free(batch);
    thread_pool_free(pool);
    return speed_median(times, RUNS) * 1e9;
}

static void print_updates(void) {
    static const int sizes[] = {8, 16, 32, 64};
    Dataset dataset = noise_dataset();
    printf("updates, warm-up and optimiser included, ns of wall time per sample\n"
           "hidden 1 thread 2 threads  ratio\n");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        double one = measure_updates(&dataset, sizes[i], 1);
        double two = measure_updates(&dataset, sizes[i], 2);
        printf("%6d %8.1f %9.1f %6.2f\n", sizes[i], one, two, one / two);
        fflush(stdout);
    }
    dataset_clear(&dataset);
}

// Multiply-adds of a GRU for one sample: three products of [3][hidden][hidden] with a vector
// (forward, back to the state, the weights' gradient); what grows slower is left out.
static double products(int hidden) {
    return 9.0 * hidden * hidden;
}

// Multiply-adds per ns; the best of some, because what else runs only ever takes away.
static double peak_of(Isa isa) {
    double best = 0.0;
    for (int i = 0; i < RUNS; i++) {
        Probe probe;
        if (probe_begin(&probe, isa, NULL) != STATUS_OK) {
            exit(1);
        }
        best = probe.macs_per_ns > best ? probe.macs_per_ns : best;
        probe_end(&probe);
    }
    return best;
}

int main(void) {
    static const int sizes[] = {8, 12, 16, 20, 24, 32, 40, 48, 64};
    double peak[ISA_COUNT] = {0.0};
    printf("training, ns of one core per sample, and the share of its peak\nhidden");
    for (Isa isa = ISA_SSE2; isa < ISA_COUNT; isa++) {
        if (isa_available(isa)) {
            peak[isa] = peak_of(isa);
            printf("%16s", isa_name(isa));
        }
    }
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        printf("\n%6d", sizes[i]);
        for (Isa isa = ISA_SSE2; isa < ISA_COUNT; isa++) {
            if (isa_available(isa)) {
                double ns = measure(pass_kernels(isa), sizes[i]);
                printf("%10.1f %4.0f%%", ns, 100.0 * products(sizes[i]) / (ns * peak[isa]));
                fflush(stdout);
            }
        }
    }
    printf("\n  peak");
    for (Isa isa = ISA_SSE2; isa < ISA_COUNT; isa++) {
        if (isa_available(isa)) {
            printf("%15.1f ", peak[isa]);
        }
    }
    printf(" multiply-adds per ns\n");
    print_updates();
    return 0;
}
