// SPDX-License-Identifier: ISC
#include "training/data/source.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "dsp/base/memory.h"

void source_clear(Source *source) {
    for (int i = 0; i < source->count; i++) {
        memory_free(source->pairs[i].input);
        memory_free(source->pairs[i].target);
    }
    memory_free(source->pairs);
    *source = (Source){0};
}

char *source_path(const char *folder, const char *name) {
    bool whole = name[0] == '/' || !folder[0];
    size_t size = (whole ? 0 : strlen(folder) + 1) + strlen(name) + 1;
    char *path = memory_new(size, 1);
    if (path && whole) {
        memcpy(path, name, size);
    } else if (path) {
        snprintf(path, size, "%s/%s", folder, name);
    }
    return path;
}

Status source_add(Source *source, const char *folder, const char *input, const char *target,
                  SourceSplit split, Diagnostic *diagnostic) {
    if (source->count == source->room) {
        int room = source->room ? 2 * source->room : 8;
        SourcePair *pairs = memory_resize(source->pairs, (size_t)source->count, (size_t)room,
                                          sizeof *pairs);
        if (pairs) {
            source->pairs = pairs;
            source->room = room;
        }
    }
    char *dry = source_path(folder, input), *wet = source_path(folder, target);
    if (source->count == source->room || !dry || !wet) {
        memory_free(dry);
        memory_free(wet);
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the names of the recordings");
    }
    source->pairs[source->count++] = (SourcePair){.input = dry, .target = wet, .split = split};
    return STATUS_OK;
}

Status source_add_test(Source *source, const char *input, const char *target,
                       Diagnostic *diagnostic) {
    Status status = source_add(source, "", input, target, SPLIT_TEST, diagnostic);
    source->tests += status == STATUS_OK;
    return status;
}
