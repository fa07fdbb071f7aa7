// SPDX-License-Identifier: ISC
// The list of pairs that gruff-train learns knobs from: CSV, with a column for each knob.
#ifndef GRUFF_PLUGIN_CAPTURE_MANIFEST_H
#define GRUFF_PLUGIN_CAPTURE_MANIFEST_H

#include "dsp/base/status.h"
#include "dsp/network/model.h"

typedef struct KnobSetting {
    char name[MODEL_TEXT];
    double value;
} KnobSetting;

// Adds a line for the files `input` and `target`, relative to the list's folder, to the list
// `path`, which is made when it is not there. A line for the same input is replaced. The knobs must
// be those of the list, in any order, and the list one that can be read: STATUS_BAD_ARGUMENT. It
// changes whole or not at all.
Status manifest_add(const char *path, const char *input, const char *target,
                    const KnobSetting *knobs, int count, Diagnostic *diagnostic);

// What manifest_add would say of these, but for writing: nothing is changed.
Status manifest_check(const char *path, const char *input, const char *target,
                      const KnobSetting *knobs, int count, Diagnostic *diagnostic);

#endif
