// SPDX-License-Identifier: ISC
#include "plugin/capture/manifest.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "dsp/base/csv.h"
#include "dsp/base/memory.h"
#include "dsp/files/atomic_file.h"
#include "dsp/files/whole_file.h"

enum {
    LIST_LIMIT = 1 << 20, // bytes
    LINE = 8192,
};

// A row while it is written.
typedef struct Line {
    char text[LINE];
    size_t length;
    bool full; // something did not fit
} Line;

// A pair, as it is to be filed.
typedef struct Entry {
    const char *input, *target;
    const KnobSetting *knobs;
    int count; // of these
} Entry;

// A list while it is changed.
typedef struct List {
    const char *path;
    char *text;   // owned, ends with a line end
    char *parsed; // owned: a copy, cut into cells
    Csv rows;     // of that
    CsvRow names; // its first
    Diagnostic *diagnostic;
} List;

static Status refuse(const List *list, const char *what) {
    return diagnose(list->diagnostic, STATUS_BAD_ARGUMENT, "%.500s: %s", list->path, what);
}

static Status lack_memory(const List *list) {
    return diagnose(list->diagnostic, STATUS_NO_MEMORY, "%.500s: no memory for it", list->path);
}

// ---- Rows ----

// Puts a cell behind `separator`; 0: it is the first of its row.
static void put(Line *line, char separator, const char *cell) {
    size_t begin = line->length + (separator != '\0');
    if (begin < LINE) {
        line->text[line->length] = separator;
        line->length = begin + csv_write(line->text + begin, LINE - begin, cell);
    }
    if (begin >= LINE || line->length >= LINE) {
        line->full = true;
        line->length = LINE;
    }
}

static Status end_line(Line *line, const List *list) {
    if (line->full || line->length + 2 > LINE) {
        return refuse(list, "a line would be too long");
    }
    memcpy(line->text + line->length, "\n", 2);
    line->length++;
    return STATUS_OK;
}

static Status make_names(Line *line, const List *list, const Entry *entry) {
    put(line, '\0', "input");
    put(line, ',', "target");
    for (int i = 0; i < entry->count; i++) {
        put(line, ',', entry->knobs[i].name);
    }
    return end_line(line, list);
}

static const KnobSetting *find_knob(const Entry *entry, const char *name) {
    for (int i = 0; i < entry->count; i++) {
        if (strcmp(entry->knobs[i].name, name) == 0) {
            return &entry->knobs[i];
        }
    }
    return NULL;
}

// The entry's row, in the list's columns.
static Status make_row(Line *line, const List *list, const Entry *entry) {
    int settings = 0;
    for (int i = 0; i < list->names.count; i++) {
        const char *name = list->names.cells[i], *cell = "";
        const KnobSetting *knob = find_knob(entry, name);
        char value[32];
        if (knob) {
            snprintf(value, sizeof value, "%.9g", knob->value);
            cell = value;
            settings++;
        } else if (strcasecmp(name, "input") == 0) {
            cell = entry->input;
        } else if (strcasecmp(name, "target") == 0) {
            cell = entry->target;
        } else if (strcasecmp(name, "seen") == 0) {
            cell = "yes";
        } else if (strcasecmp(name, "split") != 0) {
            return diagnose(list->diagnostic, STATUS_BAD_ARGUMENT,
                            "%.500s: it has a knob '%.500s': say where that stood, with --knob",
                            list->path, name);
        }
        put(line, i ? list->rows.separator : '\0', cell);
    }
    return settings == entry->count
               ? end_line(line, list)
               : refuse(list, "its other pairs do not have all of these knobs");
}

// ---- Lists ----

static int find_column(const CsvRow *names, const char *name) {
    for (int i = 0; i < names->count; i++) {
        if (strcasecmp(names->cells[i], name) == 0) {
            return i;
        }
    }
    return -1;
}

static Status next_row(List *list, CsvRow *row) {
    Diagnostic cause = {""};
    Status status = csv_next(&list->rows, row, &cause);
    return status == STATUS_OK ? status : refuse(list, cause.text);
}

