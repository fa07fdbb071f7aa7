// SPDX-License-Identifier: ISC
// Sines and pairs of sines that a network, as it is now, does not forget, found by trying many:
// there are few of them, in narrow places of frequency and level, which chance seldom meets. To be
// taught to forget (training/learning/contraction.h) they must be heard.
#ifndef GRUFF_TRAINING_LEARNING_HARD_SIGNALS_H
#define GRUFF_TRAINING_LEARNING_HARD_SIGNALS_H

#include "dsp/base/thread_pool.h"
#include "training/learning/loud_signal.h"
#include "training/network/pass.h"

typedef struct HardSignals HardSignals;

// For networks of `shape`, tried in groups of `kernels`; keeps a pointer to the dataset. NULL when
// memory is short. The caller owns it. There are none at first.
HardSignals *hard_signals_new(const PassKernels *kernels, const NetworkShape *shape,
                              const Dataset *dataset);

// NULL is fine.
void hard_signals_free(HardSignals *hard);

// Tries pairs of sequences, as the contraction does by `scale`, on 256 signals drawn by `random`,
// and keeps those, the worst at most, whose pairs come apart. The same for any number of threads.
void hard_signals_search(HardSignals *hard, const PassWeights *weights,
                         const ContractionScale *scale, ThreadPool *pool, Random *random);

// None is left.
void hard_signals_clear(HardSignals *hard);
int hard_signals_count(const HardSignals *hard);

// Something very near to a random one of them, which must be there; where it is worst comes
// `before` samples after its first one.
LoudSignal hard_signals_draw(const HardSignals *hard, int before, Random *random);

#endif
