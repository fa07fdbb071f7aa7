// SPDX-License-Identifier: ISC
// Tells when a file was replaced or rewritten: a trainer still running writes the model.
#ifndef GRUFF_PLUGIN_STANDALONE_WATCH_H
#define GRUFF_PLUGIN_STANDALONE_WATCH_H

#include <stdbool.h>
#include <sys/stat.h>

typedef struct Watch {
    const char *path; // NULL: nothing to watch
    struct stat loaded, seen;
} Watch;

// Watches `path`, which stays the caller's, from what is there now.
void watch_begin(Watch *watch, const char *path);

// True once after each change, when the file has been the same for two calls: not while it is
// written. A file that is gone has not changed. Call it every half second or so.
bool watch_changed(Watch *watch);

#endif
