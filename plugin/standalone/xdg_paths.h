// SPDX-License-Identifier: ISC
// Where the host's own files lie, as the XDG Base Directory Specification has it.
#ifndef GRUFF_PLUGIN_STANDALONE_XDG_PATHS_H
#define GRUFF_PLUGIN_STANDALONE_XDG_PATHS_H

#include <stdbool.h>
#include <stddef.h>

// The path of the user's configuration file `name`: in the folder gruff of $XDG_CONFIG_HOME, or of
// ~/.config. False without either, or when it is longer than `size`.
bool xdg_config_path(char *path, size_t size, const char *name);

// The same for what is remembered from one run to the next: $XDG_STATE_HOME, or ~/.local/state.
bool xdg_state_path(char *path, size_t size, const char *name);

#endif
