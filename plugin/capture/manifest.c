// SPDX-License-Identifier: ISC
#include "plugin/capture/manifest.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dsp/base/memory.h"
#include "dsp/files/atomic_file.h"
#include "dsp/files/whole_file.h"

enum {
    LIST_LIMIT = 1 << 20, // bytes
    LINE = 8192,
};

typedef struct Line {
    char text[LINE];
    size_t length;
} Line;

static bool put(Line *line, const char *format, const char *text) {
    size_t room = sizeof line->text - line->length;
    int length = snprintf(line->text + line->length, room, format, text);
    bool fits = length >= 0 && (size_t)length < room;
    line->length += fits ? (size_t)length : 0;
    return fits;
}

// What would break the list's cells apart.
static bool is_plain(const char *text) {
    return text[0] && !strpbrk(text, ",\"\r\n");
}

static const KnobSetting *find(const KnobSetting *knobs, int count, const char *name,
                               size_t length) {
    for (int i = 0; i < count; i++) {
        if (strlen(knobs[i].name) == length && memcmp(knobs[i].name, name, length) == 0) {
            return &knobs[i];
        }
    }
    return NULL;
}

// The new line in the columns of `header`, which ends at a line's end.
static Status make_line(Line *line, const char *path, const char *header, const char *input,
                        const char *target, const KnobSetting *knobs, int count,
                        Diagnostic *diagnostic) {
    int settings = 0;
    bool fits = true;
    for (const char *cell = header;;) {
        size_t length = strcspn(cell, ",\r\n");
        const KnobSetting *knob = find(knobs, count, cell, length);
        char value[32] = "";
        if (knob) {
            snprintf(value, sizeof value, "%.9g", knob->value);
            settings++;
        } else if (cell == header || (length == 6 && memcmp(cell, "target", 6) == 0)) {
            fits = fits && put(line, "%s", cell == header ? input : target);
        } else if (length != 5 || memcmp(cell, "split", 5) != 0) {
            return diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                            "%.500s: it has a knob '%.*s': say where that stood, with --knob", path,
                            (int)length, cell);
        }
        fits = fits && put(line, "%s", value);
        cell += length;
        if (*cell != ',') {
            break;
        }
        fits = fits && put(line, "%s", ",");
        cell++;
    }
    if (settings != count) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                        "%.500s: its other pairs do not have all of these knobs", path);
    }
    return fits && put(line, "%s", "\n") ? STATUS_OK
                                         : diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                                                    "%.500s: a line would be too long", path);
}

static Status make_header(Line *header, const char *path, const KnobSetting *knobs, int count,
                          Diagnostic *diagnostic) {
    bool fits = put(header, "%s", "input,target");
    for (int i = 0; i < count; i++) {
        fits = fits && put(header, ",%s", knobs[i].name);
    }
    fits = fits && put(header, "%s", "\n");
    return fits ? STATUS_OK
                : diagnose(diagnostic, STATUS_BAD_ARGUMENT, "%.500s: a line would be too long",
                           path);
}

// `old`, which ends with a newline, without the line of `input`, and with `line` behind it.
static Status write_list(const char *path, const char *old, const char *input, const Line *line,
                         Diagnostic *diagnostic) {
    size_t name = strlen(input), length = 0;
    char *made = memory_new(strlen(old) + line->length + 1, 1);
    if (!made) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "%.500s: no memory for it", path);
    }
    for (const char *at = old; *at;) {
        size_t size = (size_t)(strchr(at, '\n') - at) + 1;
        if (strncmp(at, input, name) != 0 || at[name] != ',') {
            memcpy(made + length, at, size);
            length += size;
        }
        at += size;
    }
    memcpy(made + length, line->text, line->length);
    Status status = atomic_file_write(path, made, length + line->length, diagnostic);
    memory_free(made);
    return status;
}

// The list as it is, with a newline at its end; or only the header of a new one.
static Status read_list(char **text, const char *path, const Line *header, Diagnostic *diagnostic) {
    char *bytes = NULL;
    size_t length = header->length;
    Status status = STATUS_OK;
    if (access(path, F_OK) == 0) {
        status = whole_file_read(&bytes, &length, LIST_LIMIT, path, diagnostic);
    }
    if (status != STATUS_OK) {
        return status;
    }
    *text = memory_new(length + 2, 1);
    if (*text) {
        memcpy(*text, bytes ? bytes : header->text, length);
        (*text)[length] = (*text)[length - 1] == '\n' ? '\0' : '\n';
    } else {
        status = diagnose(diagnostic, STATUS_NO_MEMORY, "%.500s: no memory for it", path);
    }
    memory_free(bytes);
    return status;
}

// The list as it is, or the header of a new one, and the new line. *text is the caller's.
static Status compose(char **text, Line *line, const char *path, const char *input,
                      const char *target, const KnobSetting *knobs, int count,
                      Diagnostic *diagnostic) {
    bool plain = is_plain(input) && is_plain(target);
    for (int i = 0; i < count; i++) {
        plain = plain && is_plain(knobs[i].name);
    }
    if (!plain) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                        "%.500s: names of files and knobs in it can have no comma and no quote",
                        path);
    }
    Line header = {.length = 0};
    Status status = make_header(&header, path, knobs, count, diagnostic);
    if (status == STATUS_OK) {
        status = read_list(text, path, &header, diagnostic);
    }
    if (status != STATUS_OK) {
        return status;
    }
    // Nor has a list a zero in it; then the text would end before its last newline.
    if (strncmp(*text, "input,", 6) != 0 || (*text)[strlen(*text) - 1] != '\n') {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                        "%.500s: is no list of pairs: its first line does not begin with "
                        "'input,target'",
                        path);
    }
    return make_line(line, path, *text, input, target, knobs, count, diagnostic);
}

Status manifest_check(const char *path, const char *input, const char *target,
                      const KnobSetting *knobs, int count, Diagnostic *diagnostic) {
    Line line = {.length = 0};
    char *text = NULL;
    Status status = compose(&text, &line, path, input, target, knobs, count, diagnostic);
    memory_free(text);
    return status;
}

Status manifest_add(const char *path, const char *input, const char *target,
                    const KnobSetting *knobs, int count, Diagnostic *diagnostic) {
    Line line = {.length = 0};
    char *text = NULL;
    Status status = compose(&text, &line, path, input, target, knobs, count, diagnostic);
    if (status == STATUS_OK) {
        status = write_list(path, text, input, &line, diagnostic);
    }
    memory_free(text);
    return status;
}
