// SPDX-License-Identifier: ISC
// What a training run is to do, and what it tells meanwhile.
#ifndef GRUFF_TRAINING_LEARNING_TRAINER_OPTIONS_H
#define GRUFF_TRAINING_LEARNING_TRAINER_OPTIONS_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "dsp/base/status.h"
#include "training/learning/batch.h"
#include "training/learning/export.h"
#include "training/learning/learner.h"

typedef struct TrainerProgress {
    double fraction;     // of the run, 0 to 1
    double epoch;        // passes over the training audio so far
    double epochs;       // expected in all
    double updates;      // of the network in training, in short segments
    double seconds;      // spent so far
    double seconds_left; // estimate
    double loss;         // mean of the training loss since the last check
    double esr;          // validation ESR of the last check; negative before the first
    double best;         // best validation ESR so far, that of the initial weights at first
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
    double rate; // peak learning rate; 0: schedule_peak decides
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

// The options that a user gets without asking.
TrainerOptions trainer_defaults(void);

// STATUS_BAD_ARGUMENT for what makes no sense.
Status trainer_options_check(const TrainerOptions *options, Diagnostic *diagnostic);

#endif
