// SPDX-License-Identifier: ISC
// What a key does in a mode of the screen, and the names of keys.
#ifndef GRUFF_PLUGIN_STANDALONE_SCREEN_ACTION_H
#define GRUFF_PLUGIN_STANDALONE_SCREEN_ACTION_H

#include "plugin/standalone/screen/state.h"

enum { ACTION_KEYS = 2 };

// An action of a mode: its keys (0: none), what it is called in one line of help, and in the line
// of hints at the bottom (NULL: not there). {{0}} ends a table of them.
typedef struct Action {
    int keys[ACTION_KEYS];
    const char *text, *hint;
    void (*act)(Screen *screen, int key);
} Action;

// The first of a table that has the key; NULL: none.
const Action *action_find(const Action *actions, int key);

// The name of a key, which may be put into `name`.
const char *action_key_name(int key, char name[SCREEN_LINE]);

// An action of many modes: back to the controls.
void action_leave(Screen *screen, int key);

#endif
