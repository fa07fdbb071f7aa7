// SPDX-License-Identifier: ISC
// The last session: what played when the host ended plays when it starts again. Main's thread.
#ifndef GRUFF_PLUGIN_STANDALONE_SESSION_H
#define GRUFF_PLUGIN_STANDALONE_SESSION_H

#include <stdbool.h>

#include "plugin/standalone/presets.h"

enum { SESSION_PATH = 4096 };

typedef struct Session {
    char path[SESSION_PATH]; // of its file; "": it is not kept
    Presets *presets;
    Player *player;
    Notices *notices;
    double written; // when, by clock_now
    bool failed;    // to write it: said once, and tried again
    // What the file holds.
    float controls[CONTROL_COUNT];
    char files[FILE_KINDS][LOADER_PATH];
} Session;

// A session in $XDG_STATE_HOME/gruff/session.ttl (~/.local/state), of what `player` plays from now
// on. Not kept, and that is said, where no file can be.
void session_begin(Session *session, Presets *presets, Player *player, Notices *notices);

// Restores what the file holds, if there is one; false when there is none that can be read.
bool session_restore(Session *session);

// Writes the file when something has changed, not more often than every few seconds; a LoopTask's
// function, which always answers true.
bool session_poll(void *session);

// Writes it now, when something has changed.
void session_write(Session *session);

#endif
