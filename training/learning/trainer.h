// SPDX-License-Identifier: ISC
// The training loop: random sequences from the dataset, truncated back-propagation through time,
// Adam, validation of the exported model on the held-out audio, the best kept.
#ifndef GRUFF_TRAINING_LEARNING_TRAINER_H
#define GRUFF_TRAINING_LEARNING_TRAINER_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "dsp/base/status.h"
#include "training/learning/batch.h"
#include "training/learning/export.h"
#include "training/learning/learner.h"

enum { TRAINER_CHECKS = 40 }; // validations of a run

typedef struct TrainerProgress {
    double fraction;     // of the run, 0 to 1
    double epoch;        // passes over the training audio so far
    double epochs;       // expected in all
    double updates;      // of the network in training, in short segments
    double seconds;      // spent so far
    double seconds_left; // estimate
    double loss;         // mean of the training loss since the last check
    double esr;          // validation ESR of the last check; negative before the first
    double best;         // best validation ESR; negative before the first
    double sample_time;  // s of wall time per trained sample
    bool checked;        // this call follows a check
} TrainerProgress;

// How the learning rate goes after its warm-up.
typedef enum Schedule {
    SCHEDULE_COSINE,  // down to a hundredth of its peak along a cosine
    SCHEDULE_PLATEAU, // halved after five checks without a gain
} Schedule;

typedef struct TrainerOptions {
    NetworkShape shape;
    uint64_t seed;  // same seed, same epochs, same ISA: same weights, for any number of threads
    int race;       // seeds, from `seed` on, that run a short way; the best one goes on
    int threads;    // 1 and up
    double epochs;  // passes over the training audio; 0: as many as `seconds` allow
    double seconds; // wall time to spend when `epochs` is 0
    Optimiser optimiser;
    double rate; // peak learning rate; 0: trainer_rate decides
    double weight_decay;
    Schedule schedule;
    LossMix loss;
    Regularisation regularisation;
    bool fit_head;        // start the head by least squares
    bool keep_checkpoint; // beside the model, while the run lasts
    bool resume;          // go on from the checkpoint of an equal run; needs keep_checkpoint
    Labels labels;        // what the model's file says of it

    const volatile sig_atomic_t *stop; // becomes non-zero to end the run early; may be NULL
    void (*progress)(void *context, const TrainerProgress *progress); // may be NULL
    void *context;
} TrainerOptions;

// One validation, for the report.
typedef struct TrainerCheck {
    double epoch, loss, esr;
} TrainerCheck;

typedef struct TrainerResult {
    double esr;     // validation ESR of the written model
    double epoch;   // passes made
    double seconds; // wall time
    double samples; // trained
    uint64_t seed;  // that won the race
    int rollbacks;  // times that the run went astray and went back to its best
    bool stopped;   // ended early by `stop`
    int checks;
    TrainerCheck history[TRAINER_CHECKS + 2];
} TrainerResult;

// The peak learning rate of a run with these options: unless it is given, the longer the run, the
// lower.
double trainer_rate(const TrainerOptions *options);

// The options that a user gets without asking.
TrainerOptions trainer_defaults(void);

// Trains on `dataset` and writes the model to `path` (whole or not at all) each time that it gets
// better. STATUS_DIVERGED when not a single check gave a usable model.
Status trainer_run(const TrainerOptions *options, const Dataset *dataset, const char *path,
                   TrainerResult *result, Diagnostic *diagnostic);

#endif
