// SPDX-License-Identifier: ISC
// Shows a training run: one line in place on a terminal, plain lines at each check in a log.
#ifndef GRUFF_TRAINING_PROGRESS_H
#define GRUFF_TRAINING_PROGRESS_H

#include <stdbool.h>
#include <stdio.h>

#include "training/learning/trainer_options.h"

typedef struct ProgressLine {
    FILE *stream;
    bool terminal; // lines are overwritten in place
} ProgressLine;

// For trainer_run's `progress`; `context` is a ProgressLine.
void progress_show(void *context, const TrainerProgress *progress);

// Leaves the line that was written in place.
void progress_end(const ProgressLine *line);

#endif
