// SPDX-License-Identifier: ISC
// The options that choose and set up a backend, the same in every program.
#ifndef GRUFF_PLUGIN_BACKEND_SETUP_OPTIONS_H
#define GRUFF_PLUGIN_BACKEND_SETUP_OPTIONS_H

#include <getopt.h>

#include "plugin/backend/backend.h"

enum { SETUP_OPTION_FIRST = 1000, SETUP_OPTION_COUNT = 8 };

// For getopt_long: --backend, --device, --output-device, --rate, --period, --name, --connect,
// --no-connect; their values start at SETUP_OPTION_FIRST.
extern const struct option setup_options[SETUP_OPTION_COUNT];

// Their part of a help text.
extern const char setup_help[];

// Takes one of them; `kind` is where --backend goes. STATUS_BAD_ARGUMENT with what is wrong.
Status setup_take(BackendSetup *setup, const BackendKind **kind, int option, const char *value,
                  Diagnostic *diagnostic);

// A whole number from `least` to `most`, of the option --`name`.
Status setup_number(int *number, const char *name, const char *text, int least, int most,
                    Diagnostic *diagnostic);

#endif
