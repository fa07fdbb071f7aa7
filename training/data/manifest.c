// SPDX-License-Identifier: ISC
#include "training/data/manifest.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/base/memory.h"
#include "dsp/files/whole_file.h"

enum {
    LARGEST = 1 << 20,             // bytes of a list
    COLUMNS = MODEL_MAX_KNOBS + 4, // input, target, split, seen and knobs
};

// A list while it is read. Cells are ended by zeros in place.
typedef struct List {
    const char *path;
    char *folder; // of the list, owned
    int line;     // number of the present one
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

static char *trim(char *text) {
    text += strspn(text, " \t");
    size_t length = strlen(text);
    while (length > 0 && strchr(" \t", text[length - 1])) {
        text[--length] = '\0';
    }
    return text;
}

// Takes a cell out of *rest, which then stands at the next one (NULL: there is none).
static char *take_cell(char **rest) {
    char *from = *rest + strspn(*rest, " \t");
    if (*from != '"') {
        char *cell = *rest, *comma = strchr(cell, ',');
        *rest = comma ? comma + 1 : NULL;
        if (comma) {
            *comma = '\0';
        }
        return trim(cell);
    }
    char *cell = ++from, *to = cell;
    while (*from && (*from != '"' || from[1] == '"')) {
        from += *from == '"';
        *to++ = *from++;
    }
    char *comma = strchr(from, ',');
    *to = '\0';
    *rest = comma ? comma + 1 : NULL;
    return cell;
}

// The cells of a line; their number, or -1 when there are too many.
static int split_line(char *line, char *cells[COLUMNS]) {
    int count = 0;
    for (char *rest = line; rest; count++) {
        if (count == COLUMNS) {
            return -1;
        }
        cells[count] = take_cell(&rest);
    }
    return count;
}

static Status read_names(List *list, char *line) {
    char *cells[COLUMNS];
    Source *source = list->source;
    list->columns = split_line(line, cells);
    list->input = list->target = list->split = list->seen = -1;
    if (list->columns < 0) {
        return refuse(list, "too many columns: at most input, target, split, seen and 8 knobs",
                      NULL);
    }
    for (int i = 0; i < list->columns; i++) {
        int *column = strcmp(cells[i], "input") == 0    ? &list->input
                      : strcmp(cells[i], "target") == 0 ? &list->target
                      : strcmp(cells[i], "split") == 0  ? &list->split
                      : strcmp(cells[i], "seen") == 0   ? &list->seen
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

static Status read_pair(List *list, char *line) {
    static const char *const splits[] = {"", "train", "val", "test"};
    char *cells[COLUMNS];
    int split = 0, count = split_line(line, cells);
    if (count != list->columns) {
        return refuse(list, "not as many cells as the first line has names", NULL);
    }
    if (list->split >= 0) {
        while (split < 4 && strcmp(cells[list->split], splits[split]) != 0) {
            split++;
        }
        if (split == 4) {
            return refuse(list, "split must be train, val or test, not", cells[list->split]);
        }
    }
    bool unseen = list->seen >= 0 && strcmp(cells[list->seen], "no") == 0;
    if (list->seen >= 0 && !unseen && strcmp(cells[list->seen], "yes") != 0) {
        return refuse(list, "seen must be yes or no, not", cells[list->seen]);
    }
    Status status = source_add(list->source, list->folder, cells[list->input], cells[list->target],
                               (SourceSplit)split, list->diagnostic);
    if (status == STATUS_OK) {
        list->source->pairs[list->source->count - 1].unseen = unseen;
    }
    for (int i = 0; status == STATUS_OK && i < count; i++) {
        if (list->knob[i] < 0) {
            continue;
        }
        char *end;
        double value = strtod(cells[i], &end);
        if (end == cells[i] || *end || !isfinite(value) || fabs(value) > 1e6) {
            status = refuse(list, "not a knob's position:", cells[i]);
        }
        list->source->pairs[list->source->count - 1].knobs[list->knob[i]] = (float)value;
    }
    return status;
}

static Status read_lines(List *list, char *text) {
    Status status = STATUS_OK;
    bool named = false;
    for (char *line = text; line && status == STATUS_OK;) {
        size_t length = strcspn(line, "\r\n");
        char *next = line[length] ? line + length + 1 : NULL;
        if (next && line[length] == '\r' && *next == '\n') {
            next++;
        }
        line[length] = '\0';
        list->line++;
        if (line[strspn(line, " \t,")] && named) {
            status = read_pair(list, line);
        } else if (line[strspn(line, " \t,")]) {
            status = read_names(list, line);
            named = true;
        }
        line = next;
    }
    if (status == STATUS_OK && list->source->count == 0) {
        status = diagnose(list->diagnostic, STATUS_BAD_ARGUMENT,
                          "%s: lists no pairs: a line 'input,target' and a line for each pair are "
                          "expected",
                          list->path);
    }
    return status;
}

Status manifest_read(Source *source, const char *path, Diagnostic *diagnostic) {
    const char *slash = strrchr(path, '/');
    size_t folder = slash ? (size_t)(slash - path) + 1 : 0, length = 0;
    List list = {.path = path, .source = source, .diagnostic = diagnostic};
    char *bytes = NULL;
    Status status = whole_file_read(&bytes, &length, LARGEST, path, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    list.folder = memory_new(folder + 1, 1);
    if (!list.folder) {
        status = diagnose(diagnostic, STATUS_NO_MEMORY, "%s: no memory for it", path);
    } else if (memchr(bytes, '\0', length)) {
        status = diagnose(
            diagnostic, STATUS_CANNOT_READ,
            "%s: is no list: one sound alone is not enough, the target must be named, "
            "too",
            path);
    } else {
        bool marked = length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0; // byte order mark
        memcpy(list.folder, path, folder > 1 ? folder - 1 : folder);
        status = read_lines(&list, bytes + (marked ? 3 : 0));
    }
    memory_free(list.folder);
    memory_free(bytes);
    return status;
}
