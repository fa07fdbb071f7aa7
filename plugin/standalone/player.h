// SPDX-License-Identifier: ISC
// A player: a processor on a backend, with its files, from the start until a signal ends it. What
// it has to say goes to standard error.
#ifndef GRUFF_PLUGIN_STANDALONE_PLAYER_H
#define GRUFF_PLUGIN_STANDALONE_PLAYER_H

#include <stdbool.h>

#include "plugin/standalone/options.h"

// Plays as `options` say; false when nothing could be played. Waits for a server or a device that
// goes away to come back. Call it in a process whose other threads do not exist yet: it blocks the
// signals that end it.
bool player_perform(const Options *options);

#endif
