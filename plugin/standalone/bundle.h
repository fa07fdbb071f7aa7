// SPDX-License-Identifier: ISC
// Where the plugin's bundle is: it holds the default model, and what lilv must know of the plugin.
#ifndef GRUFF_PLUGIN_STANDALONE_BUNDLE_H
#define GRUFF_PLUGIN_STANDALONE_BUNDLE_H

#include <stdbool.h>

enum { BUNDLE_PATH = 4096 };

// Finds it in LV2_PATH, or where that is not set in the usual folders, then where it was installed,
// then beside this program in a build folder. `path` then ends in '/'. False when it is nowhere.
bool bundle_find(char path[BUNDLE_PATH]);

// The folder where a user's own presets go ("~/.lv2"); false when there is no home.
bool bundle_user_folder(char path[BUNDLE_PATH]);

#endif
