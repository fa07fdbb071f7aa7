// SPDX-License-Identifier: ISC
// The state of a training run in a file, so that a run that was cut off goes on as if nothing had
// happened: the same bytes come out. Binary, for the same program on the same kind of machine.
#ifndef GRUFF_TRAINING_LEARNING_CHECKPOINT_H
#define GRUFF_TRAINING_LEARNING_CHECKPOINT_H

#include <stdint.h>

#include "dsp/base/status.h"
#include "training/learning/learner.h"
#include "training/learning/trainer_options.h"
#include "training/learning/trainer_result.h"

typedef struct Checkpoint {
    uint64_t fingerprint; // of what the run is: options and recordings
    int seeds;            // of the race that have run; the learner is the best of them
    double raced;         // samples that other seeds were trained on
    double seconds;       // spent so far
    int checks;           // fortieths of the run that are checked
    double best_epochs;   // passes over the training audio at the learner's best check
    double best_seconds;  // spent until then
    TrainerResult result;
} Checkpoint;

// What a run is: a resumed one must have the same. Covers the options that decide the outcome, the
// ISA, and the recordings with what of them is trained on and held out.
uint64_t checkpoint_fingerprint(const TrainerOptions *options, const Dataset *dataset);

// MODEL.checkpoint for the model file `model_path`, into path[size]; false when it is too long.
bool checkpoint_path(char *path, size_t size, const char *model_path);

// Writes run and learner, whole or not at all. The learner must be about to draw new sequences.
Status checkpoint_write(const char *path, const Checkpoint *checkpoint, const Learner *learner,
                        Diagnostic *diagnostic);

// Reads what checkpoint_write wrote into `checkpoint` and `learner`, which learner_init has made
// for the same shape. STATUS_CANNOT_READ, or STATUS_BAD_ARGUMENT when the file belongs to another
// run (`checkpoint->fingerprint` is what is expected); then the learner is of no use.
Status checkpoint_read(const char *path, Checkpoint *checkpoint, Learner *learner,
                       Diagnostic *diagnostic);

#endif
