// SPDX-License-Identifier: ISC
#include "training/data/manifest.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "dsp/base/csv.h"
#include "dsp/base/memory.h"
#include "dsp/base/number.h"
#include "dsp/base/path.h"
#include "dsp/files/whole_file.h"

enum {
    LARGEST = 1 << 20,             // bytes of a list
    COLUMNS = MODEL_MAX_KNOBS + 4, // input, target, split, seen and knobs
};

// A list while it is read.
typedef struct List {
    const char *path;
    char *folder; // of the list, owned
    int line;     // number of the one that the present row begins in
    int columns;
    int input, target, split, seen; // columns of these; the latter two: -1 when there is none
    int knob[COLUMNS];              // number of the knob in each column, -1: none
    Source *source;
    Diagnostic *diagnostic;
} List;

static Status refuse(const List *list, const char *what, const char *cell) {
    return diagnose(list->diagnostic, STATUS_BAD_ARGUMENT, "%s: line %d: %s%s%s%s", list->path,
                    list->line, what, cell ? " '" : "", cell ? cell : "", cell ? "'" : "");
}

// ---- Words ----

typedef struct Word {
    const char *text;
    int number;
} Word;

// The number of the one of words[count] that is `cell`, in capitals or not; -1: none is.
static int find_word(const Word *words, size_t count, const char *cell) {
    for (size_t i = 0; i < count; i++) {
        if (strcasecmp(words[i].text, cell) == 0) {
            return words[i].number;
        }
    }
    return -1;
}

// 1: on, 0: off, -1: no switch.
static int read_switch(const char *cell) {
    static const Word words[] = {{"on", 1},  {"yes", 1}, {"true", 1},
                                 {"off", 0}, {"no", 0},  {"false", 0}};
    return find_word(words, sizeof words / sizeof *words, cell);
}

static int read_split(const char *cell) {
    static const Word words[] = {
        {"", SPLIT_AUTO},          {"train", SPLIT_TRAINING},   {"training", SPLIT_TRAINING},
        {"val", SPLIT_VALIDATION}, {"valid", SPLIT_VALIDATION}, {"validation", SPLIT_VALIDATION},
        {"test", SPLIT_TEST},      {"testing", SPLIT_TEST},
    };
    return find_word(words, sizeof words / sizeof *words, cell);
}

// Where a knob stood, as spreadsheets have it: 0.5, 0,5, 50 %; a switch: on, off.
static bool read_position(const char *cell, double *value) {
    // Blanks that some countries have before the sign, the latter two not to be broken at.
    static const char *const percents[] = {"%", " %", "\xC2\xA0%", "\xE2\x80\xAF%"};
    char text[64];
    const char *rest = NULL;
    if (read_switch(cell) >= 0) {
        *value = read_switch(cell);
        return true;
    }
    if (strlen(cell) >= sizeof text) {
        return false;
    }
    strcpy(text, cell);
    char *comma = strchr(text, ',');
    if (comma && !strchr(text, '.')) {
        *comma = '.';
    }
    if (!number_begin(text, value, &rest)) {
        return false;
    }
    bool percent = false;
    for (size_t i = 0; i < sizeof percents / sizeof *percents; i++) {
        percent = percent || strcmp(rest, percents[i]) == 0;
    }
    *value *= percent ? 0.01 : 1.0;
    return percent || !*rest;
}

// ---- Rows ----

static Status read_names(List *list, const CsvRow *row) {
    char *const *cells = row->cells;
    Source *source = list->source;
    list->columns = row->count;
    while (list->columns > 1 && list->columns <= CSV_COLUMNS && !cells[list->columns - 1][0]) {
        list->columns--; // spreadsheets have more columns than are filled
    }
    list->input = list->target = list->split = list->seen = -1;
    if (list->columns > COLUMNS) {
        return refuse(list, "too many columns: at most input, target, split, seen and 8 knobs",
                      NULL);
    }
    for (int i = 0; i < list->columns; i++) {
        int *column = strcasecmp(cells[i], "input") == 0    ? &list->input
                      : strcasecmp(cells[i], "target") == 0 ? &list->target
                      : strcasecmp(cells[i], "split") == 0  ? &list->split
                      : strcasecmp(cells[i], "seen") == 0   ? &list->seen
                                                            : NULL;
        list->knob[i] = -1;
        if (column && *column >= 0) {
            return refuse(list, "a second column", cells[i]);
        }
        if (column) {
            *column = i;
            continue;
        }
        if (source->knobs == MODEL_MAX_KNOBS || !cells[i][0] || strlen(cells[i]) >= MODEL_TEXT) {
            return refuse(list, "no name for a knob, or one too many:", cells[i]);
        }
        for (int k = 0; k < source->knobs; k++) {
            if (strcmp(source->knob_name[k], cells[i]) == 0) {
                return refuse(list, "a second column", cells[i]);
            }
        }
        list->knob[i] = source->knobs;
        snprintf(source->knob_name[source->knobs++], MODEL_TEXT, "%s", cells[i]);
    }
    if (list->input < 0 || list->target < 0) {
        return refuse(list, "the columns 'input' and 'target' must be there", NULL);
    }
    return STATUS_OK;
}

