// SPDX-License-Identifier: ISC
#include "plugin/backend/setup_options.h"

#include <stddef.h>
#include <stdlib.h>

enum {
    OPTION_HELP = 'h',
    OPTION_VERSION = 'V',
    OPTION_LIST = 1000,
    OPTION_CHANNEL,
    OPTION_BACKEND,
    OPTION_DEVICE,
    OPTION_OUTPUT_DEVICE,
    OPTION_RATE,
    OPTION_PERIOD,
    OPTION_NAME,
    OPTION_CONNECT,
    OPTION_NO_CONNECT,
};

const struct option setup_options[SETUP_OPTION_COUNT] = {
    {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},
    {"list", no_argument, NULL, OPTION_LIST},
    {"channel", required_argument, NULL, OPTION_CHANNEL},
    {"backend", required_argument, NULL, OPTION_BACKEND},
    {"device", required_argument, NULL, OPTION_DEVICE},
    {"output-device", required_argument, NULL, OPTION_OUTPUT_DEVICE},
    {"rate", required_argument, NULL, OPTION_RATE},
    {"period", required_argument, NULL, OPTION_PERIOD},
    {"name", required_argument, NULL, OPTION_NAME},
    {"connect", no_argument, NULL, OPTION_CONNECT},
    {"no-connect", no_argument, NULL, OPTION_NO_CONNECT},
};

const char setup_help[] =
    "  --backend NAME       jack or portaudio (JACK if a server runs, else PortAudio)\n"
    "  --device DEVICE      PortAudio: its number in --list or a part of its name\n"
    "  --output-device D    the same for the output, if that is another one\n"
    "  --rate HZ            (the device's own)\n"
    "  --period FRAMES      (the device's own)\n"
    "  --name NAME          of the JACK client (the program's)\n"
    "  --no-connect         leave the JACK client unplugged (--connect: plug it in)\n";

static Status set_backend(const BackendKind **kind, const char *name, Diagnostic *diagnostic) {
    *kind = backend_find(name);
    if (!*kind) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                        "there is no backend '%s' here, only%s%s%s", name,
                        backends[0] ? " " : " none", backends[0] ? backends[0]->name : "",
                        backends[0] && backends[1] ? " and PortAudio" : "");
    }
    return STATUS_OK;
}

Status setup_number(int *number, const char *name, const char *text, int least, int most,
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

static Status set_rate(double *rate, const char *value, Diagnostic *diagnostic) {
    int whole = 0;
    Status status = setup_number(&whole, "rate", value, 8000, 768000, diagnostic);
    *rate = whole;
    return status;
}

// Those that set up the backend.
static Status set_up(BackendSetup *setup, int option, const char *value, Diagnostic *diagnostic) {
    switch (option) {
    case OPTION_CHANNEL:
        return setup_number(&setup->input, "channel", value, 1, 256, diagnostic);
    case OPTION_DEVICE:
        setup->device = value;
        return STATUS_OK;
    case OPTION_OUTPUT_DEVICE:
        setup->output_device = value;
        return STATUS_OK;
    case OPTION_RATE:
        return set_rate(&setup->rate, value, diagnostic);
    case OPTION_PERIOD:
        return setup_number(&setup->period, "period", value, 1, 8192, diagnostic);
    case OPTION_NAME:
        setup->name = value;
        return STATUS_OK;
    default:
        setup->connect = option == OPTION_CONNECT;
        return STATUS_OK;
    }
}

Status setup_take(SetupOptions *options, int option, char **argv, Diagnostic *diagnostic) {
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
        return set_backend(&options->kind, optarg, diagnostic);
    case ':':
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "%s needs a value", argv[optind - 1]);
    case '?':
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "unknown option '%s'", argv[optind - 1]);
    default:
        return set_up(&options->setup, option, optarg, diagnostic);
    }
}
