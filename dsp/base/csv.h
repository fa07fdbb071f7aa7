// SPDX-License-Identifier: ISC
// Comma-separated values (RFC 4180), read row by row and written cell by cell. Spreadsheets of many
// countries put semicolons or tabs between cells: what the first row has most of outside of quotes,
// or a first line "sep=;" names. A cell in quotes may hold separators, line ends and, doubled,
// quotes. Line ends may be those of any system, blanks around cells and a byte order mark do not
// count, and rows of nothing but separators are passed over. Any thread.
#ifndef GRUFF_DSP_BASE_CSV_H
#define GRUFF_DSP_BASE_CSV_H

#include <stddef.h>

#include "dsp/base/status.h"

enum { CSV_COLUMNS = 32 };

// A text while it is read.
typedef struct Csv {
    char *text;
    size_t at;      // of what was not read yet
    int line;       // number of the line there
    char separator; // ',', ';' or a tab
} Csv;

typedef struct CsvRow {
    int line;                 // number of the one that it begins in, from 1
    size_t begin, end;        // its bytes in the text, the line end included
    int count;                // of its cells; 0: there is no row left
    char *cells[CSV_COLUMNS]; // the first of them, in the text
} CsvRow;

// Begins with a text that ends with a zero; reading it puts zeros behind its cells. The caller
// keeps it, for as long as rows are used.
void csv_begin(Csv *csv, char *text);

// Takes the next row. STATUS_BAD_ARGUMENT when a quote is not closed, or something stands behind a
// closed one; the diagnostic then begins with line and column, "line 3, column 2: ...".
Status csv_next(Csv *csv, CsvRow *row, Diagnostic *diagnostic);

// Writes a cell, in quotes if it needs them, and a zero into to[size], as far as they fit. Returns
// the cell's whole length, without the zero.
size_t csv_write(char *to, size_t size, const char *cell);

#endif
