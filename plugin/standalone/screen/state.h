// SPDX-License-Identifier: ISC
// What the screen shows, and what its keys change: screen.c owns it, the other parts of the screen
// read it, draw it or change it. Main's thread.
#ifndef GRUFF_PLUGIN_STANDALONE_SCREEN_STATE_H
#define GRUFF_PLUGIN_STANDALONE_SCREEN_STATE_H

#include <stdbool.h>

#include "plugin/standalone/midi.h"
#include "plugin/standalone/notices.h"
#include "plugin/standalone/player.h"
#include "plugin/standalone/presets.h"
#include "plugin/standalone/screen/browser.h"
#include "plugin/standalone/screen/dial.h"
#include "plugin/standalone/screen/level_meter.h"

enum {
    SCREEN_LINE = 64,    // bytes of what is typed
    SCREEN_PRESET = 256, // bytes of a preset's name
};

// What the keys go to.
typedef enum Mode { MODE_CONTROLS, MODE_TYPING, MODE_LIST, MODE_HELP, MODE_PAIR } Mode;

typedef struct Screen {
    Player *player;
    Notices *notices;
    Presets *presets;
    Midi *midi;
    bool tried, open; // to take the terminal; it is taken
    bool over;        // a key ended the host
    bool stale;       // the picture is
    double drawn;     // when, by clock_now
    PlayerMeters meters;
    LevelMeter in, out;
    float load; // now, in %
    ControlId chosen;
    Mode mode;
    char line[SCREEN_LINE]; // what is typed
    bool naming;            // a preset, instead of a value
    enum { LISTING_FILES, LISTING_PRESETS } listing;
    Browser browser;
    List presets_list;
    char preset[SCREEN_PRESET]; // that was chosen last; "": none
    int help_from;              // the first line of it that is seen
} Screen;

// The control, as it stands.
Dial screen_dial(const Screen *screen, ControlId id);

#endif
