// SPDX-License-Identifier: ISC
// The part of an entry about one test: sounds and spectrograms.
#ifndef GRUFF_TRAINING_GALLERY_LISTEN_H
#define GRUFF_TRAINING_GALLERY_LISTEN_H

#include <stdio.h>

#include "training/gallery/entry.h"

// Writes HTML to `page`. `name` tells the tests apart in ids.
Status listen_print(FILE *page, const char *name, const GalleryEntry *entry, const EntryTest *test,
                    Diagnostic *diagnostic);

#endif
