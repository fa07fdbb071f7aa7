// SPDX-License-Identifier: ISC
#include "plugin/standalone/screen/draw.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "dsp/base/path.h"
#include "dsp/measures/esr.h"
#include "plugin/standalone/screen/controls_pane.h"
#include "plugin/standalone/screen/help.h"
#include "plugin/standalone/screen/keys.h"
#include "plugin/standalone/screen/levels.h"
#include "plugin/standalone/screen/list_pane.h"
#include "plugin/standalone/screen/pair.h"
#include "plugin/standalone/screen/terminal.h"

enum {
    LEAST_ROWS = 24,
    LEAST_COLUMNS = 80,
    TITLE = 2,    // rows of it
    TITLE_AT = 7, // its column, after "Gruff  "
    HEAD = 5,     // rows above the pane, with the meters
    MESSAGES = 3, // rows of them at least
    TEXT = 512,
};

// ---- What plays ----

// "calm to +12 dB"; nothing where the file does not tell.
static void add_calm(const ModelBehaviour *behaviour, char *text, size_t room) {
    if (behaviour->known && isfinite(behaviour->calm_to)) {
        snprintf(text, room, "; calm to %+g dB", behaviour->calm_to);
    } else if (behaviour->known) {
        snprintf(text, room, "; not calm");
    }
}

static void describe_model(const Model *model, char text[TEXT]) {
    int length;
    if (model->info.esr >= 0.0) {
        length = snprintf(text, TEXT, "ESR %.3g, %s", model->info.esr,
                          esr_in_words(model->info.esr));
    } else {
        length = snprintf(text, TEXT, "its file states no error");
    }
    for (int i = 0; i < model->layer_count; i++) {
        const Layer *layer = &model->layers[i];
        if (layer->kind != LAYER_DENSE) {
            length += snprintf(text + length, TEXT - (size_t)length, "; %s of %d units",
                               layer_kind_title(layer->kind), layer->outputs);
            break;
        }
    }
    add_calm(&model->info.behaviour, text + length, TEXT - (size_t)length);
}

static void draw_title(const Screen *screen, int columns) {
    const PlayerMeters *meters = &screen->meters;
    const Model *model = player_model(screen->player);
    const char *path = player_path(screen->player, FILE_MODEL);
    const char *name = model && model->info.name[0] ? model->info.name : path_name(path);
    char right[TEXT], about[TEXT] = "";
    if (meters->running) {
        snprintf(right, sizeof right, "%s, %g Hz", meters->backend, meters->rate);
    } else {
        snprintf(right, sizeof right, "waiting for %s", meters->backend);
    }
    terminal_put_right(0, columns, meters->running ? STYLE_PLAIN : STYLE_ALARM, right);
    int used = terminal_put(0, 0, TITLE_AT, STYLE_HEADING, "Gruff  ");
    bool bypassed = player_get(screen->player, CONTROL_ENABLED) <= 0.0f;
    int room = columns - used - terminal_width(right) - 2 - (bypassed ? 12 : 0);
    used += terminal_put(0, used, room, STYLE_STRONG, name[0] ? name : "no model");
    if (bypassed) {
        terminal_put(0, used + 2, 10, STYLE_ALARM, " bypassed ");
    }
    if (model) {
        describe_model(model, about);
    }
    terminal_put(1, TITLE_AT, columns - TITLE_AT, STYLE_PLAIN, about);
}

// ---- Messages and hints ----

// The bytes of the text that go into a line of so many cells, at best up to a blank.
static size_t line_of(const char *text, int width) {
    size_t length = terminal_fit(text, width);
    if (text[length]) {
        for (size_t i = length; i > length / 2; i--) {
            if (text[i] == ' ') {
                return i;
            }
        }
    }
    return length;
}

// The latest below, whole if there is room; the older ones above it.
static void draw_messages(const Screen *screen, int row, int rows, int columns) {
    char line[sizeof(Diagnostic)];
    for (unsigned back = 0; rows > 0 && notices_line(screen->notices, back)[0]; back++) {
        const char *text = notices_line(screen->notices, back);
        int lines = 0;
        for (const char *at = text; *at; lines++) {
            at += line_of(at, columns);
            at += *at == ' ';
        }
        int from = rows > lines ? rows - lines : 0;
        for (int i = from; i < rows && *text; i++) {
            size_t length = i == rows - 1 ? strlen(text) : line_of(text, columns);
            snprintf(line, sizeof line, "%.*s", (int)length, text);
            terminal_put(row + i, 0, columns, back ? STYLE_FAINT : STYLE_PLAIN, line);
            text += length + (text[length] == ' ');
        }
        rows = from;
    }
}

