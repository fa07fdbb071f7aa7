// SPDX-License-Identifier: ISC
// gruff: plays a guitar through a model, live.
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "dsp/network/isa_choice.h"
#include "plugin/standalone/host.h"
#include "plugin/standalone/options.h"
#include "plugin/standalone/screen/screen.h"

enum { EXIT_USAGE = 2 };

int main(int argc, char **argv) {
    Options options;
    OptionRest rest;
    Diagnostic diagnostic = {""};
    Status status = options_read(&options, argc, argv, &rest, &diagnostic);
    if (status == STATUS_OK && options_answer(&standalone_program, &rest, GRUFF_VERSION, stdout)) {
        if (rest.help) {
            printf("\n%s", screen_help);
        }
        return options_end(&standalone_program, EXIT_SUCCESS, stdout, stderr);
    }
    if (status == STATUS_OK) {
        status = isa_check_environment(&diagnostic);
    }
    if (status == STATUS_OK) {
        status = backend_choose(&options.backend.kind, options.backend.name, &diagnostic);
    }
    if (status != STATUS_OK) {
        fprintf(stderr, "gruff: %s; see gruff --help\n", diagnostic.text);
        return EXIT_USAGE;
    }
    bool good = true;
    if (options.backend.list) {
        good = backend_list(options.backend.kind, "gruff");
    } else if (options.presets) {
        good = host_list_presets();
    } else {
        good = host_play(&options);
    }
    return options_end(&standalone_program, good ? EXIT_SUCCESS : EXIT_FAILURE, stdout, stderr);
}
