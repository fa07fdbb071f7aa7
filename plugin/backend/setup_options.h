// SPDX-License-Identifier: ISC
// The options that choose and set up a backend, the same in every program.
#ifndef GRUFF_PLUGIN_BACKEND_SETUP_OPTIONS_H
#define GRUFF_PLUGIN_BACKEND_SETUP_OPTIONS_H

#include "dsp/base/options.h"
#include "plugin/backend/backend.h"

enum { SETUP_OPTION_COUNT = 8 };

// What they say.
typedef struct SetupOptions {
    const char *name;        // of the kind, as it was typed; NULL: none was named
    const BackendKind *kind; // of that name, by backend_choose; NULL: the first that there is
    BackendSetup setup;
    bool list; // show the devices, and end
} SetupOptions;

// --backend, --device, --output-device, --rate, --period, --name, --no-connect and --connect, which
// fill a SetupOptions.
extern const Option setup_options[SETUP_OPTION_COUNT];

#endif
