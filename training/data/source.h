// SPDX-License-Identifier: ISC
// Which files to train on: a pair, a folder of pairs, or a manifest.
//
//   INPUT TARGET    a pair
//   FOLDER          train/, val/ and test/ with NAME-input.wav and NAME-target.wav in them (Wright
//                   et al.); or input.wav and target.wav, and test-input.wav and test-target.wav
//   LIST.csv        a line of column names (input, target, split, knob names), then a line for each
//                   pair; paths are relative to the list; `split` is train, val or test; `seen` is
//                   yes or no, whether a test's setting was trained (training/gallery tells them
//                   apart); what else a column is named is a knob, and its cells are where it stood
//
// Test parts train nothing; the finished model is scored on them. WAV may as well be FLAC or AIFF.
#ifndef GRUFF_TRAINING_DATA_SOURCE_H
#define GRUFF_TRAINING_DATA_SOURCE_H

#include <stdbool.h>

#include "dsp/base/status.h"
#include "dsp/network/model.h"

typedef enum SourceSplit {
    SPLIT_AUTO,       // the last part is held out
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

// Finds the pairs that `paths` (one or two, as above) stand for. End with source_clear; on failure
// *source is all zero. STATUS_BAD_ARGUMENT names file and line of what makes no sense in a list.
Status source_find(Source *source, const char *const *paths, int count, Diagnostic *diagnostic);

// Adds a pair of files that the finished model is to be scored on.
Status source_add_test(Source *source, const char *input, const char *target,
                       Diagnostic *diagnostic);

void source_clear(Source *source);

#endif
