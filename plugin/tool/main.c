// SPDX-License-Identifier: ISC
// gruff-model: looks into, renders with and measures models.
#include <stdio.h>
#include <stdlib.h>

#include "dsp/network/isa_choice.h"
#include "plugin/tool/options.h"
#include "plugin/tool/tool.h"

enum { EXIT_USAGE = 2 };

typedef Status (*Run)(const Arguments *arguments, Diagnostic *diagnostic);

static const Run runs[] = {
    [TOOL_RENDER] = tool_render, [TOOL_COMPARE] = tool_compare, [TOOL_INFO] = tool_info,
    [TOOL_CHECK] = tool_check,   [TOOL_CONVERT] = tool_convert, [TOOL_BENCH] = tool_bench,
};

static int run_program(int argc, char **argv) {
    Arguments arguments = {.isa = isa_best()};
    ToolCommand command = TOOL_INFO;
    OptionRest rest;
    Diagnostic diagnostic = {""};
    Status status = tool_read_options(&arguments, &command, argc, argv, &rest, &diagnostic);
    if (status == STATUS_OK) {
        status = isa_check_environment(&diagnostic);
    }
    if (status != STATUS_OK) {
        fprintf(stderr, "gruff-model: %s; see gruff-model --help\n", diagnostic.text);
        return EXIT_USAGE;
    }
    if (options_answer(&tool_program, &rest, GRUFF_VERSION, stdout)) {
        return EXIT_SUCCESS;
    }
    status = runs[command](&arguments, &diagnostic);
    if (status != STATUS_OK) {
        fprintf(stderr, "gruff-model: %s\n", diagnostic.text);
        return status == STATUS_BAD_ARGUMENT ? EXIT_USAGE : EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}

int main(int argc, char **argv) {
    return options_end(&tool_program, run_program(argc, argv), stdout, stderr);
}
