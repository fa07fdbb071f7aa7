// SPDX-License-Identifier: ISC
// The sequences that are trained side by side: where they lie in the recordings, their carried
// states, their gradient. Groups of them (a SIMD vector each) are shared out over the threads; the
// sums do not depend on how many there are.
#ifndef GRUFF_TRAINING_LEARNING_BATCH_H
#define GRUFF_TRAINING_LEARNING_BATCH_H

#include <stdbool.h>

#include "dsp/base/random.h"
#include "dsp/base/status.h"
#include "dsp/base/thread_pool.h"
#include "training/data/dataset.h"
#include "training/network/loss.h"
#include "training/network/network.h"

enum {
    BATCH_SEQUENCES = 32, // trained side by side
    BATCH_WARM_UP = 2048, // samples run before a sequence's first segment
    BATCH_LENGTH = 8192,  // samples of a sequence, with the state carried from segment to segment
};

// Shares of the error-to-signal ratios that make the loss.
typedef struct LossMix {
    double plain;
    double emphasised; // pre-emphasised
    double a_weighted;
    double dc;       // of the mean over a segment
    double spectral; // multi-resolution STFT loss, in the last phase of a run
} LossMix;

// What is done against overfitting, for a network that forgets (training/learning/contraction.h),
// and for one that aliases little (training/learning/antialias.h).
typedef struct Regularisation {
    double recurrent_dropout; // share of the state that the recurrent products do not see
    double head_dropout;      // share of the state that the head does not see
    double input_dropout;     // share of the input's samples that are set to zero
    double noise;             // RMS of white noise added to the input, as it is trained on
    double contraction;       // most of that term's gradient, as a share of the loss's; 0: none
    bool antialias;
} Regularisation;

typedef struct Batch Batch;

// A batch for networks of `shape` and segments of at most `longest` samples. Keeps pointers to the
// dataset and the pool. The caller owns it. STATUS_BAD_AUDIO when no recording has audio enough for
// a sequence.
Status batch_new(Batch **batch, const NetworkShape *shape, const Dataset *dataset,
                 const LossMix *mix, const Regularisation *regularisation, int longest,
                 ThreadPool *pool, Diagnostic *diagnostic);

// NULL is fine.
void batch_free(Batch *batch);

// Puts all sequences to new random places, to be warmed up by the next batch_train.
void batch_draw(Batch *batch, Random *random);

// What batch_draw gives next depends on nothing before but its random numbers: whoever goes on from
// a checkpoint draws the same.
void batch_restart(Batch *batch);

// Half of the contraction's new signals will be such that `network` does not forget, as far as some
// are found, until batch_restart. Only for a batch whose regularisation has a contraction.
void batch_search(Batch *batch, const Network *network, Random *random);

// The pool that batch_new was given.
ThreadPool *batch_pool(const Batch *batch);

// Whether the sequences have `frames` samples left.
bool batch_has(const Batch *batch, int frames);

// Weights the spectral loss of the next batch_train calls by `share` (0 at first).
void batch_set_spectral(Batch *batch, double share);

// Adds to the gradients of the next batch_train calls that of the contraction, at most `share`
// times as long as they are (0 at first). Only for a batch whose regularisation has one.
void batch_set_contraction(Batch *batch, double share);

// The same of the sines that are to have harmonics alone. Only for a batch whose regularisation has
// them.
void batch_set_antialias(Batch *batch, double share);

// Runs a segment of `frames` samples of every sequence forward and back. `gradient` (network_count
// doubles) becomes the loss's gradient; gives the loss, a mean over all samples, to
// which neither contraction nor sines add anything.
double batch_train(Batch *batch, const Network *network, int frames, double *gradient);

#endif
