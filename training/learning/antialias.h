// SPDX-License-Identifier: ISC
// Teaches a network to answer sines with their harmonics and nothing else
// (training/network/tone.h), beside the recording that it learns. doc/training.md tells what it
// reaches and costs.
#ifndef GRUFF_TRAINING_LEARNING_ANTIALIAS_H
#define GRUFF_TRAINING_LEARNING_ANTIALIAS_H

#include "dsp/base/random.h"
#include "training/data/dataset.h"
#include "training/network/pass.h"

typedef struct Antialias Antialias;

// Sines for networks of `shape` in groups of `kernels`, with the knobs of `dataset`, whose pointer
// it keeps. NULL when memory is short. The caller owns it.
Antialias *antialias_new(const PassKernels *kernels, const NetworkShape *shape,
                         const Dataset *dataset);

// NULL is fine.
void antialias_free(Antialias *antialias);

// New sines for all sequences, to be warmed up by the next antialias_train.
void antialias_draw(Antialias *antialias, Random *random);

// Number of groups. A training step runs each of them.
int antialias_groups(const Antialias *antialias);

// Follows the sines of group `index` for `frames` samples of the sequences beside which they are
// trained. Groups may run on several threads.
void antialias_train(Antialias *antialias, int index, const PassWeights *weights, int frames);

// Adds the last step's gradient to gradient[network_count], at most `share` times as long as that
// is. Once after each step.
void antialias_add(Antialias *antialias, double share, double *gradient);

#endif
