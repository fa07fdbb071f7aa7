// SPDX-License-Identifier: ISC
// Typing: a line, and with it a control's value, or a preset's name.
#ifndef GRUFF_PLUGIN_STANDALONE_SCREEN_TYPING_H
#define GRUFF_PLUGIN_STANDALONE_SCREEN_TYPING_H

#include <stdbool.h>
#include <stddef.h>

#include "plugin/standalone/screen/action.h"

// What the keys do meanwhile.
extern const Action typing_actions[];

// Whether a number may have this character in it.
bool typing_is_number(int key);

// Adds a character to a line of `size` bytes, if there is room.
void typing_take(char *line, size_t size, int key);

// Takes the last character away; false when there is none.
bool typing_drop(char *line);

// Actions: begins to type a value, by `key`; or the name of a preset to be.
void typing_begin_value(Screen *screen, int key);
void typing_begin_name(Screen *screen, int key);

#endif
