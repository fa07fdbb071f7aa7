// SPDX-License-Identifier: ISC
#include "plugin/standalone/screen/action.h"

#include <stdio.h>

#include "plugin/standalone/screen/terminal.h"

const Action *action_find(const Action *actions, int key) {
    for (; actions->act; actions++) {
        for (int i = 0; i < ACTION_KEYS; i++) {
            if (actions->keys[i] == key) {
                return actions;
            }
        }
    }
    return NULL;
}

const char *action_key_name(int key, char name[SCREEN_LINE]) {
    static const struct {
        int key;
        const char *name;
    } names[] = {
        {' ', "Space"},
        {PRESS_TAB, "Tab"},
        {PRESS_ENTER, "Enter"},
        {PRESS_ESCAPE, "Esc"},
        {PRESS_UP, "Up"},
        {PRESS_DOWN, "Down"},
        {PRESS_LEFT, "Left"},
        {PRESS_RIGHT, "Right"},
        {PRESS_SHIFT_LEFT, "Shift-Left"},
        {PRESS_SHIFT_RIGHT, "Right"},
        {PRESS_PAGE_UP, "PgUp"},
        {PRESS_PAGE_DOWN, "PgDn"},
        {PRESS_HOME, "Home"},
        {PRESS_END, "End"},
        {PRESS_BACKSPACE, "Backspace"},
        {PRESS_DELETE, "Del"},
        {PRESS_NUMBER, "0 to 9, -"},
        {PRESS_TEXT, "Letters"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (names[i].key == key) {
            return names[i].name;
        }
    }
    snprintf(name, SCREEN_LINE, key < ' ' ? "Ctrl-%c" : "%c", key < ' ' ? key + '@' : key);
    return name;
}

void action_leave(Screen *screen, int key) {
    (void)key;
    screen->mode = MODE_CONTROLS;
}
