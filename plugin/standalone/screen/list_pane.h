// SPDX-License-Identifier: ISC
// The list that is open, to be seen.
#ifndef GRUFF_PLUGIN_STANDALONE_SCREEN_LIST_PANE_H
#define GRUFF_PLUGIN_STANDALONE_SCREEN_LIST_PANE_H

#include "plugin/standalone/screen/state.h"

// Draws it into `rows` rows from `row` on, as wide as the terminal.
void list_pane_draw(Screen *screen, int row, int rows, int columns);

#endif