// The list's text as it is, or only the names of a new one.
static Status read_text(List *list, const Entry *entry) {
    Line names = {.length = 0};
    char *bytes = NULL;
    size_t length = 0;
    if (access(list->path, F_OK) == 0) {
        Status status = whole_file_read(&bytes, &length, LIST_LIMIT, list->path, list->diagnostic);
        if (status != STATUS_OK) {
            return status;
        }
    } else {
        Status status = make_names(&names, list, entry);
        if (status != STATUS_OK) {
            return status;
        }
        length = names.length;
    }
    const char *from = bytes ? bytes : names.text;
    size_t size = length + 2;
    list->text = memory_new(size, 1);
    list->parsed = memory_new(size, 1);
    if (list->text && list->parsed) {
        memcpy(list->text, from, length);
        list->text[length] = strchr("\r\n", from[length - 1]) ? '\0' : '\n';
        memcpy(list->parsed, list->text, size);
    }
    memory_free(bytes);
    if (!list->text || !list->parsed) {
        return lack_memory(list);
    }
    return memchr(list->text, '\0', length) ? refuse(list, "is no list of pairs") : STATUS_OK;
}

// Reads the list as far as its columns' names. What was read is cleared by list_clear.
static Status open_list(List *list, const Entry *entry) {
    Status status = read_text(list, entry);
    if (status == STATUS_OK) {
        csv_begin(&list->rows, list->parsed);
        status = next_row(list, &list->names);
    }
    if (status == STATUS_OK &&
        (list->names.count > CSV_COLUMNS || find_column(&list->names, "input") < 0 ||
         find_column(&list->names, "target") < 0)) {
        status = refuse(list, "is no list of pairs: its first line does not name the columns "
                              "'input' and 'target'");
    }
    return status;
}

static void list_clear(List *list) {
    memory_free(list->text);
    memory_free(list->parsed);
}

// Writes the list without the rows of the same input, and with `line` behind it.
static Status write_list(List *list, const Entry *entry, const Line *line) {
    int input = find_column(&list->names, "input");
    size_t from = 0, length = 0;
    char *made = memory_new(strlen(list->text) + line->length, 1);
    Status status = made ? STATUS_OK : lack_memory(list);
    for (CsvRow row = list->names; status == STATUS_OK && row.count > 0;) {
        status = next_row(list, &row);
        bool same = row.count > input && strcmp(row.cells[input], entry->input) == 0;
        if (status == STATUS_OK && (same || row.count == 0)) {
            memcpy(made + length, list->text + from, row.begin - from);
            length += row.begin - from;
            from = row.end;
        }
    }
    if (status == STATUS_OK) {
        memcpy(made + length, line->text, line->length);
        status = atomic_file_write(list->path, made, length + line->length, list->diagnostic);
    }
    memory_free(made);
    return status;
}

// Files the entry, or (`only_check`) only looks whether it could be.
static Status file_entry(const char *path, const Entry *entry, bool only_check,
                         Diagnostic *diagnostic) {
    static const char *const taken[] = {"input", "target", "split", "seen"};
    List list = {.path = path, .diagnostic = diagnostic};
    Line line = {.length = 0};
    for (int i = 0; i < entry->count; i++) {
        if (find_knob(entry, entry->knobs[i].name) != &entry->knobs[i]) {
            return refuse(&list, "a knob stands in one place, not two");
        }
    }
    for (int i = 0; i < 4 * entry->count; i++) {
        const char *name = entry->knobs[i / 4].name;
        if (strcasecmp(name, taken[i % 4]) == 0) {
            return diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                            "%.500s: no knob can have the name '%s'", path, name);
        }
    }
    Status status = open_list(&list, entry);
    if (status == STATUS_OK) {
        status = make_row(&line, &list, entry);
    }
    if (status == STATUS_OK && !only_check) {
        status = write_list(&list, entry, &line);
    }
    list_clear(&list);
    return status;
}

Status manifest_check(const char *path, const char *input, const char *target,
                      const KnobSetting *knobs, int count, Diagnostic *diagnostic) {
    return file_entry(path, &(Entry){input, target, knobs, count}, true, diagnostic);
}

Status manifest_add(const char *path, const char *input, const char *target,
                    const KnobSetting *knobs, int count, Diagnostic *diagnostic) {
    return file_entry(path, &(Entry){input, target, knobs, count}, false, diagnostic);
}
