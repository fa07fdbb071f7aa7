// SPDX-License-Identifier: ISC
// Teaches a network to forget. Pairs of sequences hear the same loud signal (loud_signal.h) from
// states that are a little apart; where they do not come together again, the network's answer hangs
// on what it once heard, and the gradient of that (PassKernels, contract) goes into the training's.
// doc/calm.md tells why, and what it reaches.
#ifndef GRUFF_TRAINING_LEARNING_CONTRACTION_H
#define GRUFF_TRAINING_LEARNING_CONTRACTION_H

#include "dsp/base/random.h"
#include "dsp/base/thread_pool.h"
#include "training/data/dataset.h"
#include "training/network/pass.h"

typedef struct Contraction Contraction;

// Pairs for networks of `shape` in groups of `kernels`, signals from `dataset`, whose pointer it
// keeps; sequences are warmed up over `warm_up` samples and then followed for `length`, of which
// every sixteenth counts. NULL when memory is short. The caller owns it.
Contraction *contraction_new(const PassKernels *kernels, const NetworkShape *shape,
                             const Dataset *dataset, int warm_up, int length);

// NULL is fine.
void contraction_free(Contraction *contraction);

// New signals for all pairs, to be warmed up by the next contraction_train. A signal that a pair
// did not forget is heard again, three times at most; of the others half are of those that were
// found, if any.
void contraction_draw(Contraction *contraction, Random *random);

// The signals that contraction_draw gives next depend on nothing before. None is found.
void contraction_restart(Contraction *contraction);

// Finds signals that the network, as it is now, does not forget (training/learning/hard_signals.h),
// in place of those before.
void contraction_search(Contraction *contraction, const PassWeights *weights, ThreadPool *pool,
                        Random *random);

// Number of groups. A training step runs each of them.
int contraction_groups(const Contraction *contraction);

// Follows the pairs of group `index` for `frames` samples of the sequences beside which they are
// trained. Groups may run on several threads.
void contraction_train(Contraction *contraction, int index, const PassWeights *weights, int frames);

// Adds the last step's gradient to gradient[network_count], at most `share` times as long as that
// is: it is rarely there, and then it may be huge. Once after each step.
void contraction_add(Contraction *contraction, double share, double *gradient);

#endif
