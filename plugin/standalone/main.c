// SPDX-License-Identifier: ISC
// gruff: plays a guitar through a model, live.
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "plugin/standalone/host.h"
#include "plugin/standalone/options.h"

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
    } else if (options.presets) {
        good = host_list_presets();
    } else {
        good = host_play(&options);
    }
    return fflush(stdout) == 0 && good ? EXIT_SUCCESS : EXIT_FAILURE;
}
