// SPDX-License-Identifier: ISC
#include "plugin/standalone/options.h"

#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    OPTION_HELP = CONTROL_COUNT,
    OPTION_VERSION,
    OPTION_NAME,
    OPTION_SET,
    OPTION_CABINET,
    OPTION_CONNECT,
    OPTION_NO_CONNECT,
    OPTION_COUNT
};

// One long option for each control, then the others, then the end.
static void make_table(struct option *table) {
    static const struct option others[] = {
        {"help", no_argument, NULL, OPTION_HELP},
        {"version", no_argument, NULL, OPTION_VERSION},
        {"name", required_argument, NULL, OPTION_NAME},
        {"set", required_argument, NULL, OPTION_SET},
        {"cabinet", required_argument, NULL, OPTION_CABINET},
        {"connect", no_argument, NULL, OPTION_CONNECT},
        {"no-connect", no_argument, NULL, OPTION_NO_CONNECT},
        {NULL, 0, NULL, 0},
    };
    for (int i = 0; i < CONTROL_COUNT; i++) {
        table[i] = (struct option){controls[i].symbol, required_argument, NULL, i};
    }
    memcpy(table + CONTROL_COUNT, others, sizeof others);
}

static Status set_pair(Options *options, const char *text, Diagnostic *diagnostic) {
    ControlId id;
    float value = 0.0f;
    Status status = control_read_pair(text, &id, &value, diagnostic);
    if (status == STATUS_OK) {
        options->controls[id] = value;
    }
    return status;
}

static Status take(Options *options, int option, char **argv, Diagnostic *diagnostic) {
    switch (option) {
    case OPTION_HELP:
        options->help = true;
        return STATUS_OK;
    case OPTION_VERSION:
        options->version = true;
        return STATUS_OK;
    case OPTION_NAME:
        options->name = optarg;
        return STATUS_OK;
    case OPTION_CABINET:
        options->cabinet = optarg;
        return STATUS_OK;
    case OPTION_SET:
        return set_pair(options, optarg, diagnostic);
    case OPTION_CONNECT:
    case OPTION_NO_CONNECT:
        options->connect = option == OPTION_CONNECT;
        return STATUS_OK;
    case ':':
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "%s needs a value", argv[optind - 1]);
    case '?':
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "unknown option '%s'", argv[optind - 1]);
    default:
        return control_read((ControlId)option, optarg, &options->controls[option], diagnostic);
    }
}

Status options_read(Options *options, int argc, char **argv, Diagnostic *diagnostic) {
    *options = (Options){.name = "gruff", .connect = true};
    for (int i = 0; i < CONTROL_COUNT; i++) {
        options->controls[i] = controls[i].initial;
    }
    struct option table[OPTION_COUNT + 1];
    make_table(table);
    opterr = 0;
    for (int option; (option = getopt_long(argc, argv, ":", table, NULL)) != -1;) {
        Status status = take(options, option, argv, diagnostic);
        if (status != STATUS_OK || options->help || options->version) {
            return status;
        }
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
    puts("Usage: gruff MODEL [option]...\n"
         "Plays a guitar through MODEL (Keras JSON, as gruff-train writes it), as a JACK client\n"
         "with the ports 'in' and 'out'. Ends on Ctrl-C; loads all files anew on SIGHUP.\n"
         "\n"
         "  --name NAME          of the JACK client (gruff)\n"
         "  --no-connect         leave it unplugged (--connect: plug it in to the first input\n"
         "                       and the first two outputs of the sound card)\n"
         "  --cabinet FILE       the impulse response of a cabinet (WAV, FLAC)\n"
         "  --set SYMBOL=VALUE   set any control");
    for (int i = 0; i < CONTROL_COUNT; i++) {
        const Control *control = &controls[i];
        printf("  --%-13s VALUE  %s, %g to %g%s%s (%g)\n", control->symbol, control->name,
               (double)control->minimum, (double)control->maximum, control->unit[0] ? " " : "",
               control->unit, (double)control->initial);
    }
    puts("  --help, --version");
}
