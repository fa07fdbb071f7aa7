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
Status page_entry(FILE *page, int number, const GalleryEntry *entry, Diagnostic *diagnostic);

#endif
