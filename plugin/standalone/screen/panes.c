// SPDX-License-Identifier: ISC
// The middle of the picture: controls, a list, or help.
#include <stdio.h>
#include <string.h>

#include "plugin/standalone/screen/inner.h"

enum {
    NAME = 19,  // cells of a control's name, with the space after it
    VALUE = 10, // of its value, with the space before it
    KEYS = 18,  // of the keys in help
};

// ---- Controls ----

static int count_controls(const Screen *screen) {
    const Model *model = player_model(screen->player);
    int count = 0;
    while (count < CONTROL_COUNT && dial_there(model, (ControlId)count)) {
        count++;
    }
    return count;
}

static bool begins_group(int i) {
    return i == 0 || dial_group((ControlId)i) != dial_group((ControlId)(i - 1));
}

// The rows that controls `from` to `to` - 1 take under the names of their groups.
static int rows_of(int from, int to) {
    int rows = 0;
    for (int i = from; i < to; i++) {
        rows += 1 + (i == from || begins_group(i));
    }
    return rows;
}

int pane_split(const Screen *screen) {
    int count = count_controls(screen);
    if (rows_of(CONTROL_TONE_POSITION, count) <= CONTROL_ROWS) {
        return CONTROL_TONE_POSITION;
    }
    return (count + 1) / 2;
}

// A bar as long as `place` tells.
static void draw_bar(int row, int column, int width, float place) {
    for (int i = 0; i < width; i++) {
        bool full = (float)i + 0.5f < place * (float)width;
        if (terminal_unicode()) {
            terminal_put(row, column + i, 1, full ? STYLE_LOW : STYLE_FAINT,
                         full ? "\u25a0" : "\u00b7");
        } else {
            terminal_put(row, column + i, 1, full ? STYLE_LOW : STYLE_FAINT, full ? "=" : ".");
        }
    }
}

static void draw_control(const Screen *screen, ControlId id, int row, int column, int width) {
    Dial dial = screen_dial(screen, id);
    char text[DIAL_TEXT];
    float place;
    bool chosen = id == screen->chosen;
    Style style = chosen ? STYLE_CHOSEN : STYLE_PLAIN;
    dial_text(&dial, text);
    terminal_put(row, column, 1, STYLE_STRONG, chosen ? ">" : " ");
    if (chosen) {
        terminal_blank(row, column + 1, NAME - 1, style);
    }
    terminal_put(row, column + 1, NAME - 1, style, dial_name(&dial));
    bool bar = dial_place(&dial, &place);
    int room = bar ? VALUE - 1 : width - NAME - 2;
    int used = terminal_width(text) < room ? terminal_width(text) : room;
    terminal_put(row, column + width - 1 - used, used, style, text);
    if (bar) {
        draw_bar(row, column + NAME + 1, width - NAME - VALUE - 2, place);
    }
}

static void draw_column(const Screen *screen, int from, int to, bool names, const int place[3]) {
    int row = place[0];
    for (int i = from; i < to; i++) {
        if (names && (i == from || begins_group(i))) {
            terminal_put(row++, place[1], place[2], STYLE_HEADING,
                         dial_group_name(dial_group((ControlId)i)));
        }
        draw_control(screen, (ControlId)i, row++, place[1], place[2]);
    }
}

void pane_controls(const Screen *screen, int row, int rows, int columns) {
    int count = count_controls(screen), split = pane_split(screen), half = columns / 2;
    bool names = rows_of(0, split) <= rows && rows_of(split, count) <= rows;
    draw_column(screen, 0, split, names, (const int[]){row, 0, half - 1});
    draw_column(screen, split, count, names, (const int[]){row, half, columns - half});
}

// ---- Lists ----

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
    const List *list = lists_list(screen);
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

void pane_list(Screen *screen, int row, int rows, int columns) {
    const List *list = lists_list(screen);
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

// ---- Help ----

// One line of help, or its end.
typedef struct HelpLine {
    const Action *action; // NULL: a heading
    const char *heading;
} HelpLine;

// Whether the keys of the controls do it, too.
static bool on_controls(const Action *action) {
    for (const Action *one = keys_actions(MODE_CONTROLS); one->act; one++) {
        if (one != action && one->act == action->act && one->keys[0] == action->keys[0]) {
            return true;
        }
    }
    return false;
}

// The line of that number; false after the last one.
static bool help_line(HelpLine *line, int number) {
    static const struct {
        Mode mode;
        const char *heading;
    } parts[] = {
        {MODE_CONTROLS, "Controls"}, {MODE_TYPING, "While something is typed"},
        {MODE_LIST, "In lists"},     {MODE_PAIR, "In the spectra"},
        {MODE_HELP, "In this help"},
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const Action *action = keys_actions(parts[i].mode);
        if (number-- == 0) {
            *line = (HelpLine){NULL, parts[i].heading};
            return true;
        }
        for (; action->act; action++) {
            if (!on_controls(action) && number-- == 0) {
                *line = (HelpLine){action, NULL};
                return true;
            }
        }
    }
    return false;
}

static void draw_help_line(const HelpLine *line, int row, int column, int width) {
    char keys[3 * SCREEN_LINE], one[SCREEN_LINE], other[SCREEN_LINE];
    if (!line->action) {
        terminal_put(row, column, width, STYLE_HEADING, line->heading);
        return;
    }
    bool two = line->action->keys[1];
    snprintf(keys, sizeof keys, "%s%s%s", keys_name(line->action->keys[0], one), two ? ", " : "",
             two ? keys_name(line->action->keys[1], other) : "");
    terminal_put(row, column, KEYS - 1, STYLE_STRONG, keys);
    terminal_put(row, column + KEYS, width - KEYS, STYLE_PLAIN, line->action->text);
}

void pane_help(Screen *screen, int row, int rows, int columns) {
    HelpLine line;
    int count = 0;
    while (help_line(&line, count)) {
        count++;
    }
    int last = count > 2 * rows ? count - 2 * rows : 0;
    screen->help_from = screen->help_from < last ? screen->help_from : last;
    for (int i = 0; i < 2 * rows && help_line(&line, screen->help_from + i); i++) {
        draw_help_line(&line, row + i % rows, i < rows ? 0 : columns / 2, columns / 2 - 1);
    }
}
