// SPDX-License-Identifier: ISC
// Recordings from files, made ready to be learnt from.
#ifndef GRUFF_TRAINING_DATA_DATASET_READ_H
#define GRUFF_TRAINING_DATA_DATASET_READ_H

#include <stdbool.h>

#include "training/data/dataset.h"

typedef struct DatasetOptions {
    bool latency_given;                   // `latency` stands
    int latency;                          // samples; otherwise it is found,
    bool late;                            // as align has it
    int channel[2];                       // of input and target, from 1; 0: the one with the sound
    bool keep_signals;                    // train on test signals, too
    DelayFits *fits;                      // for that; NULL: quicker, less exact
    bool force;                           // go on where a check refuses
    bool checks_only;                     // nothing is trained: refusals stand in the checks
    const char *test_input, *test_target; // one more pair for tests; NULL: none
    const char *output;                   // must be none of the files that are read; NULL: nothing
    int threads;                          // 1 and up
} DatasetOptions;

// Reads, aligns, checks and splits what `paths` stand for (see training/data/source_find.h). A file
// that cannot be read or has a NaN in it, and rates that differ between pairs, always fail; with
// STATUS_BAD_AUDIO, and the first refusal as the diagnostic, so does what a check refuses, unless
// forced, or only the checks are wanted. STATUS_BAD_ARGUMENT when `output` would replace one of the
// files. End with dataset_clear; on failure *dataset is all zero.
Status dataset_read(Dataset *dataset, const char *const *paths, int count,
                    const DatasetOptions *options, Diagnostic *diagnostic);

#endif
