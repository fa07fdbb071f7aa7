// SPDX-License-Identifier: ISC
// gruff: plays a guitar through a model, live.
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "plugin/backend/backend.h"
#include "plugin/standalone/options.h"
#include "plugin/standalone/player.h"

enum { EXIT_USAGE = 2 };

int main(int argc, char **argv) {
    Options options;
    Diagnostic diagnostic = {""};
    if (options_read(&options, argc, argv, &diagnostic) != STATUS_OK) {
        fprintf(stderr, "gruff: %s; see gruff --help\n", diagnostic.text);
        return EXIT_USAGE;
    }
    bool good = true;
    if (options.backend.version) {
        puts("gruff " GRUFF_VERSION);
    } else if (options.backend.help) {
        options_print_help();
    } else if (options.backend.list) {
        good = backend_list(options.backend.kind, "gruff");
    } else {
        good = player_perform(&options);
    }
    return fflush(stdout) == 0 && good ? EXIT_SUCCESS : EXIT_FAILURE;
}
