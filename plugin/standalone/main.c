// SPDX-License-Identifier: ISC
// gruff: plays a guitar through a model, live.
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "plugin/backend/backend.h"
#include "plugin/standalone/midi.h"
#include "plugin/standalone/options.h"
#include "plugin/standalone/perform.h"
#include "plugin/standalone/player.h"

enum { EXIT_USAGE = 2 };

// Gives the player what the command line names.
static bool furnish(Player *player, const Options *options) {
    for (int i = 0; i < CONTROL_COUNT; i++) {
        if (options->given[i]) {
            player_set(player, (ControlId)i, options->controls[i]);
        }
    }
    return player_load(player, FILE_MODEL, options->model) &&
           (!options->cabinet || player_load(player, FILE_CABINET, options->cabinet));
}

// With what else turns the knobs.
static bool attend(Player *player, Notices *notices, const Options *options) {
    Midi *midi = NULL;
    Diagnostic diagnostic = {""};
    if (midi_new(&midi, player, notices, options->midi_map, (PresetChooser){0}, &diagnostic) !=
        STATUS_OK) {
        notices_say(notices, diagnostic.text);
        return false;
    }
    if (options->learn >= 0) {
        midi_learn(midi, (ControlId)options->learn);
    }
    const Attendant attendants[] = {{midi_attend, midi}};
    perform_hold_signals();
    bool good = perform(player, notices, attendants, sizeof attendants / sizeof *attendants);
    midi_free(midi);
    return good;
}

static bool play(const Options *options) {
    Notices notices = {.quiet = true};
    Player *player = NULL;
    Diagnostic diagnostic = {""};
    if (player_new(&player, &options->backend, &notices, &diagnostic) != STATUS_OK) {
        notices_say(&notices, diagnostic.text);
        return false;
    }
    bool good = furnish(player, options);
    if (good) {
        notices.quiet = false;
        good = attend(player, &notices, options);
    }
    player_free(player);
    return good;
}

int main(int argc, char **argv) {
    Options options;
    Diagnostic diagnostic = {""};
    if (options_read(&options, argc, argv, &diagnostic) != STATUS_OK) {
        fprintf(stderr, "gruff: %s; see gruff --help\n", diagnostic.text);
        return EXIT_USAGE;
    }
    bool good = true;
    if (options.backend.version) {
        puts("gruff " GRUFF_VERSION);
    } else if (options.backend.help) {
        options_print_help();
    } else if (options.backend.list) {
        good = backend_list(options.backend.kind, "gruff");
    } else {
        good = play(&options);
    }
    return fflush(stdout) == 0 && good ? EXIT_SUCCESS : EXIT_FAILURE;
}
