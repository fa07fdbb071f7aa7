// SPDX-License-Identifier: ISC
#include "plugin/standalone/screen/list.h"

#include <string.h>

#include "dsp/base/memory.h"

Status list_begin(List *list, int room, Diagnostic *diagnostic) {
    list_clear(list);
    list->all = memory_new((size_t)room + 1, sizeof *list->all);
    list->entries = memory_new((size_t)room + 1, sizeof *list->entries);
    if (!list->all || !list->entries) {
        list_clear(list);
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for a list of %d names", room);
    }
    return STATUS_OK;
}

void list_add(List *list, ListEntry entry) {
    list->all[list->total++] = entry;
}

void list_narrow(List *list) {
    list->count = 0;
    for (int i = 0; i < list->total; i++) {
        const char *name = list->all[i].name;
        if (strcmp(name, "..") == 0 || strcasestr(name, list->filter)) {
            list->entries[list->count++] = list->all[i];
        }
    }
    list->chosen = 0;
    // The way out is not what somebody types for.
    if (list->filter[0] && list->count > 1 && strcmp(list->entries[0].name, "..") == 0) {
        list->chosen = 1;
    }
}

void list_clear(List *list) {
    memory_free(list->all);
    memory_free(list->entries);
    *list = (List){0};
}

void list_move(List *list, int steps) {
    int to = list->chosen + steps;
    to = to < list->count ? to : list->count - 1;
    list->chosen = to > 0 ? to : 0;
}

void list_choose(List *list, const char *name) {
    for (int i = 0; i < list->count; i++) {
        if (strcmp(list->entries[i].name, name) == 0) {
            list->chosen = i;
        }
    }
}

const ListEntry *list_chosen(const List *list) {
    return list->count > 0 ? &list->entries[list->chosen] : NULL;
}
