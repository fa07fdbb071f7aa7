// SPDX-License-Identifier: ISC
// The command line of the standalone host; the options of controls come from their table.
#ifndef GRUFF_PLUGIN_STANDALONE_OPTIONS_H
#define GRUFF_PLUGIN_STANDALONE_OPTIONS_H

#include <stdbool.h>

#include "dsp/base/status.h"
#include "dsp/chain/control_options.h"
#include "plugin/backend/setup_options.h"
#include "plugin/standalone/comparison.h"

typedef struct Options {
    const char *model;          // NULL: the last session's, or the plugin's own
    const char *preset;         // NULL: none
    const char *save;           // the name of a preset to save what would play as; NULL: play
    const char *cabinet;        // an impulse response; NULL: none
    const char *input, *target; // a pair of recordings to compare the model with; NULL: play live
    Listening listening;        // then
    bool no_screen;
    SetupOptions backend;
    const char *midi_map; // file; NULL: the user's own
    int learn;            // a ControlId that the next MIDI controller is to turn; -1: none
    int osc;              // UDP port, 0 for a free one; -1: no OSC
    bool osc_any;         // from any address, not only from this machine
    bool presets;         // list them, and end
    bool no_session;      // neither restores the last session nor keeps this one
    ControlValues controls;
} Options;

// The table of its options; it fills an Options.
extern const OptionProgram standalone_program;

// Reads the command line; STATUS_BAD_ARGUMENT with what is wrong. Text stays argv's. When *rest
// says that help or the version was asked for, no more was read.
Status options_read(Options *options, int argc, char **argv, OptionRest *rest,
                    Diagnostic *diagnostic);

#endif
