// SPDX-License-Identifier: ISC
// The screen of the standalone host: meters, controls and files in a terminal, and what its keys
// do. Main's thread.
#ifndef GRUFF_PLUGIN_STANDALONE_SCREEN_SCREEN_H
#define GRUFF_PLUGIN_STANDALONE_SCREEN_SCREEN_H

#include <stdbool.h>

#include "plugin/standalone/main_loop.h"
#include "plugin/standalone/midi.h"
#include "plugin/standalone/notices.h"
#include "plugin/standalone/player.h"
#include "plugin/standalone/presets.h"

typedef struct Screen Screen;

// What it is the screen of.
typedef struct ScreenOf {
    Player *player;
    Notices *notices;
    Presets *presets; // NULL: there are none
    Midi *midi;       // NULL: not listened to
} ScreenOf;

// What --help says of it.
extern const char screen_help[];

// Whether there is a terminal to show it.
bool screen_can_be(void);

// A screen, which takes the terminal, and the notices, when it is first polled: what went
// wrong before that is still to be read there. What it is of stays the caller's. The caller owns
// *screen.
Status screen_new(Screen **screen, const ScreenOf *of, Diagnostic *diagnostic);

// For main_loop_run; its data is the Screen.
LoopTask screen_task(Screen *screen);

// Gives the terminal back as it was. NULL is fine.
void screen_free(Screen *screen);

#endif
