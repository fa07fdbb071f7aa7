// SPDX-License-Identifier: ISC
// A model against a recording: what is heard, how large the error is, and the two spectra.
#ifndef GRUFF_PLUGIN_STANDALONE_SCREEN_PAIR_H
#define GRUFF_PLUGIN_STANDALONE_SCREEN_PAIR_H

#include <stdbool.h>

#include "plugin/standalone/screen/state.h"

// Action: listens to the next of model, target and difference; says so where there is no pair.
void pair_listen(Screen *screen, int key);

// Action: shows the spectra.
void pair_open(Screen *screen, int key);

// What is heard, and the error; false when there is no pair.
bool pair_state(const Screen *screen, char text[SCREEN_LINE]);

// Draws the spectra into `rows` rows from `row` on, as wide as the terminal.
void pair_draw(const Screen *screen, int row, int rows, int columns);

#endif
