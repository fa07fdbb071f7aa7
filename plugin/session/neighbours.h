// SPDX-License-Identifier: ISC
// The other model files in a model file's folder, one after the other, in the order of their names.
#ifndef GRUFF_PLUGIN_SESSION_NEIGHBOURS_H
#define GRUFF_PLUGIN_SESSION_NEIGHBOURS_H

#include <stdbool.h>
#include <stddef.h>

#include "dsp/base/status.h"

typedef struct Neighbours {
    char *names;  // owned
    char **files; // owned; [count], in `names`
    size_t count;
    size_t place;  // in `files`, of the file itself, or of the one after it when it is gone
    bool there;    // the file itself is
    size_t passed; // how many were given
} Neighbours;

// Whether a file of that name counts as a model, by its ending.
bool neighbours_is_model(const char *name);

// Reads the folder of the file `path`, which need not be there itself. STATUS_CANNOT_READ
// names the folder and the cause. Not the audio thread.
Status neighbours_read(Neighbours *neighbours, const char *path, Diagnostic *diagnostic);

// Frees what neighbours_read made. All zero is fine.
void neighbours_clear(Neighbours *neighbours);

// The name of the next file, forwards or backwards (always the same), from the last to the first or
// the other way round; NULL when all but the file itself were given.
const char *neighbours_next(Neighbours *neighbours, bool forwards);

#endif
