// SPDX-License-Identifier: ISC
// How the learning rate and the contraction go over a run.
#ifndef GRUFF_TRAINING_LEARNING_SCHEDULE_H
#define GRUFF_TRAINING_LEARNING_SCHEDULE_H

#include "training/learning/trainer_options.h"

// The peak learning rate of a run with these options: unless it is given, the longer the run, the
// lower.
double schedule_peak(const TrainerOptions *options);

// The learning rate when `fraction` (0 to 1) of the run is done and `updates` were made, counted in
// short segments: a rise at first, then as the schedule is.
double schedule_rate(const TrainerOptions *options, double fraction, double updates);

// The contraction's share when `fraction` of the run is done: little at first, when the network is
// still to find its way, all that the options say at the end.
double schedule_contraction(const TrainerOptions *options, double fraction);

// The same of the sines that are to have harmonics alone.
double schedule_antialias(const TrainerOptions *options, double fraction);

#endif
