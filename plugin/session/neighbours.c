// SPDX-License-Identifier: ISC
#include "plugin/session/neighbours.h"

#include <string.h>

#include "dsp/base/memory.h"
#include "dsp/base/path.h"
#include "dsp/files/folder.h"

bool neighbours_is_model(const char *name) {
    static const char *const endings[] = {".json", ".aidax", ".aidadspmodel", ".nam", NULL};
    return folder_name_ends(name, endings);
}

static Status folder_of(char **folder, const char *path, Diagnostic *diagnostic) {
    size_t head = (size_t)(path_name(path) - path), length = head > 1 ? head - 1 : 1;
    const char *from = head > 0 ? path : ".";
    *folder = memory_new(length + 1, 1);
    if (!*folder) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "%.500s: no memory for its folder", path);
    }
    memcpy(*folder, from, length);
    return STATUS_OK;
}

// Keeps those of the names (`length` bytes) that are models, and finds `own` among them.
static void select_models(Neighbours *neighbours, size_t length, const char *own) {
    for (char *name = neighbours->names; name < neighbours->names + length;
         name += strlen(name) + 1) {
        if (neighbours_is_model(name) || strcmp(name, own) == 0) {
            neighbours->place += strcmp(name, own) < 0;
            neighbours->there |= strcmp(name, own) == 0;
            neighbours->files[neighbours->count++] = name;
        }
    }
}

Status neighbours_read(Neighbours *neighbours, const char *path, Diagnostic *diagnostic) {
    char *folder = NULL;
    size_t length = 0, names = 0;
    *neighbours = (Neighbours){0};
    Status status = folder_of(&folder, path, diagnostic);
    if (status == STATUS_OK) {
        status = folder_read(&neighbours->names, &length, folder, diagnostic);
    }
    memory_free(folder);
    if (status != STATUS_OK) {
        return status;
    }
    for (size_t i = 0; i < length; i++) {
        names += neighbours->names[i] == 0;
    }
    neighbours->files = memory_new(names ? names : 1, sizeof *neighbours->files);
    if (!neighbours->files) {
        neighbours_clear(neighbours);
        return diagnose(diagnostic, STATUS_NO_MEMORY, "%.500s: no memory for its folder", path);
    }
    select_models(neighbours, length, path_name(path));
    return STATUS_OK;
}

void neighbours_clear(Neighbours *neighbours) {
    memory_free(neighbours->names);
    memory_free(neighbours->files);
    *neighbours = (Neighbours){0};
}

const char *neighbours_next(Neighbours *neighbours, bool forwards) {
    size_t count = neighbours->count, others = count - neighbours->there;
    if (neighbours->passed == others) {
        return NULL;
    }
    neighbours->passed++;
    size_t step = forwards ? neighbours->passed - !neighbours->there : count - neighbours->passed;
    return neighbours->files[(neighbours->place + step) % count];
}
