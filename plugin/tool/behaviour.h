// SPDX-License-Identifier: ISC
// How a model behaves away from what it was trained on, measured, as text and as JSON.
#ifndef GRUFF_PLUGIN_TOOL_BEHAVIOUR_H
#define GRUFF_PLUGIN_TOOL_BEHAVIOUR_H

#include "dsp/files/models/tree.h"
#include "dsp/measures/behaviour.h"

// Prints the figures and the verdicts.
void behaviour_print(const Behaviour *behaviour);

// The same as an object; NULL when memory is short.
Tree *behaviour_describe(const Behaviour *behaviour);

#endif
