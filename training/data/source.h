// SPDX-License-Identifier: ISC
// Pairs of files to train on, to validate with and to test on.
#ifndef GRUFF_TRAINING_DATA_SOURCE_H
#define GRUFF_TRAINING_DATA_SOURCE_H

#include <stdbool.h>

#include "dsp/base/status.h"
#include "dsp/network/model.h"

typedef enum SourceSplit {
    SPLIT_AUTO,       // parts of it are held out
    SPLIT_TRAINING,   // all for training
    SPLIT_VALIDATION, // all held out
    SPLIT_TEST,       // for the finished model
} SourceSplit;

// A pair of files.
typedef struct SourcePair {
    char *input, *target; // paths, owned
    SourceSplit split;
    bool unseen; // its knobs stood where no training pair's did
    float knobs[MODEL_MAX_KNOBS];
} SourcePair;

typedef struct Source {
    int count, room;
    SourcePair *pairs; // [count], owned; test pairs come last
    int tests;         // how many of them these are
    int knobs;
    char knob_name[MODEL_MAX_KNOBS][MODEL_TEXT];
} Source;

// Adds a pair of files; both names are relative to `folder` ("": to where we are).
Status source_add(Source *source, const char *folder, const char *input, const char *target,
                  SourceSplit split, Diagnostic *diagnostic);

// Adds a pair of files that the finished model is to be scored on.
Status source_add_test(Source *source, const char *input, const char *target,
                       Diagnostic *diagnostic);

// The path of `name` in `folder`, or a copy of `name` where it says all; NULL: no memory. The
// caller frees it.
char *source_path(const char *folder, const char *name);

// All zero is fine.
void source_clear(Source *source);

#endif
