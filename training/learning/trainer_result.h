// SPDX-License-Identifier: ISC
// What a training run came to.
#ifndef GRUFF_TRAINING_LEARNING_TRAINER_RESULT_H
#define GRUFF_TRAINING_LEARNING_TRAINER_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "dsp/measures/divergence.h"

enum { TRAINER_CHECKS = 40 }; // validations of a run

// One validation, for the report.
typedef struct TrainerCheck {
    double epoch, loss, esr;
} TrainerCheck;

typedef struct TrainerResult {
    double esr;          // validation ESR of the written model
    double epoch;        // passes made
    double seconds;      // wall time
    double samples;      // trained
    uint64_t seed;       // that won the race
    int rollbacks;       // times that the run went astray and went back to its best
    bool stopped;        // ended early by `stop`
    Divergence calmness; // of the written model, on all that is tried
    int checks;
    TrainerCheck history[TRAINER_CHECKS + 2];
} TrainerResult;

#endif
