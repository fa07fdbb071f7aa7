// SPDX-License-Identifier: ISC
// Pieces of HTML for the report and the gallery.
#ifndef GRUFF_TRAINING_REPORT_HTML_H
#define GRUFF_TRAINING_REPORT_HTML_H

#include <stddef.h>
#include <stdio.h>

// The page's head, with the style of all that follows, up to its body; and its end.
void html_begin(FILE *page, const char *title, const char *kind);
void html_end(FILE *page);

// Text as HTML shows it, also within "".
void html_text(FILE *page, const char *text);

// Bytes as they stand in a data: URI.
void html_base64(FILE *page, const void *bytes, size_t length);

// A number for people, by `format`, that programs find by its id with all its digits:
// <data id="ID" value="0.0012345678901234">0.00123</data>
void html_number(FILE *page, const char *id, double value, const char *format)
    __attribute__((format(printf, 4, 0)));

// A row of a table, the text after printf's manner.
void html_row(FILE *page, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
