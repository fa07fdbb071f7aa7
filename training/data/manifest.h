// SPDX-License-Identifier: ISC
// Lists of pairs as CSV (RFC 4180, with line ends of any system): see training/data/source.h.
#ifndef GRUFF_TRAINING_DATA_MANIFEST_H
#define GRUFF_TRAINING_DATA_MANIFEST_H

#include "training/data/source.h"

// Adds the pairs of the list `path` to an empty source.
Status manifest_read(Source *source, const char *path, Diagnostic *diagnostic);

// Adds a pair; both names are relative to `folder` ("": to where we are).
Status source_add(Source *source, const char *folder, const char *input, const char *target,
                  SourceSplit split, Diagnostic *diagnostic);

#endif
