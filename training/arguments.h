// SPDX-License-Identifier: ISC
// The command line of gruff-train.
#ifndef GRUFF_TRAINING_ARGUMENTS_H
#define GRUFF_TRAINING_ARGUMENTS_H

#include <stdbool.h>

#include "training/learning/trainer.h"

enum { ARGUMENTS_GO_ON = -1, ARGUMENTS_WRONG = 2 };

typedef struct Arguments {
    const char *const *paths; // what to train on: see training/data/source.h
    int path_count;
    const char *output; // the model file
    bool quiet;
    bool json;      // one object at the end, and nothing else
    bool check;     // the recordings alone
    bool no_trials; // the delay is found without fits
    DatasetOptions data;
    TrainerOptions options;
} Arguments;

// Fills *arguments from the command line: a preset first, wherever it stands, then the rest over
// it. Gives ARGUMENTS_GO_ON, or the program's exit status after a text or a line that says what is
// wrong.
int arguments_read(Arguments *arguments, int argc, char **argv);

#endif
