// SPDX-License-Identifier: ISC
// Choosing a model or a cabinet: each is loaded where the list stays, so that one can listen.
#include <limits.h>

#include "plugin/standalone/screen/inner.h"

enum { PAGE = 10 }; // lines

void files_open(Screen *screen, int key) {
    Diagnostic diagnostic = {""};
    FileKind kind = key == 'm' ? FILE_MODEL : FILE_CABINET;
    if (browser_open(&screen->browser, kind, player_path(screen->player, kind), &diagnostic) ==
        STATUS_OK) {
        screen->mode = MODE_FILES;
    }
    notices_say(screen->notices, diagnostic.text);
}

static void move_in_files(Screen *screen, int key) {
    static const struct {
        int key, steps;
    } moves[] = {{PRESS_UP, -1},          {PRESS_DOWN, 1},        {PRESS_PAGE_UP, -PAGE},
                 {PRESS_PAGE_DOWN, PAGE}, {PRESS_HOME, -INT_MAX}, {PRESS_END, INT_MAX / 2}};
    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++) {
        if (moves[i].key == key) {
            list_move(&screen->browser.list, moves[i].steps);
        }
    }
}

static void take_file(Screen *screen, int key) {
    (void)key;
    Browser *browser = &screen->browser;
    Diagnostic diagnostic = {""};
    const ListEntry *entry = list_chosen(&browser->list);
    char path[LOADER_PATH];
    if (!entry || browser_enter(browser, &diagnostic)) {
        notices_say(screen->notices, diagnostic.text);
    } else if (browser_path(browser, entry, path)) {
        (void)player_load(screen->player, browser->kind, path);
    }
}

static void narrow(Screen *screen, int key) {
    List *list = &screen->browser.list;
    typing_take(list->filter, sizeof list->filter, key);
    list_narrow(list);
}

static void widen(Screen *screen, int key) {
    (void)key;
    List *list = &screen->browser.list;
    Diagnostic diagnostic = {""};
    if (typing_drop(list->filter)) {
        list_narrow(list);
    } else {
        (void)browser_leave(&screen->browser, &diagnostic);
        notices_say(screen->notices, diagnostic.text);
    }
}

const Action files_actions[] = {
    {{PRESS_UP, PRESS_DOWN}, "choose", NULL, move_in_files},
    {{PRESS_PAGE_UP, PRESS_PAGE_DOWN}, "choose, by pages", NULL, move_in_files},
    {{PRESS_HOME, PRESS_END}, "first, last", NULL, move_in_files},
    {{PRESS_ENTER}, "load; go in", "load", take_file},
    {{PRESS_BACKSPACE}, "a letter back; go up", "up", widen},
    {{PRESS_TEXT}, "only names with them", "search", narrow},
    {{PRESS_ESCAPE}, "back", "back", keys_leave},
    {{0}, NULL, NULL, NULL},
};
