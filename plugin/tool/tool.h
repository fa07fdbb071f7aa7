// SPDX-License-Identifier: ISC
// The subcommands of gruff-model. Each prints its result on standard output when it
// succeeds, and nothing otherwise; main prints diagnostics and exits.
#ifndef GRUFF_PLUGIN_TOOL_TOOL_H
#define GRUFF_PLUGIN_TOOL_TOOL_H

#include "dsp/base/status.h"
#include "plugin/tool/arguments.h"

// render MODEL IN OUT: the model alone, or the whole chain, over a file of any rate.
Status tool_render(const Arguments *arguments, Diagnostic *diagnostic);

// compare REFERENCE OTHER: how far one file is from another.
Status tool_compare(const Arguments *arguments, Diagnostic *diagnostic);

// info MODEL: what is in a model file.
Status tool_info(const Arguments *arguments, Diagnostic *diagnostic);

// check MODEL: its self-test, whether it stays bounded whatever comes in, and how it behaves away
// from its recording. A failed self-test or an unbounded output is STATUS_BAD_MODEL; the result is
// printed all the same.
Status tool_check(const Arguments *arguments, Diagnostic *diagnostic);

// convert IN OUT: any model that can be read, as Keras JSON.
Status tool_convert(const Arguments *arguments, Diagnostic *diagnostic);

// bench [MODEL]: how long engines take, beside what this machine can do. Prints as it goes.
Status tool_bench(const Arguments *arguments, Diagnostic *diagnostic);

#endif
