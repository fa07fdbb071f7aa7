// SPDX-License-Identifier: ISC
#include "plugin/standalone/screen/lists.h"

#include <limits.h>
#include <stdio.h>

#include "plugin/standalone/screen/terminal.h"
#include "plugin/standalone/screen/typing.h"

enum { PAGE = 10 }; // lines

List *lists_open(Screen *screen) {
    return screen->listing == LISTING_PRESETS ? &screen->presets_list : &screen->browser.list;
}

void lists_open_files(Screen *screen, int key) {
    Diagnostic diagnostic = {""};
    FileKind kind = key == 'm' ? FILE_MODEL : FILE_CABINET;
    if (browser_open(&screen->browser, kind, player_path(screen->player, kind), &diagnostic) ==
        STATUS_OK) {
        screen->listing = LISTING_FILES;
        screen->mode = MODE_LIST;
    }
    notices_say(screen->notices, "%s", diagnostic.text);
}

void lists_open_presets(Screen *screen, int key) {
    (void)key;
    List *list = &screen->presets_list;
    Diagnostic diagnostic = {""};
    int count = screen->presets ? presets_count(screen->presets) : 0;
    if (count == 0) {
        diagnose(&diagnostic, STATUS_CANNOT_READ, "there are no presets: is the plugin installed?");
    } else if (list_begin(list, count, &diagnostic) == STATUS_OK) {
        for (int i = 0; i < count; i++) {
            list_add(list, (ListEntry){presets_name(screen->presets, i), false, i});
        }
        list_narrow(list);
        list_choose(list, screen->preset);
        screen->listing = LISTING_PRESETS;
        screen->mode = MODE_LIST;
    }
    notices_say(screen->notices, "%s", diagnostic.text);
}

static void move(Screen *screen, int key) {
    static const struct {
        int key, steps;
    } moves[] = {{PRESS_UP, -1},          {PRESS_DOWN, 1},        {PRESS_PAGE_UP, -PAGE},
                 {PRESS_PAGE_DOWN, PAGE}, {PRESS_HOME, -INT_MAX}, {PRESS_END, INT_MAX / 2}};
    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++) {
        if (moves[i].key == key) {
            list_move(lists_open(screen), moves[i].steps);
        }
    }
}

static void take_preset(Screen *screen) {
    const ListEntry *entry = list_chosen(&screen->presets_list);
    if (entry && presets_apply(screen->presets, entry->number, screen->player)) {
        snprintf(screen->preset, sizeof screen->preset, "%s", entry->name);
    }
}

static void take_file(Screen *screen) {
    Browser *browser = &screen->browser;
    Diagnostic diagnostic = {""};
    const ListEntry *entry = list_chosen(&browser->list);
    char path[LOADER_PATH];
    if (!entry || browser_enter(browser, &diagnostic)) {
        notices_say(screen->notices, "%s", diagnostic.text);
    } else if (browser_path(browser, entry, path)) {
        (void)player_load(screen->player, browser->kind, path);
    }
}

static void take(Screen *screen, int key) {
    (void)key;
    if (screen->listing == LISTING_PRESETS) {
        take_preset(screen);
    } else {
        take_file(screen);
    }
}

static void narrow(Screen *screen, int key) {
    List *list = lists_open(screen);
    typing_take(list->filter, sizeof list->filter, key);
    list_narrow(list);
}

static void widen(Screen *screen, int key) {
    (void)key;
    List *list = lists_open(screen);
    Diagnostic diagnostic = {""};
    if (typing_drop(list->filter)) {
        list_narrow(list);
    } else if (screen->listing == LISTING_FILES) {
        (void)browser_leave(&screen->browser, &diagnostic);
        notices_say(screen->notices, "%s", diagnostic.text);
    }
}

const Action lists_actions[] = {
    {{PRESS_UP, PRESS_DOWN}, "choose", NULL, move},
    {{PRESS_PAGE_UP, PRESS_PAGE_DOWN}, "choose, by pages", NULL, move},
    {{PRESS_HOME, PRESS_END}, "first, last", NULL, move},
    {{PRESS_ENTER}, "load; go in", "load", take},
    {{PRESS_BACKSPACE}, "a letter back; go up", "up", widen},
    {{PRESS_TEXT}, "only names with them", "search", narrow},
    {{PRESS_ESCAPE}, "back", "back", action_leave},
    {{0}, NULL, NULL, NULL},
};
