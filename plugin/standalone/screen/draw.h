// SPDX-License-Identifier: ISC
// The picture: what plays and how, above; the pane of the mode; messages and hints, below.
#ifndef GRUFF_PLUGIN_STANDALONE_SCREEN_DRAW_H
#define GRUFF_PLUGIN_STANDALONE_SCREEN_DRAW_H

#include "plugin/standalone/screen/state.h"

// Draws all of it onto the terminal.
void draw_screen(Screen *screen);

#endif
