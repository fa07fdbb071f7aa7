// SPDX-License-Identifier: ISC
// The training loop: random sequences from the dataset, truncated back-propagation through time,
// the optimiser, validation of the exported model on the held-out audio, the best kept.
#ifndef GRUFF_TRAINING_LEARNING_TRAINER_H
#define GRUFF_TRAINING_LEARNING_TRAINER_H

#include "dsp/base/status.h"
#include "training/data/dataset.h"
#include "training/learning/trainer_options.h"
#include "training/learning/trainer_result.h"

// Trains on `dataset` and writes the model to `path` (whole or not at all) each time that it gets
// better. STATUS_DIVERGED when not a single check gave a usable model; STATUS_INTERRUPTED, and no
// file, when it is stopped before there is a model to check.
Status trainer_run(const TrainerOptions *options, const Dataset *dataset, const char *path,
                   TrainerResult *result, Diagnostic *diagnostic);

#endif
