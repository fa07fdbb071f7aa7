// SPDX-License-Identifier: ISC
// What the keys do: a table of actions for each mode, which help shows, too.
#ifndef GRUFF_PLUGIN_STANDALONE_SCREEN_KEYS_H
#define GRUFF_PLUGIN_STANDALONE_SCREEN_KEYS_H

#include "plugin/standalone/screen/action.h"

// The actions of a mode.
const Action *keys_actions(Mode mode);

// Does what the key does in the mode that the screen is in.
void keys_press(Screen *screen, int key);

#endif
