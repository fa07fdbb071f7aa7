// SPDX-License-Identifier: ISC
// The files of one kind, and the folders, in a folder. Main's thread.
#ifndef GRUFF_PLUGIN_STANDALONE_SCREEN_BROWSER_H
#define GRUFF_PLUGIN_STANDALONE_SCREEN_BROWSER_H

#include <stdbool.h>

#include "plugin/session/loader.h"
#include "plugin/standalone/screen/list.h"

// All zero is fine.
typedef struct Browser {
    FileKind kind;
    char folder[LOADER_PATH]; // absolute
    char *names;              // owned
    List list;
    char playing[LOADER_PATH]; // what plays, as it was asked for,
    char played[LOADER_PATH];  // and where that is
} Browser;

// Goes to the folder of the file `path` ("": the working folder), and chooses that file.
Status browser_open(Browser *browser, FileKind kind, const char *path, Diagnostic *diagnostic);

// Goes to the folder of the chosen entry, and true; false when that is no folder. What went wrong
// is in `diagnostic`; the old folder then stays.
bool browser_enter(Browser *browser, Diagnostic *diagnostic);

// Goes to the folder that this one is in.
Status browser_leave(Browser *browser, Diagnostic *diagnostic);

// The path of an entry: "" for the one that takes a cabinet out. False when it is too long.
bool browser_path(const Browser *browser, const ListEntry *entry, char path[LOADER_PATH]);

// Whether it is the file that plays: player_path's.
bool browser_plays(Browser *browser, const ListEntry *entry, const char *playing);

void browser_clear(Browser *browser);

#endif
