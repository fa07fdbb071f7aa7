// SPDX-License-Identifier: ISC
// What a trained model's file says beside the weights: names, knobs, levels, the training's record
// and a test that other programs can replay.
#ifndef GRUFF_TRAINING_LEARNING_EXPORT_H
#define GRUFF_TRAINING_LEARNING_EXPORT_H

#include <stdint.h>

#include "dsp/base/status.h"
#include "dsp/measures/divergence.h"
#include "dsp/network/model.h"
#include "training/data/dataset.h"

enum { EXPORT_TEST = 2048 }; // frames of the test

// What only the user knows. Texts are cut to MODEL_TEXT - 1 bytes, '?' stands for what is not
// UTF-8; "" when not told.
typedef struct Labels {
    const char *name, *author, *license;
    const char *gear;        // the device that was modelled
    double input_level_dbu;  // see ModelInfo; NaN when not told
    double output_level_dbu; // the same
} Labels;

// How the weights came about.
typedef struct TrainingRecord {
    double esr;    // validation ESR
    double epochs; // passes over the training audio
    double
        seconds; // 0 when it is to stay out of the file, so that a run can be repeated to the byte
    uint64_t seed;
    const Divergence *calmness; // how it stays calm; NULL: nobody asked
} TrainingRecord;

// No texts, no levels.
Labels labels_none(void);

// Tells a `model` that has its weights (network_model) and is not shared yet what it plays with:
// the dataset's knobs, and the gains to and from the level that it was trained at.
void export_fit(Model *model, const Dataset *dataset);

// The same and all the rest: labels, record, the loudness, a while of silence to settle in (the
// network's answer to silence from a zero state is a click, and no part of the device), and a test
// of EXPORT_TEST frames (the part of the held-out input with the most energy, through the scalar
// engine as ModelTest asks for it).
Status export_describe(Model *model, const Labels *labels, const TrainingRecord *record,
                       const Dataset *dataset, Diagnostic *diagnostic);

#endif
