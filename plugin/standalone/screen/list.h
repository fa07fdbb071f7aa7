// SPDX-License-Identifier: ISC
// A list to choose from, narrowed down by typing. Main's thread.
#ifndef GRUFF_PLUGIN_STANDALONE_SCREEN_LIST_H
#define GRUFF_PLUGIN_STANDALONE_SCREEN_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "dsp/base/status.h"

enum { LIST_FILTER = 64 }; // bytes

typedef struct ListEntry {
    const char *name; // the owner's of the list
    bool folder;
    int number; // what the maker of the list knows it by
} ListEntry;

// All zero is an empty list.
typedef struct List {
    ListEntry *entries; // owned: first the `count` that pass the filter, in order
    ListEntry *all;     // owned
    int count, total;
    int chosen;               // 0 to count - 1
    char filter[LIST_FILTER]; // lower and upper case are the same
} List;

// Makes room for up to `room` entries; the list is empty.
Status list_begin(List *list, int room, Diagnostic *diagnostic);

// Adds an entry; there must be room. list_narrow after the last.
void list_add(List *list, ListEntry entry);

// Finds out anew which entries pass the filter.
void list_narrow(List *list);

// Frees what it owns. All zero is fine.
void list_clear(List *list);

// Chooses the entry so many further on, or the first or last.
void list_move(List *list, int steps);

// Chooses the entry of that name, if there is one.
void list_choose(List *list, const char *name);

// The chosen one; NULL when there is none.
const ListEntry *list_chosen(const List *list);

#endif
