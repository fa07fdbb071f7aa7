// SPDX-License-Identifier: ISC
// Delay fits: the same small network trained for a moment on a pair at each of several delays. What
// it can learn tells the right delay more surely than any correlation does: a device that distorts
// shifts the peak, but a network never sees the future.
#ifndef GRUFF_TRAINING_LEARNING_DELAY_FIT_H
#define GRUFF_TRAINING_LEARNING_DELAY_FIT_H

#include "dsp/base/status.h"
#include "dsp/base/thread_pool.h"
#include "training/data/pair.h"

// Puts into errors[count] the training error (an ESR, half of it pre-emphasised) that the last
// third of `updates` updates came to when target[n + delays[i]] belongs to input[n]; infinite where
// the fit broke. All fits see the same audio from the same start: same pair, same numbers, for any
// number of threads. STATUS_BAD_AUDIO when the recordings are too short for it.
Status delay_fit_errors(double *errors, const Pair *pair, const int *delays, int count, int updates,
                        ThreadPool *pool, Diagnostic *diagnostic);

#endif