static Status read_pair(List *list, const CsvRow *row) {
    char *const *cells = row->cells;
    int more = row->count <= CSV_COLUMNS ? row->count : 0;
    while (more > list->columns && !cells[more - 1][0]) {
        more--;
    }
    if (more != list->columns) {
        return refuse(list,
                      "not as many cells as the first line has names (decimal commas need quotes "
                      "beside commas)",
                      NULL);
    }
    int split = list->split >= 0 ? read_split(cells[list->split]) : SPLIT_AUTO;
    if (split < 0) {
        return refuse(list, "split must be train, val or test, not", cells[list->split]);
    }
    int seen = list->seen >= 0 ? read_switch(cells[list->seen]) : 1;
    if (seen < 0) {
        return refuse(list, "seen must be yes or no, not", cells[list->seen]);
    }
    Status status = source_add(list->source, list->folder, cells[list->input], cells[list->target],
                               (SourceSplit)split, list->diagnostic);
    if (status == STATUS_OK) {
        list->source->pairs[list->source->count - 1].unseen = seen == 0;
    }
    for (int i = 0; status == STATUS_OK && i < list->columns; i++) {
        double value = 0.0;
        if (list->knob[i] < 0) {
            continue;
        }
        if (!read_position(cells[i], &value) || fabs(value) > 1e6) {
            status = refuse(list, "not a knob's position:", cells[i]);
        }
        list->source->pairs[list->source->count - 1].knobs[list->knob[i]] = (float)value;
    }
    return status;
}

static Status read_rows(List *list, char *text) {
    Csv csv;
    CsvRow row;
    bool named = false;
    Status status = STATUS_OK;
    csv_begin(&csv, text);
    while (status == STATUS_OK) {
        Diagnostic cause = {""};
        status = csv_next(&csv, &row, &cause);
        list->line = row.line;
        if (status != STATUS_OK) {
            diagnose(list->diagnostic, status, "%s: %s", list->path, cause.text);
        } else if (row.count == 0) {
            break;
        } else {
            status = named ? read_pair(list, &row) : read_names(list, &row);
            named = true;
        }
    }
    if (status == STATUS_OK && list->source->count == 0) {
        status = diagnose(list->diagnostic, STATUS_BAD_ARGUMENT,
                          "%s: lists no pairs: a line 'input,target' and a line for each pair are "
                          "expected",
                          list->path);
    }
    return status;
}

// ---- Files ----

// Turns UTF-16, as spreadsheets save "Unicode text", into UTF-8; other text stays as it is.
static Status decode(char **bytes, size_t *length, const char *path, Diagnostic *diagnostic) {
    const unsigned char *from = (const unsigned char *)*bytes;
    bool little = *length >= 2 && from[0] == 0xFF && from[1] == 0xFE;
    if (!little && !(*length >= 2 && from[0] == 0xFE && from[1] == 0xFF)) {
        return STATUS_OK;
    }
    char *to = memory_new(2 * *length + 1, 1); // at most four bytes for two
    if (!to) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "%s: no memory for it", path);
    }
    size_t written = 0;
    unsigned long first = 0; // half of a character in two
    for (size_t i = 2; i + 1 < *length; i += 2) {
        unsigned long unit = (unsigned long)from[i + little] << 8 | from[i + !little];
        if (unit >= 0xD800 && unit < 0xDC00) {
            first = unit;
            continue;
        }
        if (unit >= 0xDC00 && unit < 0xE000) {
            unit = 0x10000 + ((first & 0x3FF) << 10) + (unit & 0x3FF);
        }
        int more = unit < 0x80 ? 0 : unit < 0x800 ? 1 : unit < 0x10000 ? 2 : 3;
        static const unsigned char heads[] = {0x00, 0xC0, 0xE0, 0xF0};
        to[written++] = (char)(heads[more] | unit >> 6 * more);
        while (more-- > 0) {
            to[written++] = (char)(0x80 | (unit >> 6 * more & 0x3F));
        }
    }
    memory_free(*bytes);
    *bytes = to;
    *length = written;
    return STATUS_OK;
}

Status manifest_read(Source *source, const char *path, Diagnostic *diagnostic) {
    size_t folder = (size_t)(path_name(path) - path), length = 0;
    List list = {.path = path, .source = source, .diagnostic = diagnostic};
    char *bytes = NULL;
    Status status = whole_file_read(&bytes, &length, LARGEST, path, diagnostic);
    if (status == STATUS_OK) {
        status = decode(&bytes, &length, path, diagnostic);
    }
    if (status != STATUS_OK) {
        memory_free(bytes);
        return status;
    }
    list.folder = memory_new(folder + 1, 1);
    if (!list.folder) {
        status = diagnose(diagnostic, STATUS_NO_MEMORY, "%s: no memory for it", path);
    } else if (memchr(bytes, '\0', length)) {
        status = diagnose(
            diagnostic, STATUS_CANNOT_READ,
            "%s: is no list: one sound alone is not enough, the target must be named, too", path);
    } else {
        memcpy(list.folder, path, folder > 1 ? folder - 1 : folder);
        status = read_rows(&list, bytes);
    }
    memory_free(list.folder);
    memory_free(bytes);
    return status;
}
