// SPDX-License-Identifier: ISC
// A file's bytes in one go, for files that are small by their nature.
#ifndef GRUFF_DSP_FILES_WHOLE_FILE_H
#define GRUFF_DSP_FILES_WHOLE_FILE_H

#include <stddef.h>

#include "dsp/base/status.h"

// Reads the regular file `path` of at most `limit` bytes, not empty; one zero stands behind them,
// for those who take them as text. On success the caller frees *bytes with memory_free; on failure
// it is NULL and the diagnostic names file and cause: STATUS_CANNOT_READ, or STATUS_UNSUPPORTED for
// a file beyond the limit.
Status whole_file_read(char **bytes, size_t *length, size_t limit, const char *path,
                       Diagnostic *diagnostic);

#endif
