// SPDX-License-Identifier: ISC
#include "plugin/capture/options.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugin/backend/setup_options.h"

enum {
    OPTION_SIGNAL = 256,
    OPTION_WRITE_SIGNAL,
    OPTION_SECONDS,
    OPTION_LEVEL,
    OPTION_OUTPUT_CHANNEL,
    OPTION_DRY_RUN,
    OPTION_KNOB,
    OPTION_MANIFEST,
    OPTION_FORCE,
};

static const struct option own[] = {
    {"signal", required_argument, NULL, OPTION_SIGNAL},
    {"write-signal", required_argument, NULL, OPTION_WRITE_SIGNAL},
    {"seconds", required_argument, NULL, OPTION_SECONDS},
    {"level", required_argument, NULL, OPTION_LEVEL},
    {"output-channel", required_argument, NULL, OPTION_OUTPUT_CHANNEL},
    {"dry-run", no_argument, NULL, OPTION_DRY_RUN},
    {"knob", required_argument, NULL, OPTION_KNOB},
    {"manifest", required_argument, NULL, OPTION_MANIFEST},
    {"force", no_argument, NULL, OPTION_FORCE},
};
enum { OWN_COUNT = sizeof own / sizeof *own };

static Status add_knob(Options *options, const char *text, Diagnostic *diagnostic) {
    const char *equals = strchr(text, '=');
    char *end = NULL;
    double value = equals ? strtod(equals + 1, &end) : 0.0;
    size_t length = equals ? (size_t)(equals - text) : 0;
    if (length == 0 || length >= MODEL_TEXT || end == equals + 1 || *end || !isfinite(value)) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                        "--knob takes NAME=NUMBER, Drive=0.5 for instance, not '%s'", text);
    }
    if (options->knob_count == MODEL_MAX_KNOBS) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "a model has at most %d knobs",
                        MODEL_MAX_KNOBS);
    }
    KnobSetting *knob = &options->knobs[options->knob_count++];
    memcpy(knob->name, text, length);
    knob->name[length] = '\0';
    knob->value = value;
    return STATUS_OK;
}

static Status take(Options *options, int option, char **argv, Diagnostic *diagnostic) {
    switch (option) {
    case OPTION_SIGNAL:
        options->signal = optarg;
        return STATUS_OK;
    case OPTION_WRITE_SIGNAL:
        options->signal_file = optarg;
        return STATUS_OK;
    case OPTION_SECONDS:
        return setup_number(&options->seconds, "seconds", optarg, 32, 3600, diagnostic);
    case OPTION_LEVEL:
        return setup_number(&options->level, "level", optarg, -60, 0, diagnostic);
    case OPTION_OUTPUT_CHANNEL:
        return setup_number(&options->backend.setup.output, "output-channel", optarg, 1, 256,
                            diagnostic);
    case OPTION_DRY_RUN:
        options->dry_run = true;
        return STATUS_OK;
    case OPTION_KNOB:
        return add_knob(options, optarg, diagnostic);
    case OPTION_MANIFEST:
        options->list = optarg;
        return STATUS_OK;
    case OPTION_FORCE:
        options->force = true;
        return STATUS_OK;
    default:
        return setup_take(&options->backend, option, argv, diagnostic);
    }
}

static Status take_names(Options *options, int argc, char **argv, Diagnostic *diagnostic) {
    if (argc > 1) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "'%s' is one name too many", argv[1]);
    }
    if (argc == 0 && !options->dry_run && !options->signal_file) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                        "say what the recordings are to be called");
    }
    options->output = argc > 0 ? argv[0] : NULL;
    return STATUS_OK;
}

Status options_read(Options *options, int argc, char **argv, Diagnostic *diagnostic) {
    struct option table[OWN_COUNT + SETUP_OPTION_COUNT + 1] = {{NULL, 0, NULL, 0}};
    memcpy(table, own, sizeof own);
    memcpy(table + OWN_COUNT, setup_options, sizeof setup_options);
    *options = (Options){
        .seconds = 180,
        .level = -6,
        .backend.setup =
            {.name = "gruff-capture", .channels = 1, .input = 1, .output = 1, .connect = true},
    };
    opterr = 0;
    for (int option; (option = getopt_long(argc, argv, SETUP_SHORT_OPTIONS, table, NULL)) != -1;) {
        Status status = take(options, option, argv, diagnostic);
        if (status != STATUS_OK || options->backend.help || options->backend.version) {
            return status;
        }
    }
    return options->backend.list ? STATUS_OK
                                 : take_names(options, argc - optind, argv + optind, diagnostic);
}

void options_print_help(void) {
    printf("Usage: gruff-capture NAME [option]...\n"
           "       gruff-capture --dry-run [option]...\n"
           "       gruff-capture --write-signal FILE [option]...\n"
           "Plays a test signal into an amplifier or pedal and records what comes back: the pair\n"
           "NAME-input.wav and NAME-target.wav, without the delay of the loop, for gruff-train.\n"
           "\n"
           "  --dry-run            play 10 s, show the levels, write nothing\n"
           "  --write-signal FILE  write the test signal to FILE (48 kHz, or --rate) and end: for\n"
           "                       playing it from another program\n"
           "  --seconds N          length of the guitar in it, 32 to 3600 (180)\n"
           "  --signal FILE        play this recording (WAV, FLAC) instead\n"
           "  --level DB           peak of the signal, -60 to 0 dBFS (-6)\n"
           "  --channel N          the sound card's input that the device's output is in (1)\n"
           "  --output-channel N   the sound card's output that goes to the device (1)\n"
           "  --knob NAME=VALUE    where a knob of the device stands: files the pair in a list\n"
           "  --manifest FILE      that list (list.csv beside the recordings)\n"
           "  --force              replace recordings; keep a take that has faults\n"
           "  --list               show the sound cards that are there, and end\n"
           "%s"
           "  -h, --help, -V, --version\n",
           setup_help);
}
