// SPDX-License-Identifier: ISC
#include "dsp/files/folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "dsp/base/memory.h"

bool folder_name_ends(const char *name, const char *const *endings) {
    const char *dot = strrchr(name, '.');
    for (; dot && *endings; endings++) {
        if (strcasecmp(dot, *endings) == 0) {
            return true;
        }
    }
    return false;
}

bool folder_is(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

Status folder_make_for(const char *path, Diagnostic *diagnostic) {
    size_t length = strlen(path);
    char *folder = memory_new(length + 1, 1);
    Status status = folder ? STATUS_OK
                           : diagnose(diagnostic, STATUS_NO_MEMORY, "%s: no memory", path);
    for (size_t i = 1; status == STATUS_OK && i < length; i++) {
        if (path[i] == '/' && path[i - 1] != '/') {
            memcpy(folder, path, i);
            if (!folder_is(folder) && mkdir(folder, 0777) != 0 && errno != EEXIST) {
                status = diagnose(diagnostic, STATUS_CANNOT_WRITE,
                                  "%s: the folder cannot be made: %s", folder, strerror(errno));
            }
        }
    }
    memory_free(folder);
    return status;
}

static int visible(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

static int by_bytes(const struct dirent **a, const struct dirent **b) {
    return strcmp((*a)->d_name, (*b)->d_name);
}

Status folder_read(char **names, size_t *length, const char *path, Diagnostic *diagnostic) {
    struct dirent **entries = NULL;
    *names = NULL;
    *length = 0;
    int count = scandir(path, &entries, visible, by_bytes);
    if (count < 0) {
        return diagnose(diagnostic, STATUS_CANNOT_READ, "%s: the folder cannot be read: %s", path,
                        strerror(errno));
    }
    size_t total = 0;
    for (int i = 0; i < count; i++) {
        total += strlen(entries[i]->d_name) + 1;
    }
    char *block = memory_new(total ? total : 1, 1), *to = block;
    for (int i = 0; i < count; i++) {
        size_t size = strlen(entries[i]->d_name) + 1;
        if (block) {
            memcpy(to, entries[i]->d_name, size);
            to += size;
        }
        free(entries[i]);
    }
    free(entries);
    if (!block) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "%s: no memory for its names", path);
    }
    *names = block;
    *length = total;
    return STATUS_OK;
}
