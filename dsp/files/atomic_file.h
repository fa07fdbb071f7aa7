// SPDX-License-Identifier: ISC
// Files that appear whole or not at all: written beside their final name, synced, then renamed.
// Where the system can, the file has no name until it is whole, so that whoever is killed leaves
// nothing.
#ifndef GRUFF_DSP_FILES_ATOMIC_FILE_H
#define GRUFF_DSP_FILES_ATOMIC_FILE_H

#include <stdbool.h>

#include "dsp/base/status.h"

typedef struct AtomicFile {
    char *path;    // final name, owned
    char *beside;  // the name that it has or gets before the final one, owned; in the same folder
    int fd;        // open for reading and writing, -1 when closed
    bool nameless; // it has no name yet
} AtomicFile;

// Makes an empty file beside `path`. On success end with atomic_file_commit or atomic_file_abandon.
Status atomic_file_begin(AtomicFile *file, const char *path, Diagnostic *diagnostic);

// Syncs, closes and renames; on failure nothing is left behind and `path` is as it was.
Status atomic_file_commit(AtomicFile *file, Diagnostic *diagnostic);

// Drops what was written. Fine after commit, and on an all-zero file (fd 0 is never used).
void atomic_file_abandon(AtomicFile *file);

// Whether writing to `path` leaves the file `input` alone: STATUS_BAD_ARGUMENT names both when they
// are one file, be it under two names. Files that are not there are not looked at.
Status atomic_file_spares(const char *path, const char *input, Diagnostic *diagnostic);

// Writes a whole small file in one go.
Status atomic_file_write(const char *path, const void *bytes, unsigned long length,
                         Diagnostic *diagnostic);

#endif
