// SPDX-License-Identifier: ISC
// What the subcommands print in one way, and the model that they are about.
#ifndef GRUFF_PLUGIN_TOOL_OUTPUT_H
#define GRUFF_PLUGIN_TOOL_OUTPUT_H

#include <stdbool.h>

#include "dsp/base/status.h"
#include "dsp/files/models/tree.h"
#include "dsp/network/selftest.h"
#include "plugin/tool/arguments.h"

// Reads the model that is the first operand and replays its self-test, if it has one. A model that
// fails it can be used all the same; *test tells. On success the caller owns *model.
Status tool_read_model(Model **model, Selftest *test, const Arguments *arguments,
                       Diagnostic *diagnostic);

// A line about the self-test on standard output, if there was one.
void tool_print_test(const Selftest *test);

// The self-test as an object for JSON.
Tree *tool_describe_test(const Selftest *test);

// Prints `object` as JSON if it is whole, and frees it; STATUS_NO_MEMORY if it is not.
Status tool_print_json(Tree *object, bool whole, Diagnostic *diagnostic);

#endif
