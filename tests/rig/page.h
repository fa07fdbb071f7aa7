// SPDX-License-Identifier: ISC
// What a page of HTML holds itself: pictures and sounds as data, and the paths of a picture.
#ifndef GRUFF_TESTS_RIG_PAGE_H
#define GRUFF_TESTS_RIG_PAGE_H

#include <stddef.h>

#include "dsp/files/audio/audio_file.h"

// The bytes behind the next `data:TYPE;base64,` from *at on, which moves behind them; NULL when
// there is none. free() them.
char *page_next_data(const char **at, const char *type, size_t *length);

// The first `count` FLAC sounds, which must be of so many frames at `rate`. audio_clear each.
void page_sounds(const char *page, Audio *audio, int count, size_t frames, int rate);

enum { PAGE_POINTS = 4096 };

// A path of an SVG picture: its points, whatever command leads to each.
typedef struct PagePath {
    int count;
    double x[PAGE_POINTS], y[PAGE_POINTS];
    double width; // of the stroke
} PagePath;

// Number `index` (from 0) of the lines with at least `least` points. Fails the test when there are
// not so many.
void page_path(PagePath *path, const char *svg, int index, int least);

#endif
