// SPDX-License-Identifier: ISC
// What the parts of the screen share: screen.c (its life); keys.c, typing.c and lists.c (what keys
// do); draw.c and panes.c (what is seen).
#ifndef GRUFF_PLUGIN_STANDALONE_SCREEN_INNER_H
#define GRUFF_PLUGIN_STANDALONE_SCREEN_INNER_H

#include <stdbool.h>

#include "plugin/standalone/screen/browser.h"
#include "plugin/standalone/screen/dial.h"
#include "plugin/standalone/screen/gauge.h"
#include "plugin/standalone/screen/screen.h"
#include "plugin/standalone/screen/terminal.h"

enum {
    SCREEN_ROWS = 24, // at least
    SCREEN_COLUMNS = 80,
    CONTROL_ROWS = 13,
    SCREEN_LINE = 64, // bytes of what is typed
    LISTING_NAME = 256,
    ACTION_KEYS = 2,
};

// What the keys go to.
typedef enum Mode { MODE_CONTROLS, MODE_TYPING, MODE_LIST, MODE_HELP, MODE_PAIR } Mode;

struct Screen {
    Player *player;
    Notices *notices;
    Presets *presets;
    Midi *midi;
    bool tried, open; // to take the terminal; it is taken
    bool over;        // a key ended the host
    bool stale;       // the picture is
    double drawn;     // when, by meter_clock
    PlayerMeters meters;
    Gauge in, out;
    float load; // now, in %
    ControlId chosen;
    Mode mode;
    char line[SCREEN_LINE]; // what is typed
    bool naming;            // a preset, instead of a value
    enum { LISTING_FILES, LISTING_PRESETS } listing;
    Browser browser;
    List presets_list;
    char preset[LISTING_NAME]; // that was chosen last; "": none
    int help_from;             // the first line of it that is seen
};

// An action of a mode: its keys (0: none), what it is called in one line of help, and in the line
// of hints at the bottom (NULL: not there).
typedef struct Action {
    int keys[ACTION_KEYS];
    const char *text, *hint;
    void (*act)(Screen *screen, int key);
} Action;

// The actions of a mode; {{0}} ends them. Help shows these tables, and keys are looked up in them.
const Action *keys_actions(Mode mode);

extern const char keys_of_numbers[];

// The name of a key, for help.
const char *keys_name(int key, char name[SCREEN_LINE]);

// Does what the key does.
void keys_press(Screen *screen, int key);

// Back to the controls.
void keys_leave(Screen *screen, int key);

// ---- typing.c ----

extern const Action typing_actions[];

// Adds a character to a line of `size` bytes, if there is room.
void typing_take(char *line, size_t size, int key);

// Takes the last character away; false when there is none.
bool typing_drop(char *line);

// Begins to type a value, by `key`; or the name of a preset to be.
void typing_begin_value(Screen *screen, int key);
void typing_begin_name(Screen *screen, int key);

// ---- lists.c ----

extern const Action lists_actions[];

// At 'm' the models, at 'c' the cabinets; the presets.
void lists_open_files(Screen *screen, int key);
void lists_open_presets(Screen *screen, int key);

// The one that is open.
List *lists_list(Screen *screen);

// ---- pair.c ----

// Listens to the next of model, target and difference; says so where there is no pair.
void pair_listen(Screen *screen, int key);

// Shows the spectra.
void pair_open(Screen *screen, int key);

// What is heard, and the error; false when there is no pair.
bool pair_state(const Screen *screen, char text[SCREEN_LINE]);

void pane_pair(const Screen *screen, int row, int rows, int columns);

// ---- screen.c, draw.c ----

// The chosen control, or another one, as it stands.
Dial screen_dial(const Screen *screen, ControlId id);

// Draws all of it.
void draw(Screen *screen);

// Puts text at the right end of a row.
void draw_right(int row, int columns, Style style, const char *text);

// Three rows of meters, with their scale: levels.c.
void pane_levels(const Screen *screen, int row, int columns);

// ---- panes.c: parts of the picture, `rows` rows from `row` on, as wide as the terminal ----

void pane_controls(const Screen *screen, int row, int rows, int columns);
void pane_list(Screen *screen, int row, int rows, int columns);
void pane_help(Screen *screen, int row, int rows, int columns);

// How the controls stand in two columns: the number of the first one of the second column.
int pane_split(const Screen *screen);

#endif
