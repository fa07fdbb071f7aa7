// SPDX-License-Identifier: ISC
// How MIDI and OSC ask for presets, without knowing where these come from. Main's thread.
#ifndef GRUFF_PLUGIN_STANDALONE_PRESET_CHOOSER_H
#define GRUFF_PLUGIN_STANDALONE_PRESET_CHOOSER_H

#include <stdbool.h>

// All zero: there are none.
typedef struct PresetChooser {
    // Chooses a preset by its number, from 0, or by its name; false when there is none.
    bool (*number)(void *data, int number);
    bool (*name)(void *data, const char *name);
    void *data;
} PresetChooser;

#endif
