// SPDX-License-Identifier: ISC
// A small pair of recordings for tests of the trainer.
#ifndef GRUFF_TESTS_RIG_TRAINING_DATA_H
#define GRUFF_TESTS_RIG_TRAINING_DATA_H

#include <stdbool.h>

#include "dsp/base/thread_pool.h"
#include "training/data/dataset.h"

enum { RATE = 8000, SECONDS = 32, FRAMES = RATE * SECONDS };

// Noise bursts through a soft clipper behind a one-pole low-pass: has memory and is nonlinear.
void make_pair(float *input, float *target);

// The dataset of it, or nothing to test with: exits.
void make_dataset(Dataset *dataset);

// Pools of one and of two threads: what must come out the same with both. False when there is no
// memory; end with free_pools.
bool make_pools(ThreadPool *pools[2]);
void free_pools(ThreadPool *pools[2]);

#endif
