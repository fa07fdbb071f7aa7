// SPDX-License-Identifier: ISC
#include "plugin/standalone/options.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plugin/backend/setup_options.h"

enum {
    OPTION_SET = CONTROL_COUNT,
    OPTION_CABINET,
    OPTION_STEREO,
    OPTION_MIDI_MAP,
    OPTION_LEARN,
    OPTION_NO_MIDI,
    OPTION_COUNT
};

// One long option for each control, then the others, then the backend's, then the end.
static void make_table(struct option *table) {
    static const struct option others[] = {
        {"set", required_argument, NULL, OPTION_SET},
        {"cabinet", required_argument, NULL, OPTION_CABINET},
        {"stereo", no_argument, NULL, OPTION_STEREO},
        {"midi-map", required_argument, NULL, OPTION_MIDI_MAP},
        {"learn", required_argument, NULL, OPTION_LEARN},
        {"no-midi", no_argument, NULL, OPTION_NO_MIDI},
    };
    for (int i = 0; i < CONTROL_COUNT; i++) {
        table[i] = (struct option){controls[i].symbol, required_argument, NULL, i};
    }
    memcpy(table + CONTROL_COUNT, others, sizeof others);
    memcpy(table + OPTION_COUNT, setup_options, sizeof setup_options);
    table[OPTION_COUNT + SETUP_OPTION_COUNT] = (struct option){NULL, 0, NULL, 0};
}

static Status set_pair(Options *options, const char *text, Diagnostic *diagnostic) {
    ControlId id;
    float value = 0.0f;
    Status status = control_read_pair(text, &id, &value, diagnostic);
    if (status == STATUS_OK) {
        options->controls[id] = value;
        options->given[id] = true;
    }
    return status;
}

static Status set_learn(Options *options, const char *symbol, Diagnostic *diagnostic) {
    ControlId id;
    if (!control_find(symbol, &id)) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "there is no control '%s' to learn",
                        symbol);
    }
    options->learn = (int)id;
    return STATUS_OK;
}

static Status take(Options *options, int option, char **argv, Diagnostic *diagnostic) {
    switch (option) {
    case OPTION_STEREO:
        options->backend.setup.channels = 2;
        return STATUS_OK;
    case OPTION_MIDI_MAP:
        options->midi_map = optarg;
        return STATUS_OK;
    case OPTION_LEARN:
        return set_learn(options, optarg, diagnostic);
    case OPTION_NO_MIDI:
        options->backend.setup.midi = false;
        return STATUS_OK;
    case OPTION_CABINET:
        options->cabinet = optarg;
        return STATUS_OK;
    case OPTION_SET:
        return set_pair(options, optarg, diagnostic);
    default:
        if (option < CONTROL_COUNT) {
            options->given[option] = true;
            return control_read((ControlId)option, optarg, &options->controls[option], diagnostic);
        }
        return setup_take(&options->backend, option, argv, diagnostic);
    }
}

Status options_read(Options *options, int argc, char **argv, Diagnostic *diagnostic) {
    *options = (Options){
        .learn = -1,
        .backend
            .setup = {.name = "gruff", .channels = 1, .input = 1, .connect = true, .midi = true},
    };
    struct option table[OPTION_COUNT + SETUP_OPTION_COUNT + 1];
    make_table(table);
    opterr = 0;
    for (int option; (option = getopt_long(argc, argv, SETUP_SHORT_OPTIONS, table, NULL)) != -1;) {
        Status status = take(options, option, argv, diagnostic);
        if (status != STATUS_OK || options->backend.help || options->backend.version) {
            return status;
        }
    }
    if (options->backend.list) {
        return STATUS_OK;
    }
    if (optind == argc && access(GRUFF_DEFAULT_MODEL, R_OK) == 0) {
        options->model = GRUFF_DEFAULT_MODEL;
        return STATUS_OK;
    }
    if (optind == argc) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "say which model to play");
    }
    if (optind + 1 < argc) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "'%s' is one model too many",
                        argv[optind + 1]);
    }
    options->model = argv[optind];
    return STATUS_OK;
}

void options_print_help(void) {
    printf("Usage: gruff [MODEL] [option]...\n"
           "Plays a guitar through MODEL (the plugin's own, where that is installed) on JACK or\n"
           "PortAudio. Ends on Ctrl-C. A model or cabinet file that is replaced is loaded anew.\n"
           "\n"
           "  --list               show the devices that are there, and end\n"
           "  --channel N          the sound card's input that the guitar is in (1)\n"
           "  --stereo             two channels, from input N and the one after it; else one is\n"
           "                       played on the first two outputs\n"
           "%s"
           "  --cabinet FILE       the impulse response of a cabinet (WAV, FLAC)\n"
           "  --learn CONTROL      the next MIDI controller that moves turns CONTROL from now on\n"
           "  --midi-map FILE      where that is kept (~/.config/gruff/midi)\n"
           "  --no-midi            do not listen to MIDI\n"
           "  --set SYMBOL=VALUE   set any control\n",
           setup_help);
    for (int i = 0; i < CONTROL_COUNT; i++) {
        const Control *control = &controls[i];
        printf("  --%-13s VALUE  %s, %g to %g%s%s (%g)\n", control->symbol, control->name,
               (double)control->minimum, (double)control->maximum, control->unit[0] ? " " : "",
               control->unit, (double)control->initial);
    }
    puts("  -h, --help, -V, --version");
}
