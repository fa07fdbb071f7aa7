// SPDX-License-Identifier: ISC
// The training loop: random sequences from the dataset, truncated back-propagation through time,
// the optimiser, validation of the exported model on the held-out audio, the best kept.
#ifndef GRUFF_TRAINING_LEARNING_TRAINER_H
#define GRUFF_TRAINING_LEARNING_TRAINER_H

#include "dsp/base/status.h"
#include "training/data/dataset.h"
#include "training/learning/trainer_options.h"
#include "training/learning/trainer_result.h"

// A validation ESR from which on a model is worth no more than silence, whose ESR is 1.
#define TRAINER_USELESS 0.9

// Trains on `dataset` and writes the model to `path` (whole or not at all) each time that it gets
// better. Nothing is written, and a file that is there stays, when it comes to nothing:
// STATUS_DIVERGED when not a single check gave an ESR below TRAINER_USELESS, or when the file could
// not be read again; STATUS_INTERRUPTED when it is stopped before there is a model to check.
Status trainer_run(const TrainerOptions *options, const Dataset *dataset, const char *path,
                   TrainerResult *result, Diagnostic *diagnostic);

#endif
