// SPDX-License-Identifier: ISC
// What plays together: the player, its presets, the session that is remembered.
#ifndef GRUFF_PLUGIN_STANDALONE_HOST_H
#define GRUFF_PLUGIN_STANDALONE_HOST_H

#include <stdbool.h>

#include "plugin/standalone/options.h"

// Plays as `options` say, until a signal or a key ends it; false when nothing could be played,
// which is said on standard error. Call it in a process whose other threads do not exist yet.
bool host_play(const Options *options);

// Prints the presets to standard output; false, and why on standard error, when there are none.
bool host_list_presets(void);

#endif
