// SPDX-License-Identifier: ISC
// The parts of the gallery's page. Each writes HTML to `page`; what programs look for has ids with
// the entry's `number`, from 1.
#ifndef GRUFF_TRAINING_GALLERY_PAGE_H
#define GRUFF_TRAINING_GALLERY_PAGE_H

#include <stdio.h>

#include "training/gallery/entry.h"

// What the page's head says, above the table that page_line fills; and that table's end.
void page_begin(FILE *page);
void page_end_lines(FILE *page);

// The entry in a line of that table.
void page_line(FILE *page, int number, const GalleryEntry *entry);

// All about the entry.
Status page_exhibit(FILE *page, int number, const GalleryEntry *entry, Diagnostic *diagnostic);

// The part of it about single tones (curves.c): how the output follows the input for the positions
// of each knob.
Status page_curves(FILE *page, const GalleryEntry *entry, Diagnostic *diagnostic);

// The part about one test (listen.c): sounds and spectrograms. `name` tells them apart in ids.
Status page_trial(FILE *page, const char *name, const GalleryEntry *entry, const EntryTest *test,
                  Diagnostic *diagnostic);

#endif
