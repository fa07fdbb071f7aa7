// SPDX-License-Identifier: ISC
// The terminal as a grid of cells and a source of keys; the one file that knows ncurses. There is
// one terminal. Main's thread.
#ifndef GRUFF_PLUGIN_STANDALONE_SCREEN_TERMINAL_H
#define GRUFF_PLUGIN_STANDALONE_SCREEN_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

typedef enum Style {
    STYLE_PLAIN,
    STYLE_STRONG,
    STYLE_FAINT,
    STYLE_HEADING,
    STYLE_CHOSEN, // what the keys act on
    STYLE_LOW,    // three parts of a meter
    STYLE_MIDDLE,
    STYLE_HIGH,
    STYLE_ALARM,
    STYLE_COUNT
} Style;

// A key is the character that it gives (Unicode; control characters, too), or one of these.
enum {
    PRESS_NONE = 0,
    PRESS_TAB = 9,
    PRESS_ENTER = 13,
    PRESS_ESCAPE = 27,
    PRESS_UP = 0x110000,
    PRESS_DOWN,
    PRESS_LEFT,
    PRESS_RIGHT,
    PRESS_SHIFT_LEFT,
    PRESS_SHIFT_RIGHT,
    PRESS_PAGE_UP,
    PRESS_PAGE_DOWN,
    PRESS_HOME,
    PRESS_END,
    PRESS_BACKSPACE,
    PRESS_DELETE,
    PRESS_NUMBER, // any character of a number, where the difference does not matter
    PRESS_TEXT,   // any character, likewise
};

// Whether standard input and output are a terminal that this process may use.
bool terminal_there(void);

// Takes it; false when it is of an unknown kind. Afterwards nothing else may print.
bool terminal_open(void);

// Gives it back as it was. Only after terminal_open.
void terminal_close(void);

// Whether somebody closed it.
bool terminal_gone(void);

// The next key that was pressed; PRESS_NONE: none since. Does not wait.
int terminal_key(void);

// Whether it shows more than ASCII.
bool terminal_unicode(void);

// ---- Drawing: clear, put, show ----

void terminal_clear(void);
void terminal_size(int *rows, int *columns);

// Puts text (in the locale's encoding) into `width` cells of a row, cut where it is too long; what
// cannot be shown becomes "?". Answers the cells that were used. Nothing for width <= 0.
int terminal_put(int row, int column, int width, Style style, const char *text);

// Puts text at the right end of a row of so many columns.
void terminal_put_right(int row, int columns, Style style, const char *text);

// Blanks in that style.
void terminal_blank(int row, int column, int width, Style style);

// How many bytes of the text fit into `width` cells.
size_t terminal_fit(const char *text, int width);

// The cells that the text takes.
int terminal_width(const char *text);

void terminal_show(void);

// All anew: something else has written there.
void terminal_repair(void);

#endif
