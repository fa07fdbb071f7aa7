// SPDX-License-Identifier: ISC
#include "plugin/standalone/screen/terminal.h"

#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#define NCURSES_WIDECHAR 1
#include <ncurses.h>

enum {
    ESCAPE_DELAY = 25, // ms in which the rest of a key's characters comes
    ROW = 1024,        // cells of a row at most
};

static SCREEN *screen;
static bool unicode;

bool terminal_there(void) {
    return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && tcgetpgrp(STDIN_FILENO) == getpgrp();
}

static void set_colours(void) {
    static const short colours[STYLE_COUNT] = {
        [STYLE_HEADING] = COLOR_CYAN,
        [STYLE_LOW] = COLOR_GREEN,
        [STYLE_MIDDLE] = COLOR_YELLOW,
        [STYLE_HIGH] = COLOR_RED,
    };
    if (!has_colors() || start_color() == ERR) {
        return;
    }
    bool own = use_default_colors() == OK;
    short plain = own ? -1 : COLOR_WHITE, ground = own ? -1 : COLOR_BLACK;
    for (int i = 0; i < STYLE_COUNT; i++) {
        init_pair((short)(i + 1), colours[i] ? colours[i] : plain, ground);
    }
    init_pair(STYLE_ALARM + 1, COLOR_WHITE, COLOR_RED);
}

bool terminal_open(void) {
    setlocale(LC_CTYPE, ""); // and no more: files keep their decimal points
    unicode = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    screen = newterm(NULL, stdout, stdin);
    if (!screen) {
        return false;
    }
    cbreak();
    noecho();
    nonl();
    nodelay(stdscr, TRUE);
    keypad(stdscr, TRUE);
    set_escdelay(ESCAPE_DELAY);
    curs_set(0);
    set_colours();
    return true;
}

void terminal_close(void) {
    endwin();
    delscreen(screen);
    screen = NULL;
}

bool terminal_gone(void) {
    struct pollfd input = {.fd = STDIN_FILENO};
    return poll(&input, 1, 0) > 0 && (input.revents & (POLLHUP | POLLERR | POLLNVAL));
}

// The key of an ncurses code.
static int key_of(wint_t code) {
    static const struct {
        wint_t code;
        int key;
    } keys[] = {
        {KEY_UP, PRESS_UP},
        {KEY_DOWN, PRESS_DOWN},
        {KEY_LEFT, PRESS_LEFT},
        {KEY_RIGHT, PRESS_RIGHT},
        {KEY_SLEFT, PRESS_SHIFT_LEFT},
        {KEY_SRIGHT, PRESS_SHIFT_RIGHT},
        {KEY_PPAGE, PRESS_PAGE_UP},
        {KEY_NPAGE, PRESS_PAGE_DOWN},
        {KEY_HOME, PRESS_HOME},
        {KEY_END, PRESS_END},
        {KEY_BACKSPACE, PRESS_BACKSPACE},
        {KEY_DC, PRESS_DELETE},
        {KEY_ENTER, PRESS_ENTER},
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (keys[i].code == code) {
            return keys[i].key;
        }
    }
    return PRESS_NONE;
}

// After the character of Esc. Sequences that the terminal's description does not know come as
// characters: those of Shift and the arrows are known here, the others are passed over.
static int key_after_escape(void) {
    wint_t code = 0;
    wint_t number = 0;
    int kind = get_wch(&code);
    if (kind == OK && code != '[' && code != 'O') {
        unget_wch((wchar_t)code);
    }
    if (kind != OK || (code != '[' && code != 'O')) {
        return PRESS_ESCAPE;
    }
    do { // numbers, the last of which tells of Shift, and a letter
        number = code;
        kind = get_wch(&code);
    } while (kind == OK && code < '@');
    return kind != OK || number != '2' ? PRESS_NONE
           : code == 'C'               ? PRESS_SHIFT_RIGHT
           : code == 'D'               ? PRESS_SHIFT_LEFT
                                       : PRESS_NONE;
}

int terminal_key(void) {
    wint_t code = 0;
    for (int kind; (kind = get_wch(&code)) != ERR;) {
        int key = kind == KEY_CODE_YES ? key_of(code) : (int)code;
        if (kind != KEY_CODE_YES && (code == '\b' || code == 127)) {
            key = PRESS_BACKSPACE;
        } else if (key == '\n') {
            key = PRESS_ENTER;
        } else if (key == PRESS_ESCAPE) {
            key = key_after_escape();
        }
        if (key != PRESS_NONE) { // not a new size, which needs no answer but the next picture
            return key;
        }
    }
    return PRESS_NONE;
}

bool terminal_unicode(void) {
    return unicode;
}

void terminal_clear(void) {
    erase();
}

void terminal_size(int *rows, int *columns) {
    getmaxyx(stdscr, *rows, *columns);
}

// The next character of the text, and its width; the bytes that it takes, 0 at the end.
static size_t next_character(wchar_t *character, int *width, const char *text) {
    mbstate_t state = {0};
    size_t length = mbrtowc(character, text, MB_LEN_MAX, &state);
    if (length == 0) {
        return 0;
    }
    *width = length > MB_LEN_MAX ? -1 : wcwidth(*character);
    if (*width < 0) {
        *character = L'?';
        *width = 1;
    }
    return length > MB_LEN_MAX ? 1 : length;
}

size_t terminal_fit(const char *text, int width) {
    size_t length = 0, step;
    wchar_t character;
    for (int cells; (step = next_character(&character, &cells, text + length)) > 0;) {
        if (cells > width) {
            break;
        }
        width -= cells;
        length += step;
    }
    return length;
}

int terminal_width(const char *text) {
    int width = 0, cells;
    wchar_t character;
    for (size_t step; (step = next_character(&character, &cells, text)) > 0; text += step) {
        width += cells;
    }
    return width;
}

static void set_style(Style style) {
    static const attr_t looks[STYLE_COUNT] = {
        [STYLE_STRONG] = A_BOLD,    [STYLE_FAINT] = A_DIM, [STYLE_HEADING] = A_BOLD,
        [STYLE_CHOSEN] = A_REVERSE, [STYLE_HIGH] = A_BOLD, [STYLE_ALARM] = A_BOLD,
    };
    bool colours = has_colors();
    attr_t look = looks[style];
    if (style == STYLE_ALARM && !colours) {
        look |= A_REVERSE;
    }
    attr_set(look, (short)(colours ? style + 1 : 0), NULL);
}

int terminal_put(int row, int column, int width, Style style, const char *text) {
    wchar_t cells[ROW];
    int count = 0, used = 0, wide;
    bool cut = terminal_width(text) > width;
    if (width <= 0) {
        return 0;
    }
    for (size_t step; count < ROW - 2; text += step) {
        step = next_character(&cells[count], &wide, text);
        if (step == 0 || used + wide > width - cut) {
            break;
        }
        used += wide;
        count++;
    }
    if (cut) {
        cells[count++] = unicode ? L'\u2026' : L'~';
        used++;
    }
    set_style(style);
    mvaddnwstr(row, column, cells, count);
    return used;
}

void terminal_put_right(int row, int columns, Style style, const char *text) {
    int width = terminal_width(text);
    terminal_put(row, columns - width, width, style, text);
}

void terminal_blank(int row, int column, int width, Style style) {
    set_style(style);
    for (int i = 0; i < width; i++) {
        mvaddch(row, column + i, ' ');
    }
}

void terminal_show(void) {
    refresh();
}

void terminal_repair(void) {
    clearok(stdscr, TRUE);
}
