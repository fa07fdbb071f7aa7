// SPDX-License-Identifier: ISC
// What a model learns from: one or more pairs of recordings, checked, aligned and split into what
// is trained on and what is held out for validation.
#ifndef GRUFF_TRAINING_DATASET_H
#define GRUFF_TRAINING_DATASET_H

#include <stddef.h>

#include "dsp/model.h"
#include "dsp/status.h"
#include "training/loss.h"

enum { DATASET_NOTES = 4 };

// Frames begin .. end - 1.
typedef struct Range {
    size_t begin, end;
} Range;

// A pair: what went into the device and what came out, sample beside sample.
typedef struct Recording {
    size_t frames;                // of both
    const float *input;           // [frames] dry
    const float *target;          // [frames] what the device made of it
    float knobs[MODEL_MAX_KNOBS]; // where the device's knobs stood
    Range training, validation;   // may be empty; they do not overlap

    // Where the samples above lie, owned. NULL: an earlier recording owns the same input.
    float *input_memory, *target_memory;
} Recording;

typedef struct Dataset {
    int rate; // Hz, of all recordings
    int count;
    Recording *recordings; // [count], owned
    int knobs;             // that the recordings differ in: 0 to MODEL_MAX_KNOBS
    Knob knob[MODEL_MAX_KNOBS];
    size_t training_frames;   // of all recordings
    size_t validation_frames; // the same
    double energy;            // mean square of the training targets
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

// Mean square of the training targets after `filter`.
double dataset_energy(const Dataset *dataset, const LossFilter *filter);

// A place in the training audio.
typedef struct Place {
    const Recording *recording;
    size_t frame;
} Place;

// The place that `share` in [0, 1) points to among all that have `before` frames of training audio
// before them and `length` frames from them on. Every such place is equally likely for a uniform
// `share`. There is one for anything up to a second altogether.
Place dataset_draw(const Dataset *dataset, double share, size_t before, size_t length);

#endif
