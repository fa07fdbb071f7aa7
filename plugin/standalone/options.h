// SPDX-License-Identifier: ISC
// The command line of the standalone host; the options of controls come from their table.
#ifndef GRUFF_PLUGIN_STANDALONE_OPTIONS_H
#define GRUFF_PLUGIN_STANDALONE_OPTIONS_H

#include <stdbool.h>

#include "dsp/base/status.h"
#include "dsp/chain/controls.h"
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
    const char *midi_map;      // file; NULL: the user's own
    int learn;                 // a ControlId that the next MIDI controller is to turn; -1: none
    int osc;                   // UDP port, 0 for a free one; -1: no OSC
    bool osc_any;              // from any address, not only from this machine
    bool presets;              // list them, and end
    bool forgetful;            // neither restores the last session nor keeps this one
    bool given[CONTROL_COUNT]; // which of the controls
    float controls[CONTROL_COUNT];
} Options;

// Reads the command line; STATUS_BAD_ARGUMENT with what is wrong. Text stays argv's.
Status options_read(Options *options, int argc, char **argv, Diagnostic *diagnostic);

// Prints the help text to standard output.
void options_print_help(void);

#endif
