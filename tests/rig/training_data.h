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

// What tests of terms of the loss have in common: the dataset of make_dataset and pools of
// make_pools, made by the group's set-up and freed by its tear-down.
extern Dataset training_dataset;
extern ThreadPool *training_pools[2];
int training_begin(void **state);
int training_end(void **state);

// The length of values[count].
double length_of(const double *values, size_t count);

#endif
