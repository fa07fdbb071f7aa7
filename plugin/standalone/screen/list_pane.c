// SPDX-License-Identifier: ISC
#include "plugin/standalone/screen/list_pane.h"

#include <stdio.h>
#include <string.h>

#include "plugin/standalone/screen/lists.h"
#include "plugin/standalone/screen/terminal.h"

static void draw_entry(const ListEntry *entry, bool chosen, bool plays, int row, int columns) {
    char text[LOADER_PATH];
    const char *mark = !plays ? " " : terminal_unicode() ? "\u25b6" : "*";
    snprintf(text, sizeof text, "%s%s", entry->name, entry->folder ? "/" : "");
    Style style = chosen ? STYLE_CHOSEN : entry->folder ? STYLE_HEADING : STYLE_PLAIN;
    terminal_put(row, 0, 1, STYLE_STRONG, chosen ? ">" : " ");
    terminal_put(row, 2, 1, STYLE_LOW, mark);
    terminal_put(row, 4, columns - 4, style, text);
}

static void draw_list_title(Screen *screen, int row, int columns) {
    const Browser *browser = &screen->browser;
    const List *list = lists_open(screen);
    char text[LOADER_PATH + SCREEN_LINE];
    if (screen->listing == LISTING_PRESETS) {
        snprintf(text, sizeof text, "Presets");
    } else {
        snprintf(text, sizeof text, "%s in %s", browser->kind == FILE_MODEL ? "Models" : "Cabinets",
                 browser->folder);
    }
    int used = terminal_put(row, 0, columns - 24, STYLE_HEADING, text);
    if (list->filter[0]) {
        snprintf(text, sizeof text, "with \"%s\"", list->filter);
        terminal_put(row, used + 1, columns - used - 1, STYLE_STRONG, text);
    }
}

// Whether it is what plays.
static bool entry_plays(Screen *screen, const ListEntry *entry) {
    if (screen->listing == LISTING_PRESETS) {
        return strcmp(entry->name, screen->preset) == 0;
    }
    Browser *browser = &screen->browser;
    return browser_plays(browser, entry, player_path(screen->player, browser->kind));
}

void list_pane_draw(Screen *screen, int row, int rows, int columns) {
    const List *list = lists_open(screen);
    int room = rows - 1, from = list->chosen - room / 2;
    from = from + room > list->count ? list->count - room : from;
    from = from > 0 ? from : 0;
    draw_list_title(screen, row, columns);
    if (list->count == 0) {
        terminal_put(row + 1, 4, columns - 4, STYLE_FAINT, "none");
    }
    for (int i = from; i < list->count && i < from + room; i++) {
        const ListEntry *entry = &list->entries[i];
        draw_entry(entry, i == list->chosen, entry_plays(screen, entry), row + 1 + i - from,
                   columns);
    }
}
