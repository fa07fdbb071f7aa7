// SPDX-License-Identifier: ISC
// A model in the gallery: how it does on the recordings of its device that are only for tests.
#ifndef GRUFF_TRAINING_GALLERY_ENTRY_H
#define GRUFF_TRAINING_GALLERY_ENTRY_H

#include <stdbool.h>
#include <stddef.h>

#include "dsp/base/status.h"
#include "dsp/measures/measure.h"
#include "dsp/network/model.h"

// A test recording and what the model makes of it, sample beside sample.
typedef struct EntryTest {
    bool unseen;                          // the knobs stood where they never did in the training
    float knobs[MODEL_MAX_KNOBS];         // in the order of the model's
    size_t frames;                        // of what can be compared
    const float *input, *target, *output; // [frames], in:
    float *memory[3];                     // owned
    Measure measure;                      // of output against target
} EntryTest;

typedef struct GalleryEntry {
    Model *model; // owned
    int rate;     // Hz, of model and recordings
    int count;
    EntryTest *tests;   // [count], owned, in the order of the list
    double trained;     // ESR of all recordings with trained settings together, by energy;
    double unseen;      // the same of the others; NaN where there are none
    double engine_time; // s of CPU for a sample
} GalleryEntry;

// Reads the model and the recordings of the list (training/data/source_find.h; its knobs carry the
// names of the model's), and plays them. End with entry_clear; on failure *entry is all zero and
// the diagnostic names file and cause.
Status entry_read(GalleryEntry *entry, const char *model, const char *list, Diagnostic *diagnostic);
void entry_clear(GalleryEntry *entry);

// Puts "Drive 0.5, Tone 1" into text[size]: where the knobs stood.
void entry_setting(char *text, size_t size, const GalleryEntry *entry, const EntryTest *test);

#endif
