// SPDX-License-Identifier: ISC
// Presets and saved sessions: LV2's own, read and written with lilv, so that the plugin's hosts and
// this one share them. Main's thread.
#ifndef GRUFF_PLUGIN_STANDALONE_PRESETS_H
#define GRUFF_PLUGIN_STANDALONE_PRESETS_H

#include <stdbool.h>
#include <stddef.h>

#include "plugin/standalone/player.h"

typedef struct Presets Presets;

// The presets of the plugin in the bundle `bundle` (see bundle.h). `notices` stays the caller's.
// The caller owns *presets.
Status presets_new(Presets **presets, const char *bundle, Notices *notices, Diagnostic *diagnostic);

// NULL is fine.
void presets_free(Presets *presets);

// How many there are, by name; their names. The first call looks through all LV2 bundles. None
// where `presets` is NULL.
int presets_count(Presets *presets);
const char *presets_name(Presets *presets, int index);

// The preset of that name (of any case; what stands before or after a colon is enough), URI, or
// number from 1; -1 when there is none.
int presets_find(Presets *presets, const char *name);

// Gives the player what the preset says; what it does not say stays. Says in the notices how it
// went.
bool presets_apply(Presets *presets, int index, Player *player);

// Saves what plays as a preset of that name, for every host of this user; says how it went. One of
// the same name is replaced.
bool presets_save(Presets *presets, Player *player, const char *name);

// Writes what plays to the file `path`, whole or not at all, and reads it back.
Status presets_write_session(Presets *presets, Player *player, const char *path,
                             Diagnostic *diagnostic);
Status presets_read_session(Presets *presets, Player *player, const char *path,
                            Diagnostic *diagnostic);

#endif
