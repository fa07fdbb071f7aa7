// SPDX-License-Identifier: ISC
// The controls, in two columns.
#ifndef GRUFF_PLUGIN_STANDALONE_SCREEN_CONTROLS_PANE_H
#define GRUFF_PLUGIN_STANDALONE_SCREEN_CONTROLS_PANE_H

#include "plugin/standalone/screen/state.h"

enum { CONTROLS_PANE_ROWS = 13 };

// The number of the first control of the second column.
int controls_pane_split(const Screen *screen);

// Draws them into `rows` rows from `row` on, as wide as the terminal.
void controls_pane_draw(const Screen *screen, int row, int rows, int columns);

#endif
