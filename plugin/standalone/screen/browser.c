// SPDX-License-Identifier: ISC
#include "plugin/standalone/screen/browser.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/base/memory.h"
#include "dsp/base/path.h"
#include "dsp/files/audio/audio_file.h"
#include "dsp/files/folder.h"
#include "plugin/session/neighbours.h"

static const char no_cabinet[] = "(no cabinet)";

static bool join(char path[LOADER_PATH], const char *folder, const char *name) {
    const char *slash = folder[1] ? "/" : ""; // none after the root's own
    return snprintf(path, LOADER_PATH, "%s%s%s", folder, slash, name) < LOADER_PATH;
}

// Adds the names that are folders, or those that are files of this kind.
static void add(List *list, const Browser *browser, const char *folder, const char *names,
                size_t length, bool folders) {
    char path[LOADER_PATH];
    for (const char *name = names; name < names + length; name += strlen(name) + 1) {
        bool right = browser->kind == FILE_MODEL ? neighbours_is_model(name)
                                                 : audio_file_is_named(name);
        if (join(path, folder, name) && (folders || right) && folder_is(path) == folders) {
            list_add(list, (ListEntry){name, folders, 0});
        }
    }
}

static Status read_into(Browser *browser, const char *folder, Diagnostic *diagnostic) {
    char *names = NULL;
    size_t length = 0;
    int count = 2;
    List list = {0};
    Status status = folder_read(&names, &length, folder, diagnostic);
    for (size_t i = 0; i < length; i++) {
        count += names[i] == 0;
    }
    if (status == STATUS_OK) {
        status = list_begin(&list, count, diagnostic);
    }
    if (status != STATUS_OK) {
        memory_free(names);
        return status;
    }
    if (browser->kind == FILE_CABINET) {
        list_add(&list, (ListEntry){no_cabinet, false, 0});
    }
    if (folder[1]) {
        list_add(&list, (ListEntry){"..", true, 0});
    }
    add(&list, browser, folder, names, length, true);
    add(&list, browser, folder, names, length, false);
    list_narrow(&list);
    memory_free(browser->names);
    list_clear(&browser->list);
    browser->names = names;
    browser->list = list;
    if (folder != browser->folder) {
        strcpy(browser->folder, folder);
    }
    return STATUS_OK;
}

// Cuts the last name off an absolute path, and answers it.
static const char *cut(char path[LOADER_PATH]) {
    static char name[LOADER_PATH];
    char *slash = strrchr(path, '/');
    strcpy(name, slash + 1);
    slash[slash == path] = 0;
    return name;
}

// The absolute folder of a file, that may be a link and stays it, and the file's name; "" and the
// working folder for "".
static const char *resolve(char folder[LOADER_PATH], const char *path) {
    char above[LOADER_PATH] = ".";
    const char *name = path_name(path);
    if (name > path) {
        snprintf(above, sizeof above, "%.*s", (int)(name - path), path);
    }
    if (!realpath(above, folder)) {
        strcpy(folder, "/");
    }
    return name;
}

Status browser_open(Browser *browser, FileKind kind, const char *path, Diagnostic *diagnostic) {
    char folder[LOADER_PATH];
    const char *name = resolve(folder, path);
    browser_clear(browser);
    browser->kind = kind;
    Status status = read_into(browser, folder, diagnostic);
    list_choose(&browser->list, path[0] ? name : no_cabinet);
    return status;
}

bool browser_enter(Browser *browser, Diagnostic *diagnostic) {
    const ListEntry *entry = list_chosen(&browser->list);
    char folder[LOADER_PATH];
    if (!entry || !entry->folder) {
        return false;
    }
    if (strcmp(entry->name, "..") == 0) {
        (void)browser_leave(browser, diagnostic);
    } else if (join(folder, browser->folder, entry->name)) {
        (void)read_into(browser, folder, diagnostic);
    }
    return true;
}

Status browser_leave(Browser *browser, Diagnostic *diagnostic) {
    char folder[LOADER_PATH];
    strcpy(folder, browser->folder);
    const char *name = cut(folder);
    Status status = read_into(browser, folder, diagnostic);
    if (status == STATUS_OK) {
        list_choose(&browser->list, name);
    }
    return status;
}

bool browser_path(const Browser *browser, const ListEntry *entry, char path[LOADER_PATH]) {
    if (entry->name == no_cabinet) {
        path[0] = 0;
        return true;
    }
    return join(path, browser->folder, entry->name);
}

bool browser_plays(Browser *browser, const ListEntry *entry, const char *playing) {
    char path[LOADER_PATH], folder[LOADER_PATH];
    if (strcmp(playing, browser->playing) != 0) {
        strcpy(browser->playing, playing);
        const char *name = resolve(folder, playing);
        if (!name[0] || !join(browser->played, folder, name)) {
            browser->played[0] = 0;
        }
    }
    return !entry->folder && browser_path(browser, entry, path) &&
           strcmp(path, browser->played) == 0;
}

void browser_clear(Browser *browser) {
    memory_free(browser->names);
    list_clear(&browser->list);
    *browser = (Browser){0};
}
