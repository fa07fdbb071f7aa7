// SPDX-License-Identifier: ISC
// Lists of pairs as CSV: see training/data/source_find.h.
#ifndef GRUFF_TRAINING_DATA_MANIFEST_H
#define GRUFF_TRAINING_DATA_MANIFEST_H

#include "training/data/source.h"

// Adds the pairs of the list `path` to an empty source.
Status manifest_read(Source *source, const char *path, Diagnostic *diagnostic);

#endif
