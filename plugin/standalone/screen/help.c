// SPDX-License-Identifier: ISC
#include "plugin/standalone/screen/help.h"

#include <stdio.h>

#include "plugin/standalone/screen/keys.h"
#include "plugin/standalone/screen/terminal.h"

enum { KEYS = 18 }; // cells of the keys

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
    snprintf(keys, sizeof keys, "%s%s%s", action_key_name(line->action->keys[0], one),
             two ? ", " : "", two ? action_key_name(line->action->keys[1], other) : "");
    terminal_put(row, column, KEYS - 1, STYLE_STRONG, keys);
    terminal_put(row, column + KEYS, width - KEYS, STYLE_PLAIN, line->action->text);
}

void help_draw(Screen *screen, int row, int rows, int columns) {
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
