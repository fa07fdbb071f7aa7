// SPDX-License-Identifier: ISC
// The host's one loop: from the start until a signal or a key ends it.
#ifndef GRUFF_PLUGIN_STANDALONE_MAIN_LOOP_H
#define GRUFF_PLUGIN_STANDALONE_MAIN_LOOP_H

#include <stdbool.h>

#include "plugin/standalone/player.h"

// What else wants to be called while it plays: keys and screen, MIDI, OSC.
typedef struct LoopTask {
    // Does what is to be done now; false: end the host. Called some 200 times a second.
    bool (*poll)(void *data);
    void *data;
} LoopTask;

// The signals that end the host come only here from now on. Call it before there are other threads:
// they inherit that.
void main_loop_hold_signals(void);

// Plays; false when nothing could be played. Waits for a server or a device that goes away to come
// back, and sums up in the end.
bool main_loop_run(Player *player, Notices *notices, const LoopTask *tasks, int count);

#endif
