// SPDX-License-Identifier: ISC
// gruff: plays a guitar through a model, live.
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "plugin/standalone/backend.h"
#include "plugin/standalone/options.h"
#include "plugin/standalone/player.h"

enum { EXIT_USAGE = 2 };

// Lists the devices of all backends, or of the one that was asked for.
static bool list(const Options *options) {
    bool any = false;
    for (int i = 0; backends[i]; i++) {
        Diagnostic diagnostic = {""};
        if (options->kind && options->kind != backends[i]) {
            continue;
        }
        if (backends[i]->list(&diagnostic) == STATUS_OK) {
            any = true;
        } else {
            fprintf(stderr, "gruff: %s\n", diagnostic.text);
        }
    }
    return any;
}

int main(int argc, char **argv) {
    Options options;
    Diagnostic diagnostic = {""};
    if (options_read(&options, argc, argv, &diagnostic) != STATUS_OK) {
        fprintf(stderr, "gruff: %s; see gruff --help\n", diagnostic.text);
        return EXIT_USAGE;
    }
    bool good = true;
    if (options.version) {
        puts("gruff " GRUFF_VERSION);
    } else if (options.help) {
        options_print_help();
    } else if (options.list) {
        good = list(&options);
    } else {
        good = player_perform(&options);
    }
    return fflush(stdout) == 0 && good ? EXIT_SUCCESS : EXIT_FAILURE;
}
