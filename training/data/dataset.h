// SPDX-License-Identifier: ISC
// What a model learns from: one or more pairs of recordings, checked, aligned and split into what
// is trained on and what is held out for validation.
#ifndef GRUFF_TRAINING_DATA_DATASET_H
#define GRUFF_TRAINING_DATA_DATASET_H

#include <stdbool.h>
#include <stddef.h>

#include "dsp/base/random.h"
#include "dsp/base/status.h"
#include "dsp/network/model.h"
#include "training/data/checks.h"
#include "training/data/ranges.h"
#include "training/data/repair.h"
#include "training/data/source.h"

// A pair: what went into the device and what came out, sample beside sample.
typedef struct Recording {
    size_t frames;                // of both
    const float *input;           // [frames] dry
    const float *target;          // [frames] what the device made of it
    float knobs[MODEL_MAX_KNOBS]; // where the device's knobs stood
    size_t signals;               // frames of test signals at its start, not to be trained on
    Ranges unusable;              // frames that are neither trained on nor held out
    Ranges training, validation;  // may be empty; they do not overlap
    int latency;                  // samples that the target was late, which are taken out
    char name[MODEL_TEXT];        // of the target's file, without its folder
    Checks checks;

    int cuts;           // places where something was left out of both sides: silence, dropouts.
    Cut cut[CUTS_MOST]; // Frames count what is there; recording_place tells what they were before

    // Where the samples above lie, owned, and how many there are. NULL: an earlier recording owns
    // the same input; of what was repaired, nothing was.
    float *input_memory, *target_memory, *repaired_memory;
    size_t input_length, target_length, repaired_length;
} Recording;

typedef struct Dataset {
    int rate;              // Hz, of all recordings
    int count;             // to train on and to validate with
    int tests;             // only for the finished model
    Recording *recordings; // [count + tests], owned; what is for tests comes last
    int knobs;             // that the recordings differ in: 0 to MODEL_MAX_KNOBS
    Knob knob[MODEL_MAX_KNOBS];
    size_t training_frames;    // of all recordings
    size_t validation_frames;  // the same
    double energy;             // mean square of the training targets
    double input_gain;         // dB that the inputs were raised by since they were read
    double target_gain;        // the same of the targets
    struct Coverage *coverage; // training/data/coverage.h; owned; NULL: was not measured
} Dataset;

// One pair from memory, as it is: copies both recordings; only what they hold is checked. The
// names stand in diagnostics.
Status dataset_make(Dataset *dataset, const float *input, const float *target, size_t frames,
                    int rate, Diagnostic *diagnostic);

// For those who fill one: room for `count` recordings, all zero; and, once their samples and
// splits are there, the figures over all of them. STATUS_BAD_AUDIO when too little is left to train
// on or to validate with.
Status dataset_room(Dataset *dataset, int count, Diagnostic *diagnostic);
Status dataset_finish(Dataset *dataset, bool force, Diagnostic *diagnostic);

// Sets what of `recording` is trained on and what is held out; `signals` and `unusable` must be
// known. SPLIT_AUTO holds out the section at its end that is meant for it, or what split_by_sound
// chooses (training/data/split.h).
Status dataset_split(Recording *recording, int rate, SourceSplit split, Diagnostic *diagnostic);

// A stretch of held-out audio.
typedef struct HeldOut {
    const Recording *recording;
    Range range;
    size_t before; // frames of held-out audio before it, over all recordings
    int next;      // private
} HeldOut;

// The first stretch of held-out audio after `held`, which is all zero at first; false after the
// last. They come recording by recording, each from its beginning to its end.
bool dataset_next_held_out(const Dataset *dataset, HeldOut *held);

// How many of them there are.
int dataset_held_out_count(const Dataset *dataset);

// The frame of the input's file that frame `at` of the recording is.
size_t recording_place(const Recording *recording, size_t at);

// Brings the samples back to the level at which they were read, but for rounding.
void dataset_undo_gains(Dataset *dataset);

// All zero is fine.
void dataset_clear(Dataset *dataset);

// A place in the training audio.
typedef struct Place {
    const Recording *recording;
    size_t frame;
} Place;

// The place that `share` in [0, 1) points to among all that have `before` frames of training audio
// before them and `length` frames from them on. Every such place is equally likely for a uniform
// `share`. There is one for anything up to a second altogether.
Place dataset_draw(const Dataset *dataset, double share, size_t before, size_t length);

// Puts the dataset's knobs anywhere in their ranges: what is between the recorded settings is
// played, too.
void dataset_draw_knobs(const Dataset *dataset, float *knobs, Random *random);

#endif
