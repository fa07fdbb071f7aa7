// SPDX-License-Identifier: ISC
// The part of an entry about single tones: how the output follows the input for the positions of
// each knob.
#ifndef GRUFF_TRAINING_GALLERY_CURVES_H
#define GRUFF_TRAINING_GALLERY_CURVES_H

#include <stdio.h>

#include "training/gallery/entry.h"

// Writes HTML to `page`.
Status curves_print(FILE *page, const GalleryEntry *entry, Diagnostic *diagnostic);

#endif
