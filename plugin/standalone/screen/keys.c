// SPDX-License-Identifier: ISC
#include "plugin/standalone/screen/keys.h"

#include "plugin/standalone/screen/controls_pane.h"
#include "plugin/standalone/screen/lists.h"
#include "plugin/standalone/screen/pair.h"
#include "plugin/standalone/screen/terminal.h"
#include "plugin/standalone/screen/typing.h"

// ---- Controls ----

static void choose_next(Screen *screen, int key) {
    int step = key == PRESS_UP ? -1 : 1;
    int to = (int)screen->chosen + step;
    if (to >= 0 && to < CONTROL_COUNT && dial_there(player_model(screen->player), (ControlId)to)) {
        screen->chosen = (ControlId)to;
    }
}

static void choose_aside(Screen *screen, int key) {
    (void)key;
    int split = controls_pane_split(screen), to = (int)screen->chosen;
    if (to >= split) {
        to = to - split < split ? to - split : split - 1;
    } else {
        to += split;
    }
    while (to >= CONTROL_COUNT || !dial_there(player_model(screen->player), (ControlId)to)) {
        to--;
    }
    screen->chosen = (ControlId)to;
}

static void turn(Screen *screen, int key) {
    Dial dial = screen_dial(screen, screen->chosen);
    bool down = key == PRESS_LEFT || key == PRESS_SHIFT_LEFT || key == PRESS_PAGE_DOWN;
    bool large = key != PRESS_LEFT && key != PRESS_RIGHT;
    player_set(screen->player, dial.id, dial_turned(&dial, down ? -1 : 1, large));
}

static void set_back(Screen *screen, int key) {
    (void)key;
    player_set(screen->player, screen->chosen, controls[screen->chosen].initial);
}

static void switch_over(Screen *screen, ControlId id) {
    const Control *control = &controls[id];
    float value = player_get(screen->player, id);
    if (control->scale == SCALE_CHOICE) {
        int next = (control_choice(id, value) + 1) % control->choice_count;
        player_set(screen->player, id, control->choices[next].value);
    } else {
        player_set(screen->player, id, value > 0.0f ? 0.0f : 1.0f);
    }
}

static void throw_switch(Screen *screen, int key) {
    (void)key;
    ControlScale scale = controls[screen->chosen].scale;
    if (scale == SCALE_TOGGLE || scale == SCALE_CHOICE) {
        switch_over(screen, screen->chosen);
    }
}

static void bypass(Screen *screen, int key) {
    (void)key;
    switch_over(screen, CONTROL_ENABLED);
}

// ---- Everything else that is at hand ----

static void step_model(Screen *screen, int key) {
    (void)player_step(screen->player, key == 'n');
}

static void load_anew(Screen *screen, int key) {
    (void)key;
    player_reload(screen->player);
}

static void learn(Screen *screen, int key) {
    (void)key;
    if (!screen->midi) {
        notices_say(screen->notices, "MIDI is not listened to");
    } else if (midi_learning(screen->midi) == (int)screen->chosen) {
        midi_learn_cancel(screen->midi);
    } else {
        midi_learn(screen->midi, screen->chosen);
    }
}

static void unlearn(Screen *screen, int key) {
    (void)key;
    if (screen->midi) {
        midi_forget(screen->midi, screen->chosen);
    }
}

static void forget_clips(Screen *screen, int key) {
    (void)key;
    screen->in.clipped = screen->out.clipped = false;
}

static void repair(Screen *screen, int key) {
    (void)screen;
    (void)key;
    terminal_repair();
}

static void end(Screen *screen, int key) {
    (void)key;
    screen->over = true;
}

static void help(Screen *screen, int key) {
    (void)key;
    screen->mode = MODE_HELP;
    screen->help_from = 0;
}

// ---- Help ----

static void move_in_help(Screen *screen, int key) {
    screen->help_from += key == PRESS_UP ? -1 : 1;
    screen->help_from = screen->help_from > 0 ? screen->help_from : 0;
}

// ---- The tables ----

static const Action on_controls[] = {
    {{PRESS_UP, PRESS_DOWN}, "choose a control", NULL, choose_next},
    {{PRESS_TAB}, "to the other column", NULL, choose_aside},
    {{PRESS_LEFT, PRESS_RIGHT}, "turn it", NULL, turn},
    {{PRESS_SHIFT_LEFT, PRESS_SHIFT_RIGHT}, "turn it far", NULL, turn},
    {{PRESS_PAGE_DOWN, PRESS_PAGE_UP}, "the same", NULL, turn},
    {{PRESS_BACKSPACE, PRESS_DELETE}, "set it back", NULL, set_back},
    {{PRESS_NUMBER}, "type its value", NULL, typing_begin_value},
    {{' ', PRESS_ENTER}, "switch it over", NULL, throw_switch},
    {{'b'}, "bypass", "bypass", bypass},
    {{'p', 'n'}, "previous, next model", "model", step_model},
    {{'m'}, "models", "models", lists_open_files},
    {{'c'}, "cabinets", "cabinets", lists_open_files},
    {{'r'}, "presets", "presets", lists_open_presets},
    {{'s'}, "save as a preset", NULL, typing_begin_name},
    {{'R'}, "load the files anew", NULL, load_anew},
    {{'l'}, "turn it by MIDI", NULL, learn},
    {{'u'}, "no more by MIDI", NULL, unlearn},
    {{'a'}, "compare by ear", NULL, pair_listen},
    {{'v'}, "compare spectra", NULL, pair_open},
    {{'x'}, "forget clipping", NULL, forget_clips},
    {{'L' - '@'}, "draw all anew", NULL, repair},
    {{'?'}, "this help", "help", help},
    {{'q'}, "quit", "quit", end},
    {{0}, NULL, NULL, NULL},
};

static const Action on_pair[] = {
    {{'a'}, "compare by ear", "hear another", pair_listen},
    {{'p', 'n'}, "previous, next model", "model", step_model},
    {{PRESS_ESCAPE, 'v'}, "back", "back", action_leave},
    {{'?'}, "this help", "help", help},
    {{'q'}, "quit", "quit", end},
    {{0}, NULL, NULL, NULL},
};

static const Action on_help[] = {
    {{PRESS_UP, PRESS_DOWN}, "the rest", "rest", move_in_help},
    {{PRESS_ESCAPE, '?'}, "back", "back", action_leave},
    {{'q'}, "quit", "quit", end},
    {{0}, NULL, NULL, NULL},
};

const Action *keys_actions(Mode mode) {
    static const Action *const tables[] = {on_controls, typing_actions, lists_actions, on_help,
                                           on_pair};
    return tables[mode];
}

void keys_press(Screen *screen, int key) {
    const Action *actions = keys_actions(screen->mode);
    const Action *action = action_find(actions, key);
    if (!action && typing_is_number(key)) {
        action = action_find(actions, PRESS_NUMBER);
    }
    if (!action && key >= ' ' && key < PRESS_UP) {
        action = action_find(actions, PRESS_TEXT);
    }
    if (action) {
        action->act(screen, key);
    }
}
