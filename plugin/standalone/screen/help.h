// SPDX-License-Identifier: ISC
// What the keys do, to be read.
#ifndef GRUFF_PLUGIN_STANDALONE_SCREEN_HELP_H
#define GRUFF_PLUGIN_STANDALONE_SCREEN_HELP_H

#include "plugin/standalone/screen/state.h"

// Draws it into `rows` rows from `row` on, as wide as the terminal.
void help_draw(Screen *screen, int row, int rows, int columns);

#endif
