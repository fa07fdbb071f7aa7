// SPDX-License-Identifier: ISC
// A pair of recordings, checked and split: the first part is for training, the last is held out
// for validation.
#ifndef GRUFF_TRAINING_DATASET_H
#define GRUFF_TRAINING_DATASET_H

#include <stddef.h>

#include "dsp/status.h"

enum { DATASET_NOTES = 4 };

typedef struct Dataset {
    int rate;      // Hz
    size_t frames; // of both recordings
    float *input;  // [frames] dry, owned
    float *target; // [frames] what the device made of it, owned
    size_t split;  // frames before it are for training, from it on for validation
    double energy; // mean square of the training target
    int note_count;
    char notes[DATASET_NOTES][256]; // what the user should know, a line each
} Dataset;

// Reads and checks the pair. Refused, with a line that says why: files that cannot be read, NaN,
// different rates, lengths more than a second apart, less than 30 s, silence, input identical to
// the target. End with dataset_clear; on failure *dataset is all zero.
Status dataset_read(Dataset *dataset, const char *input, const char *target,
                    Diagnostic *diagnostic);

// The same from memory; copies both recordings. The names stand in diagnostics.
Status dataset_make(Dataset *dataset, const float *input, const float *target, size_t frames,
                    int rate, Diagnostic *diagnostic);

// All zero is fine.
void dataset_clear(Dataset *dataset);

#endif
