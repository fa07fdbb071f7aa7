// SPDX-License-Identifier: ISC
#include "training/data/manifest.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

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

static Status read_names(List *list, const CsvRow *row) {
    char *const *cells = row->cells;
    Source *source = list->source;
    list->columns = row->count;
    list->input = list->target = list->split = list->seen = -1;
    if (list->columns > COLUMNS) {
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

static Status read_pair(List *list, const CsvRow *row) {
    static const char *const splits[] = {"", "train", "val", "test"};
    char *const *cells = row->cells;
    int split = 0;
    if (row->count != list->columns) {
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
    for (int i = 0; status == STATUS_OK && i < row->count; i++) {
        double value = 0.0;
        if (list->knob[i] < 0) {
            continue;
        }
        if (!number_read(cells[i], &value) || fabs(value) > 1e6) {
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

Status manifest_read(Source *source, const char *path, Diagnostic *diagnostic) {
    size_t folder = (size_t)(path_name(path) - path), length = 0;
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
            "%s: is no list: one sound alone is not enough, the target must be named, too", path);
    } else {
        memcpy(list.folder, path, folder > 1 ? folder - 1 : folder);
        status = read_rows(&list, bytes);
    }
    memory_free(list.folder);
    memory_free(bytes);
    return status;
}
