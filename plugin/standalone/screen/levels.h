// SPDX-License-Identifier: ISC
// The levels, and beside them how hard it is for the machine.
#ifndef GRUFF_PLUGIN_STANDALONE_SCREEN_LEVELS_H
#define GRUFF_PLUGIN_STANDALONE_SCREEN_LEVELS_H

#include "plugin/standalone/screen/state.h"

// Draws two rows of meters, and their scale, from `row` on.
void levels_draw(const Screen *screen, int row, int columns);

#endif
