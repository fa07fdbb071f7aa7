// SPDX-License-Identifier: ISC
#include "tests/rig/training_data.h"

#include <math.h>
#include <stdlib.h>

#include "dsp/base/memory.h"
#include "dsp/base/random.h"

void make_pair(float *input, float *target) {
    Random random = {7};
    float low = 0.0f, state = 0.0f;
    for (int i = 0; i < FRAMES; i++) {
        float level = 0.1f + 0.4f * (float)((i / 2000) % 3);
        low += 0.3f * ((float)random_within(&random, 1.0) - low);
        input[i] = level * low;
        state += 0.5f * (input[i] - state);
        target[i] = tanhf(4.0f * state);
    }
}

void make_dataset(Dataset *dataset) {
    float *input = memory_new(FRAMES, sizeof(float)), *target = memory_new(FRAMES, sizeof(float));
    make_pair(input, target);
    if (dataset_make(dataset, input, target, FRAMES, RATE, NULL) != STATUS_OK) {
        abort();
    }
    memory_free(input);
    memory_free(target);
}

bool make_pools(ThreadPool *pools[2]) {
    return thread_pool_new(&pools[0], 1, NULL) == STATUS_OK &&
           thread_pool_new(&pools[1], 2, NULL) == STATUS_OK;
}

void free_pools(ThreadPool *pools[2]) {
    thread_pool_free(pools[0]);
    thread_pool_free(pools[1]);
}

Dataset training_dataset;
ThreadPool *training_pools[2];

int training_begin(void **state) {
    (void)state;
    make_dataset(&training_dataset);
    return make_pools(training_pools) ? 0 : -1;
}

int training_end(void **state) {
    (void)state;
    dataset_clear(&training_dataset);
    free_pools(training_pools);
    return 0;
}

double length_of(const double *values, size_t count) {
    double sum = 0.0;
    for (size_t k = 0; k < count; k++) {
        sum += values[k] * values[k];
    }
    return sqrt(sum);
}
