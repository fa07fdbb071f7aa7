// SPDX-License-Identifier: ISC
// The options that choose and set up a backend, the same in every program.
#ifndef GRUFF_PLUGIN_BACKEND_SETUP_OPTIONS_H
#define GRUFF_PLUGIN_BACKEND_SETUP_OPTIONS_H

#include <getopt.h>

#include "plugin/backend/backend.h"

enum { SETUP_OPTION_COUNT = 12 };

// What they say.
typedef struct SetupOptions {
    const BackendKind *kind; // NULL: JACK if a server runs, else PortAudio
    BackendSetup setup;
    bool help, version, list; // then the rest does not count
} SetupOptions;

// For getopt_long: --help, --version, --list, --channel, --backend, --device, --output-device,
// --rate, --period, --name, --connect, --no-connect; their values are above 1000, but for 'h' and
// 'V'.
extern const struct option setup_options[SETUP_OPTION_COUNT];
#define SETUP_SHORT_OPTIONS ":hV"

// Their part of a help text.
extern const char setup_help[];

// Takes one of them, or getopt_long's ':' or '?', right after getopt_long. STATUS_BAD_ARGUMENT with
// what is wrong. Text stays argv's.
Status setup_take(SetupOptions *options, int option, char **argv, Diagnostic *diagnostic);

// A whole number from `least` to `most`, of the option --`name`.
Status setup_number(int *number, const char *name, const char *text, int least, int most,
                    Diagnostic *diagnostic);

#endif
