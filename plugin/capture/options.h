// SPDX-License-Identifier: ISC
// The command line of gruff-capture.
#ifndef GRUFF_PLUGIN_CAPTURE_OPTIONS_H
#define GRUFF_PLUGIN_CAPTURE_OPTIONS_H

#include <stdbool.h>

#include "plugin/backend/setup_options.h"
#include "plugin/capture/manifest.h"

typedef struct Options {
    const char *output;      // the files' names are this with -input.wav and -target.wav
    const char *signal;      // a WAV to play; NULL: our own
    const char *signal_file; // to write our own signal to, and no more
    const char *list;        // CSV; NULL: OUTPUT's folder/list.csv when there are knobs
    int seconds;             // of the guitar in our own signal
    int level;               // its peak, dBFS
    KnobSetting knobs[MODEL_MAX_KNOBS];
    int knob_count;
    SetupOptions backend;
    bool dry_run, force;
} Options;

// The table of its options; it fills an Options.
extern const OptionProgram capture_program;

// Reads the command line; STATUS_BAD_ARGUMENT with what is wrong. Text stays argv's. When *rest
// says that help or the version was asked for, no more was read.
Status options_read(Options *options, int argc, char **argv, OptionRest *rest,
                    Diagnostic *diagnostic);

#endif
