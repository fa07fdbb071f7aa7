// SPDX-License-Identifier: ISC
#include "plugin/standalone/screen/screen.h"

#include "dsp/base/clock.h"
#include "dsp/base/memory.h"
#include "dsp/chain/meters.h"
#include "plugin/standalone/screen/draw.h"
#include "plugin/standalone/screen/keys.h"
#include "plugin/standalone/screen/terminal.h"

static const double frame = 0.05; // s from one picture to the next

const char screen_help[] =
    "On a terminal it shows meters, controls and files; the key ? tells what the keys do.\n";

bool screen_can_be(void) {
    return terminal_there();
}

Status screen_new(Screen **screen, const ScreenOf *of, Diagnostic *diagnostic) {
    *screen = memory_new(1, sizeof **screen);
    if (!*screen) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the screen");
    }
    **screen = (Screen){
        .player = of->player,
        .notices = of->notices,
        .presets = of->presets,
        .midi = of->midi,
        .in = {METER_FLOOR, METER_FLOOR, 0.0, false},
        .out = {METER_FLOOR, METER_FLOOR, 0.0, false},
        .chosen = CONTROL_INPUT,
    };
    return STATUS_OK;
}

void screen_free(Screen *screen) {
    if (!screen) {
        return;
    }
    if (screen->open) {
        terminal_close();
        notices_release(screen->notices);
    }
    browser_clear(&screen->browser);
    list_clear(&screen->presets_list);
    memory_free(screen);
}

static void open_once(Screen *screen) {
    screen->tried = true;
    screen->open = terminal_open();
    screen->drawn = clock_now();
    screen->stale = true;
    if (screen->open) {
        notices_hold(screen->notices);
    } else {
        notices_say(screen->notices, "this terminal is of an unknown kind (TERM): no screen");
    }
}

// The meters as they have moved since the last picture.
static void move_meters(Screen *screen, double seconds) {
    screen->meters = player_meters(screen->player);
    level_meter_move(&screen->in, screen->meters.peak_in, seconds);
    level_meter_move(&screen->out, screen->meters.peak_out, seconds);
    screen->load = meter_load(screen->load, 0.01 * screen->meters.recent * seconds, seconds);
}

// A model with fewer knobs may have come.
static void choose_what_is_there(Screen *screen) {
    while (!dial_there(player_model(screen->player), screen->chosen)) {
        screen->chosen--;
    }
}

static bool poll(void *data) {
    Screen *screen = data;
    if (!screen->tried) {
        open_once(screen);
    }
    if (!screen->open) {
        return true;
    }
    for (int key; !screen->over && (key = terminal_key()) != PRESS_NONE;) {
        choose_what_is_there(screen);
        keys_press(screen, key);
        screen->stale = true;
    }
    double now = clock_now(), passed = now - screen->drawn;
    if (passed >= frame || (screen->stale && passed > 0.0)) {
        choose_what_is_there(screen);
        move_meters(screen, passed);
        draw_screen(screen);
        screen->drawn = now;
        screen->stale = false;
    }
    return !screen->over && !terminal_gone();
}

LoopTask screen_task(Screen *screen) {
    return (LoopTask){poll, screen};
}
