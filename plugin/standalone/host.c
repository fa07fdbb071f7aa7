// SPDX-License-Identifier: ISC
#include "plugin/standalone/host.h"

#include <stdio.h>
#include <unistd.h>

#include "dsp/base/memory.h"
#include "plugin/standalone/bundle.h"
#include "plugin/standalone/main_loop.h"
#include "plugin/standalone/midi.h"
#include "plugin/standalone/osc.h"
#include "plugin/standalone/player.h"
#include "plugin/standalone/presets.h"
#include "plugin/standalone/screen/screen.h"
#include "plugin/standalone/session.h"

typedef struct Host {
    const Options *options;
    Notices notices;
    Player *player;
    char bundle[BUNDLE_PATH]; // "": the plugin is not there
    Presets *presets;         // NULL: likewise
    Session session;
    Comparison *comparison; // NULL: the guitar is live
    Midi *midi;             // NULL: not listened to
    Osc *osc;               // likewise
} Host;

// ---- What to begin with ----

// The plugin's own model; false when it is not there.
static bool load_default(Host *host) {
    char path[BUNDLE_PATH + 32];
    snprintf(path, sizeof path, "%smodels/default.json", host->bundle);
    return host->bundle[0] && access(path, R_OK) == 0 &&
           player_load(host->player, FILE_MODEL, path);
}

static bool apply_preset(Host *host, const char *name) {
    int index = presets_find(host->presets, name);
    if (index < 0) {
        notices_say(&host->notices, "there is no preset '%s'; gruff --list-presets shows them",
                    name);
    }
    return index >= 0 && presets_apply(host->presets, index, host->player);
}

// What the command line names, else the last session's model, else the plugin's.
static bool begin_with_model(Host *host) {
    const Options *options = host->options;
    if (options->model) {
        return player_load(host->player, FILE_MODEL, options->model);
    }
    if (!options->preset && host->session.path[0] && session_restore(&host->session)) {
        return true;
    }
    if (!load_default(host) && !options->preset) {
        notices_say(&host->notices, "say which model to play; see gruff --help");
        return false;
    }
    return true;
}

// A pair of recordings is compared with the bare model, unless more is asked for.
static bool begin_comparison(Host *host) {
    const Options *options = host->options;
    Diagnostic diagnostic = {""};
    if (comparison_new(&host->comparison, options->input, options->target, &diagnostic) !=
        STATUS_OK) {
        notices_say(&host->notices, "%s", diagnostic.text);
        return false;
    }
    comparison_listen(host->comparison, options->listening);
    player_set(host->player, CONTROL_NORMALISE, 0.0f);
    player_set(host->player, CONTROL_DC_BLOCK, 0.0f);
    player_compare(host->player, host->comparison);
    return true;
}

static void report_comparison(Host *host) {
    double esr = host->comparison ? comparison_esr(host->comparison) : -1.0;
    if (esr >= 0.0) {
        notices_say(&host->notices, "ESR of the last seconds against %.500s: %.2g",
                    host->options->target, esr);
    }
}

static bool load_all(Host *host) {
    const Options *options = host->options;
    bool good = begin_with_model(host) &&
                (!options->preset || apply_preset(host, options->preset)) &&
                (!options->cabinet || player_load(host->player, FILE_CABINET, options->cabinet)) &&
                (!options->target || begin_comparison(host));
    for (int i = 0; i < CONTROL_COUNT; i++) {
        if (options->controls.given[i]) {
            player_set(host->player, (ControlId)i, options->controls.values[i]);
        }
    }
    if (good && !player_model(host->player)) {
        notices_say(&host->notices, "there is no model to play: name one");
        return false;
    }
    return good;
}

// ---- The whole ----

static bool open_presets(Host *host) {
    Diagnostic diagnostic = {""};
    if (!bundle_find(host->bundle)) {
        host->bundle[0] = '\0';
        return false;
    }
    bool good = presets_new(&host->presets, host->bundle, &host->notices, &diagnostic) == STATUS_OK;
    notices_say(&host->notices, "%s", diagnostic.text);
    return good;
}

// Presets, as MIDI and OSC choose them.
static bool choose_program(void *data, int program) {
    Host *host = data;
    return presets_apply(host->presets, program, host->player);
}

static bool choose_name(void *data, const char *name) {
    Host *host = data;
    return presets_apply(host->presets, presets_find(host->presets, name), host->player);
}