static void draw_hints(Mode mode, int row, int columns) {
    char text[TEXT] = "", one[SCREEN_LINE], other[SCREEN_LINE];
    size_t length = 0;
    for (const Action *action = keys_actions(mode); action->act; action++) {
        if (action->hint && length < sizeof text) {
            bool two = action->keys[1];
            length += (size_t)snprintf(
                text + length, sizeof text - length, "%s%s%s%s %s", length ? "   " : "",
                action_key_name(action->keys[0], one), two ? "/" : "",
                two ? action_key_name(action->keys[1], other) : "", action->hint);
        }
    }
    terminal_put(row, 0, columns, STYLE_FAINT, text);
}

static void draw_typed(const Screen *screen, int row, int columns) {
    char text[TEXT], range[DIAL_TEXT];
    Dial dial = screen_dial(screen, screen->chosen);
    dial_range(&dial, range);
    if (screen->naming) {
        snprintf(text, sizeof text, "Save as a preset called: %s_", screen->line);
    } else {
        snprintf(text, sizeof text, "%s, %s: %s_", dial_name(&dial), range, screen->line);
    }
    terminal_put(row, 0, columns, STYLE_STRONG, text);
}

// What turns the chosen control, or is to.
static void draw_midi(const Screen *screen, int row, int columns) {
    char text[TEXT], source[MIDI_SOURCE_TEXT];
    int learning = screen->midi ? midi_learning(screen->midi) : -1;
    Style style = STYLE_PLAIN;
    if (learning >= 0) {
        Dial dial = screen_dial(screen, (ControlId)learning);
        snprintf(text, sizeof text, " move a MIDI knob for %.20s ", dial_name(&dial));
        style = STYLE_CHOSEN;
    } else if (screen->midi && midi_map_source(midi_map(screen->midi), screen->chosen, source)) {
        snprintf(text, sizeof text, "turned by MIDI %s", source);
    } else {
        return;
    }
    terminal_put(row, columns / 2, columns - columns / 2, style, text);
}

static void draw_cabinet(const Screen *screen, int row, int columns) {
    char text[TEXT + LOADER_PATH];
    const char *path = player_path(screen->player, FILE_CABINET);
    snprintf(text, sizeof text, "Cabinet file: %s", path[0] ? path_name(path) : "none");
    terminal_put(row, 0, columns / 2, STYLE_PLAIN, text);
    draw_midi(screen, row, columns);
}

static void draw_rule(int row, int columns) {
    for (int i = 0; i < columns; i++) {
        terminal_put(row, i, 1, STYLE_FAINT, terminal_unicode() ? "\u2500" : "-");
    }
}

static void draw_whole(Screen *screen, int rows, int columns) {
    int pane = CONTROLS_PANE_ROWS;
    draw_title(screen, columns);
    if (screen->mode == MODE_HELP) {
        help_draw(screen, TITLE, rows - TITLE - 1, columns);
        draw_hints(screen->mode, rows - 1, columns);
        return;
    }
    levels_draw(screen, TITLE, columns);
    if (screen->mode == MODE_LIST) {
        pane = rows - HEAD - 1 - MESSAGES - 1;
        list_pane_draw(screen, HEAD, pane, columns);
    } else if (screen->mode == MODE_PAIR) {
        pane = rows - HEAD - 1 - MESSAGES - 1;
        pair_draw(screen, HEAD, pane, columns);
    } else {
        controls_pane_draw(screen, HEAD, pane, columns);
        draw_cabinet(screen, HEAD + pane++, columns);
    }
    int below = HEAD + pane;
    draw_rule(below++, columns);
    draw_messages(screen, below, rows - 1 - below, columns);
    if (screen->mode == MODE_TYPING) {
        draw_typed(screen, rows - 1, columns);
    } else {
        draw_hints(screen->mode, rows - 1, columns);
    }
}

void draw_screen(Screen *screen) {
    int rows, columns;
    char text[TEXT];
    terminal_size(&rows, &columns);
    terminal_clear();
    if (rows < LEAST_ROWS || columns < LEAST_COLUMNS) {
        snprintf(text, sizeof text, "gruff plays; to show it, it needs %d x %d cells, not %d x %d",
                 LEAST_COLUMNS, LEAST_ROWS, columns, rows);
        for (int row = 0; row < rows && text[0]; row++) {
            size_t length = line_of(text, columns);
            length = length ? length : 1;
            char line[TEXT];
            snprintf(line, sizeof line, "%.*s", (int)length, text);
            terminal_put(row, 0, columns, STYLE_PLAIN, line);
            memmove(text, text + length, strlen(text + length) + 1);
        }
    } else {
        draw_whole(screen, rows, columns);
    }
    terminal_show();
}
