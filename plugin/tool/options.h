// SPDX-License-Identifier: ISC
// The command line of gruff-model.
#ifndef GRUFF_PLUGIN_TOOL_OPTIONS_H
#define GRUFF_PLUGIN_TOOL_OPTIONS_H

#include "dsp/base/options.h"
#include "plugin/tool/tool.h"

// Its commands, in the order of the table.
typedef enum ToolCommand {
    TOOL_RENDER,
    TOOL_COMPARE,
    TOOL_INFO,
    TOOL_CHECK,
    TOOL_CONVERT,
    TOOL_BENCH
} ToolCommand;

// The table of its options; it fills an Arguments.
extern const OptionProgram tool_program;

// Fills *arguments, which has its defaults, from the command line. STATUS_BAD_ARGUMENT with what is
// wrong. Texts stay argv's. When *rest says that help or the version was asked for, *command and
// *arguments are not to be used.
Status tool_read_options(Arguments *arguments, ToolCommand *command, int argc, char **argv,
                         OptionRest *rest, Diagnostic *diagnostic);

#endif
