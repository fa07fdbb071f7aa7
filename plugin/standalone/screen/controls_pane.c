// SPDX-License-Identifier: ISC
#include "plugin/standalone/screen/controls_pane.h"

#include "plugin/standalone/screen/terminal.h"

enum {
    NAME = 19,  // cells of a control's name, with the space after it
    VALUE = 10, // of its value, with the space before it
};

static int count_controls(const Screen *screen) {
    const Model *model = player_model(screen->player);
    int count = 0;
    while (count < CONTROL_COUNT && dial_there(model, (ControlId)count)) {
        count++;
    }
    return count;
}

static bool begins_group(int i) {
    return i == 0 || controls[i].group != controls[i - 1].group;
}

// The rows that controls `from` to `to` - 1 take under the names of their groups.
static int rows_of(int from, int to) {
    int rows = 0;
    for (int i = from; i < to; i++) {
        rows += 1 + (i == from || begins_group(i));
    }
    return rows;
}

int controls_pane_split(const Screen *screen) {
    int count = count_controls(screen);
    if (rows_of(CONTROL_TONE_POSITION, count) <= CONTROLS_PANE_ROWS) {
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
                         control_groups[controls[i].group].name);
        }
        draw_control(screen, (ControlId)i, row++, place[1], place[2]);
    }
}

void controls_pane_draw(const Screen *screen, int row, int rows, int columns) {
    int count = count_controls(screen), split = controls_pane_split(screen), half = columns / 2;
    bool names = rows_of(0, split) <= rows && rows_of(split, count) <= rows;
    draw_column(screen, 0, split, names, (const int[]){row, 0, half - 1});
    draw_column(screen, split, count, names, (const int[]){row, half, columns - half});
}
