// SPDX-License-Identifier: ISC
#include "plugin/standalone/options.h"

#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    OPTION_HELP = CONTROL_COUNT,
    OPTION_VERSION,
    OPTION_NAME,
    OPTION_SET,
    OPTION_CABINET,
    OPTION_CONNECT,
    OPTION_NO_CONNECT,
    OPTION_BACKEND,
    OPTION_LIST,
    OPTION_DEVICE,
    OPTION_OUTPUT_DEVICE,
    OPTION_RATE,
    OPTION_PERIOD,
    OPTION_CHANNEL,
    OPTION_STEREO,
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
        {"backend", required_argument, NULL, OPTION_BACKEND},
        {"list", no_argument, NULL, OPTION_LIST},
        {"device", required_argument, NULL, OPTION_DEVICE},
        {"output-device", required_argument, NULL, OPTION_OUTPUT_DEVICE},
        {"rate", required_argument, NULL, OPTION_RATE},
        {"period", required_argument, NULL, OPTION_PERIOD},
        {"channel", required_argument, NULL, OPTION_CHANNEL},
        {"stereo", no_argument, NULL, OPTION_STEREO},
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

static Status set_backend(Options *options, const char *name, Diagnostic *diagnostic) {
    options->kind = backend_find(name);
    if (!options->kind) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                        "there is no backend '%s' here, only%s%s%s", name,
                        backends[0] ? " " : " none", backends[0] ? backends[0]->name : "",
                        backends[0] && backends[1] ? " and PortAudio" : "");
    }
    return STATUS_OK;
}

// A whole number from `least` to `most`.
static Status set_number(int *number, const char *name, const char *text, int least, int most,
                         Diagnostic *diagnostic) {
    char *end = NULL;
    long value = strtol(text, &end, 10);
    if (end == text || *end || value < least || value > most) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                        "--%s takes a number from %d to %d, not '%s'", name, least, most, text);
    }
    *number = (int)value;
    return STATUS_OK;
}

// The options of the sound card; others go to take.
static Status take_setup(Options *options, int option, Diagnostic *diagnostic) {
    BackendSetup *setup = &options->setup;
    int rate = 0;
    Status status = STATUS_OK;
    switch (option) {
    case OPTION_NAME:
        setup->name = optarg;
        return STATUS_OK;
    case OPTION_CONNECT:
    case OPTION_NO_CONNECT:
        setup->connect = option == OPTION_CONNECT;
        return STATUS_OK;
    case OPTION_DEVICE:
        setup->device = optarg;
        return STATUS_OK;
    case OPTION_OUTPUT_DEVICE:
        setup->output_device = optarg;
        return STATUS_OK;
    case OPTION_RATE:
        status = set_number(&rate, "rate", optarg, 8000, 768000, diagnostic);
        setup->rate = rate;
        return status;
    case OPTION_PERIOD:
        return set_number(&setup->period, "period", optarg, 1, 8192, diagnostic);
    case OPTION_CHANNEL:
        return set_number(&setup->input, "channel", optarg, 1, 256, diagnostic);
    default:
        setup->channels = 2;
        return STATUS_OK;
    }
}

static Status take(Options *options, int option, char **argv, Diagnostic *diagnostic) {
    switch (option) {
    case OPTION_HELP:
        options->help = true;
        return STATUS_OK;
    case OPTION_VERSION:
        options->version = true;
        return STATUS_OK;
    case OPTION_LIST:
        options->list = true;
        return STATUS_OK;
    case OPTION_BACKEND:
        return set_backend(options, optarg, diagnostic);
    case OPTION_NAME:
    case OPTION_CONNECT:
    case OPTION_NO_CONNECT:
    case OPTION_DEVICE:
    case OPTION_OUTPUT_DEVICE:
    case OPTION_RATE:
    case OPTION_PERIOD:
    case OPTION_CHANNEL:
    case OPTION_STEREO:
        return take_setup(options, option, diagnostic);
    case OPTION_CABINET:
        options->cabinet = optarg;
        return STATUS_OK;
    case OPTION_SET:
        return set_pair(options, optarg, diagnostic);
    case ':':
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "%s needs a value", argv[optind - 1]);
    case '?':
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "unknown option '%s'", argv[optind - 1]);
    default:
        return control_read((ControlId)option, optarg, &options->controls[option], diagnostic);
    }
}

Status options_read(Options *options, int argc, char **argv, Diagnostic *diagnostic) {
    *options = (Options){
        .setup = {.name = "gruff", .channels = 1, .input = 1, .connect = true},
    };
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
    if (options->list) {
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
    puts("Usage: gruff [MODEL] [option]...\n"
         "Plays a guitar through MODEL (the plugin's own, where that is installed) on JACK or\n"
         "PortAudio. Ends on Ctrl-C. A model or cabinet file that is replaced is loaded anew.\n"
         "\n"
         "  --list               show the devices that are there, and end\n"
         "  --backend NAME       jack or portaudio (JACK if a server runs, else PortAudio)\n"
         "  --device DEVICE      PortAudio: its number in --list or a part of its name\n"
         "  --output-device D    the same for the output, if that is another one\n"
         "  --channel N          the sound card's input that the guitar is in (1)\n"
         "  --stereo             two channels, from input N and the one after it\n"
         "  --rate HZ            (the device's own)\n"
         "  --period FRAMES      (the device's own)\n"
         "  --name NAME          of the JACK client (gruff)\n"
         "  --no-connect         leave the client unplugged (--connect: plug it in to the input\n"
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
