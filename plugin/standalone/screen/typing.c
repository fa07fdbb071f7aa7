// SPDX-License-Identifier: ISC
#include "plugin/standalone/screen/typing.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "plugin/standalone/screen/terminal.h"

bool typing_is_number(int key) {
    return key > 0 && key < 128 && strchr("0123456789.-", key);
}

void typing_take(char *line, size_t size, int key) {
    char bytes[MB_LEN_MAX];
    mbstate_t state = {0};
    size_t length = wcrtomb(bytes, (wchar_t)key, &state), before = strlen(line);
    if (length != (size_t)-1 && before + length < size) {
        memcpy(line + before, bytes, length);
        line[before + length] = 0;
    }
}

bool typing_drop(char *line) {
    size_t end_of = strlen(line), last = 0;
    mbstate_t state = {0};
    if (end_of == 0) {
        return false;
    }
    for (size_t i = 0, step; i < end_of; i += step) {
        last = i;
        step = mbrlen(line + i, end_of - i, &state);
        if (step == 0 || step > end_of - i) {
            break;
        }
    }
    line[last] = 0;
    return true;
}

void typing_begin_value(Screen *screen, int key) {
    screen->mode = MODE_TYPING;
    screen->naming = false;
    screen->line[0] = (char)key;
    screen->line[1] = 0;
}

void typing_begin_name(Screen *screen, int key) {
    (void)key;
    if (!screen->presets) {
        notices_say(screen->notices, "without the plugin there is no preset to be saved");
        return;
    }
    screen->mode = MODE_TYPING;
    screen->naming = true;
    screen->line[0] = 0;
}

static void type(Screen *screen, int key) {
    if (!screen->naming && !typing_is_number(key)) {
        return;
    }
    typing_take(screen->line, sizeof screen->line, key);
}

static void untype(Screen *screen, int key) {
    (void)key;
    if (!typing_drop(screen->line) || !screen->line[0]) {
        screen->mode = MODE_CONTROLS;
    }
}

static void set_value(Screen *screen) {
    Dial dial = screen_dial(screen, screen->chosen);
    Diagnostic diagnostic = {""};
    float value = 0.0f;
    if (dial_read(&dial, screen->line, &value, &diagnostic) == STATUS_OK) {
        player_set(screen->player, dial.id, value);
    }
    notices_say(screen->notices, "%s", diagnostic.text);
}

static void set(Screen *screen, int key) {
    (void)key;
    screen->mode = MODE_CONTROLS;
    if (!screen->naming) {
        set_value(screen);
    } else if (screen->line[0] && presets_save(screen->presets, screen->player, screen->line)) {
        snprintf(screen->preset, sizeof screen->preset, "%s", screen->line);
    }
}

const Action typing_actions[] = {
    {{PRESS_ENTER}, "set, or save, it", "done", set},
    {{PRESS_ESCAPE}, "leave it", "leave it", action_leave},
    {{PRESS_BACKSPACE}, "take the last away", NULL, untype},
    {{PRESS_TEXT}, "go on", NULL, type},
    {{0}, NULL, NULL, NULL},
};
