// SPDX-License-Identifier: ISC
// The controls on command lines: an option for each, and the words of those that name one. Main's
// thread.
#ifndef GRUFF_DSP_CHAIN_CONTROL_OPTIONS_H
#define GRUFF_DSP_CHAIN_CONTROL_OPTIONS_H

#include "dsp/base/options.h"
#include "dsp/chain/controls.h"

// What they fill.
typedef struct ControlValues {
    float values[CONTROL_COUNT]; // of those that were given
    bool given[CONTROL_COUNT];
} ControlValues;

// "--SYMBOL VALUE" for each of the CONTROL_COUNT controls, in their order; fills a ControlValues.
const Option *control_options(void);

// Their symbols, with names, ranges and initial values as help.
const OptionWord *control_words(void);

// For an option "--set SYMBOL=VALUE" that fills a ControlValues.
Status control_take_pair(void *place, const Option *option, const char *text,
                         Diagnostic *diagnostic);

// Sets one of them from text.
Status control_values_read(ControlValues *values, ControlId id, const char *text,
                           Diagnostic *diagnostic);

#endif