static PresetChooser chooser_of(Host *host) {
    return (PresetChooser){choose_program, choose_name, host};
}

static bool listen_to_midi(Host *host) {
    Diagnostic diagnostic = {""};
    if (midi_new(&host->midi, host->player, &host->notices, host->options->midi_map,
                 chooser_of(host), &diagnostic) != STATUS_OK) {
        notices_say(&host->notices, "%s", diagnostic.text);
        return false;
    }
    if (host->options->learn >= 0) {
        midi_learn(host->midi, (ControlId)host->options->learn);
    }
    return true;
}

static bool listen_to_osc(Host *host) {
    Diagnostic diagnostic = {""};
    const Options *options = host->options;
    if (options->osc >= 0 && osc_new(&host->osc, options->osc, options->osc_any, host->player,
                                     &host->notices, chooser_of(host), &diagnostic) != STATUS_OK) {
        notices_say(&host->notices, "%s", diagnostic.text);
        return false;
    }
    return true;
}

// A screen, where there is a terminal for one and it is wanted; else NULL.
static Screen *open_screen(Host *host, LoopTask *task) {
    Screen *screen = NULL;
    Diagnostic diagnostic = {""};
    if (!host->options->no_screen && screen_can_be()) {
        ScreenOf of = {host->player, &host->notices, host->presets, host->midi};
        (void)screen_new(&screen, &of, &diagnostic);
        notices_say(&host->notices, "%s", diagnostic.text);
    }
    *task = screen ? screen_task(screen) : (LoopTask){NULL, NULL};
    return screen;
}

static bool play_with_tasks(Host *host) {
    LoopTask tasks[4];
    int count = 0;
    if (host->session.path[0]) {
        tasks[count++] = (LoopTask){session_poll, &host->session};
    }
    notices_set_quiet(&host->notices, false);
    if (!listen_to_midi(host) || !listen_to_osc(host)) {
        return false;
    }
    tasks[count++] = (LoopTask){midi_poll, host->midi};
    if (host->osc) {
        tasks[count++] = (LoopTask){osc_poll, host->osc};
    }
    Screen *screen = open_screen(host, &tasks[count]);
    count += screen != NULL;
    main_loop_hold_signals();
    bool good = main_loop_run(host->player, &host->notices, tasks, count);
    screen_free(screen);
    if (good && host->session.path[0]) {
        session_write(&host->session);
    }
    report_comparison(host);
    return good;
}

static bool save_preset(Host *host) {
    notices_set_quiet(&host->notices, false);
    if (!host->presets) {
        notices_say(&host->notices, "without the plugin there is no preset to be saved");
        return false;
    }
    return presets_save(host->presets, host->player, host->options->save);
}

static bool play(Host *host) {
    Diagnostic diagnostic = {""};
    if (player_new(&host->player, &host->options->backend, &host->notices, &diagnostic) !=
        STATUS_OK) {
        notices_say(&host->notices, "%s", diagnostic.text);
        return false;
    }
    // What a comparison is set to is not how one plays.
    if (open_presets(host) && !host->options->no_session && !host->options->target) {
        session_begin(&host->session, host->presets, host->player, &host->notices);
    }
    if (!load_all(host)) {
        return false;
    }
    return host->options->save ? save_preset(host) : play_with_tasks(host);
}

bool host_play(const Options *options) {
    Host *host = memory_new(1, sizeof *host);
    if (!host) {
        fputs("gruff: no memory\n", stderr);
        return false;
    }
    host->options = options;
    notices_set_quiet(&host->notices, true);
    bool good = play(host);
    osc_free(host->osc);
    midi_free(host->midi);
    player_free(host->player);
    comparison_free(host->comparison);
    presets_free(host->presets);
    memory_free(host);
    return good;
}

bool host_list_presets(void) {
    Host *host = memory_new(1, sizeof *host);
    bool good = host && open_presets(host);
    if (good) {
        for (int i = 0; i < presets_count(host->presets); i++) {
            printf("%3d  %s\n", i + 1, presets_name(host->presets, i));
        }
        presets_free(host->presets);
    } else {
        fputs("gruff: the plugin, and its presets with it, is not installed; LV2_PATH can name the "
              "folder that gruff.lv2 is in\n",
              stderr);
    }
    memory_free(host);
    return good;
}
