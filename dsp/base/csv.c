// SPDX-License-Identifier: ISC
#include "dsp/base/csv.h"

#include <stdbool.h>
#include <string.h>

static const char blanks[] = " \t";
static const char separators[] = ",;\t";

// Length of the line end at `text`, 0 when there is none.
static size_t line_end(const char *text) {
    if (text[0] == '\r' && text[1] == '\n') {
        return 2;
    }
    return text[0] == '\r' || text[0] == '\n';
}

// The separator that the first row which is not empty has most of; a comma when it has none.
static char find_separator(const char *text) {
    int counts[sizeof separators] = {0}, best = 0;
    bool quoted = false;
    text += strspn(text, " \t,;\r\n");
    for (; *text && (quoted || line_end(text) == 0); text++) {
        quoted = quoted != (*text == '"');
        const char *found = quoted ? NULL : strchr(separators, *text);
        if (found) {
            counts[found - separators]++;
        }
    }
    for (int i = 1; separators[i]; i++) {
        best = counts[i] > counts[best] ? i : best;
    }
    return separators[best];
}

// The separator that a line "sep=;" at `text` names, as spreadsheets write it; 0 when there is
// none.
static char named_separator(const char *text) {
    bool named = strncmp(text, "sep=", 4) == 0 && text[4] && strchr(separators, text[4]);
    return named && line_end(text + 5) > 0 ? text[4] : '\0';
}

void csv_begin(Csv *csv, char *text) {
    static const char mark[] = "\xEF\xBB\xBF"; // the byte order mark of UTF-8
    size_t skip = strncmp(text, mark, sizeof mark - 1) == 0 ? sizeof mark - 1 : 0;
    *csv = (Csv){.text = text, .at = skip, .line = 1, .separator = named_separator(text + skip)};
    if (csv->separator) {
        csv->at += 5 + line_end(text + skip + 5);
        csv->line++;
    } else {
        csv->separator = find_separator(text + skip);
    }
}

// Steps over blanks, of which what stands between cells is none.
static void skip_blanks(Csv *csv) {
    while (csv->text[csv->at] && strchr(blanks, csv->text[csv->at]) &&
           csv->text[csv->at] != csv->separator) {
        csv->at++;
    }
}

// Steps over lines that hold no cells.
static void skip_empty_rows(Csv *csv) {
    for (;;) {
        const char *line = csv->text + csv->at;
        size_t length = strspn(line, " \t,;"), end = line_end(line + length);
        if (end == 0 && line[length]) {
            return;
        }
        csv->at += length + end;
        if (end == 0) {
            return;
        }
        csv->line++;
    }
}

// Takes a cell in quotes, which begins at csv->at behind its first quote. Returns whether it ends.
static bool take_quoted(Csv *csv) {
    char *to = csv->text + csv->at;
    for (const char *from = to;;) {
        size_t end = line_end(from);
        if (!*from) {
            return false;
        }
        if (*from == '"' && from[1] != '"') {
            csv->at = (size_t)(from + 1 - csv->text);
            *to = '\0';
            return true;
        }
        from += *from == '"';
        csv->line += end > 0;
        for (size_t i = 0; i < (end ? end : 1); i++) {
            *to++ = *from++;
        }
    }
}

// Takes a cell without quotes and returns its end, which is not marked yet.
static char *take_plain(Csv *csv) {
    char *cell = csv->text + csv->at;
    const char ends[] = {csv->separator, '\r', '\n', '\0'};
    size_t length = strcspn(cell, ends);
    csv->at += length;
    while (length > 0 && strchr(blanks, cell[length - 1])) {
        length--;
    }
    return cell + length;
}

static Status refuse(int line, int column, const char *what, Diagnostic *diagnostic) {
    return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "line %d, column %d: %s", line, column, what);
}

// Takes the cell of number `column`, with the separator or the line end behind it; *more becomes
// whether that was a separator.
static Status take_cell(Csv *csv, char **cell, int column, bool *more, Diagnostic *diagnostic) {
    int line = csv->line;
    char *end = NULL;
    skip_blanks(csv);
    *cell = csv->text + csv->at;
    if (**cell == '"') {
        ++*cell;
        csv->at++;
        if (!take_quoted(csv)) {
            return refuse(line, column, "its quote is not closed", diagnostic);
        }
        skip_blanks(csv);
    } else {
        end = take_plain(csv);
    }
    char next = csv->text[csv->at];
    size_t ending = line_end(csv->text + csv->at);
    *more = next && next == csv->separator;
    if (next && !*more && ending == 0) {
        return refuse(csv->line, column, "something stands behind its closing quote", diagnostic);
    }
    csv->at += *more ? 1 : ending;
    csv->line += ending > 0;
    if (end) {
        *end = '\0';
    }
    return STATUS_OK;
}

Status csv_next(Csv *csv, CsvRow *row, Diagnostic *diagnostic) {
    skip_empty_rows(csv);
    *row = (CsvRow){.line = csv->line, .begin = csv->at};
    Status status = STATUS_OK;
    for (bool more = csv->text[csv->at] != '\0'; more && status == STATUS_OK;) {
        char *cell = NULL;
        status = take_cell(csv, &cell, ++row->count, &more, diagnostic);
        if (row->count <= CSV_COLUMNS) {
            row->cells[row->count - 1] = cell;
        }
    }
    row->end = csv->at;
    return status;
}

size_t csv_write(char *to, size_t size, const char *cell) {
    size_t length = strlen(cell), written = 0;
    bool quoted = strpbrk(cell, ",;\t\"\r\n") ||
                  (length > 0 && (strchr(blanks, cell[0]) || strchr(blanks, cell[length - 1])));
    for (size_t i = 0; i < length + 2; i++) {
        char byte = i == 0 || i == length + 1 ? '"' : cell[i - 1];
        bool edge = i == 0 || i == length + 1;
        for (int copies = edge ? quoted : 1 + (byte == '"'); copies > 0; copies--) {
            if (written + 1 < size) {
                to[written] = byte;
            }
            written++;
        }
    }
    if (size > 0) {
        to[written < size ? written : size - 1] = '\0';
    }
    return written;
}
