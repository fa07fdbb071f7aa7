// SPDX-License-Identifier: ISC
// Choosing a model, a cabinet or a preset: it is loaded, and the list stays, so that one can
// listen.
#ifndef GRUFF_PLUGIN_STANDALONE_SCREEN_LISTS_H
#define GRUFF_PLUGIN_STANDALONE_SCREEN_LISTS_H

#include "plugin/standalone/screen/action.h"

// What the keys do meanwhile.
extern const Action lists_actions[];

// Actions: at 'm' the models, at 'c' the cabinets; the presets.
void lists_open_files(Screen *screen, int key);
void lists_open_presets(Screen *screen, int key);

// The list that is open.
List *lists_open(Screen *screen);

#endif
