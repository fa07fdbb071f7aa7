// SPDX-License-Identifier: ISC
// Where the command line puts a model's knobs (--knob NAME=VALUE).
#ifndef GRUFF_PLUGIN_TOOL_KNOBS_H
#define GRUFF_PLUGIN_TOOL_KNOBS_H

#include "dsp/network/model.h"
#include "plugin/tool/arguments.h"

typedef struct Knobs {
    bool given[MODEL_MAX_KNOBS];
    float value[MODEL_MAX_KNOBS]; // of those that are given
} Knobs;

// Of the model that arguments->operands[0] names. STATUS_BAD_ARGUMENT for a knob that it does not
// have, or a value beyond the knob's range.
Status knobs_read(Knobs *knobs, const Model *model, const Arguments *arguments,
                  Diagnostic *diagnostic);

#endif
