// SPDX-License-Identifier: ISC
// A folder for the files that a test makes, gone when the test is over. cmocka's assertions stop
// the test when something is wrong with it.
#ifndef GRUFF_TESTS_RIG_SCRATCH_H
#define GRUFF_TESTS_RIG_SCRATCH_H

#include <stdbool.h>
#include <stddef.h>

// cmocka setup and teardown for a group: make the folder, remove it with all that is in it.
int scratch_begin(void **state);
int scratch_end(void **state);

// The path of `name` in the folder; good until the eighth call after this one.
const char *scratch_path(const char *name);

// Number of files in the folder.
int scratch_count(void);

// Writes and reads whole small files; scratch_read adds a final zero, and free() frees what it
// gives.
void scratch_write(const char *name, const void *bytes, size_t length);
char *scratch_read(const char *name, size_t *length);

// Writes a WAV file of `frames` interleaved frames; its path, as of scratch_path.
const char *scratch_audio(const char *name, int rate, int channels, const float *samples,
                          size_t frames);

// Whether the file holds exactly `text`.
bool scratch_holds(const char *name, const char *text);

#endif
