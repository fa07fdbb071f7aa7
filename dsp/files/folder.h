// SPDX-License-Identifier: ISC
// The names in a folder.
#ifndef GRUFF_DSP_FILES_FOLDER_H
#define GRUFF_DSP_FILES_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "dsp/base/status.h"

// Whether `path` is a folder that is there.
bool folder_is(const char *path);

// Makes the folder that the file `path` is to lie in, and those above it, where they are not there.
Status folder_make_for(const char *path, Diagnostic *diagnostic);

// Whether a name ends in one of `endings`, ".wav" for instance, upper or lower case; NULL ends
// them.
bool folder_name_ends(const char *name, const char *const *endings);

// The names of what is in the folder `path`, in the order of their bytes, each ended by a zero, one
// after the other in one block of *length bytes; those that begin with a dot are left out. The
// caller frees *names with memory_free. STATUS_CANNOT_READ names the folder and the cause.
Status folder_read(char **names, size_t *length, const char *path, Diagnostic *diagnostic);

#endif
