// SPDX-License-Identifier: ISC
// The command line of gruff-train.
#ifndef GRUFF_TRAINING_ARGUMENTS_H
#define GRUFF_TRAINING_ARGUMENTS_H

#include <stdbool.h>

#include "dsp/base/options.h"
#include "training/data/dataset_read.h"
#include "training/learning/trainer_options.h"

typedef struct Arguments {
    const char *const *paths; // what to train on: see training/data/source_find.h
    int path_count;
    const char *output; // the model file
    bool quiet;
    bool json;    // one object at the end, and nothing else
    bool check;   // the recordings alone
    bool no_fits; // the delay is found without fits
    DatasetOptions data;
    TrainerOptions options;
} Arguments;

// The table of its options; it fills an Arguments.
extern const OptionProgram arguments_program;

// Fills *arguments from the command line: a preset first, wherever it stands, then the rest over
// it. STATUS_BAD_ARGUMENT with what is wrong. Texts stay argv's. When *rest says that help or the
// version was asked for, no more was read.
Status arguments_read(Arguments *arguments, int argc, char **argv, OptionRest *rest,
                      Diagnostic *diagnostic);

#endif
