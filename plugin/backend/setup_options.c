// SPDX-License-Identifier: ISC
#include "plugin/backend/setup_options.h"

#include <stddef.h>
#include <stdlib.h>

enum {
    OPTION_BACKEND = SETUP_OPTION_FIRST,
    OPTION_DEVICE,
    OPTION_OUTPUT_DEVICE,
    OPTION_RATE,
    OPTION_PERIOD,
    OPTION_NAME,
    OPTION_CONNECT,
    OPTION_NO_CONNECT,
};

const struct option setup_options[SETUP_OPTION_COUNT] = {
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

Status setup_take(BackendSetup *setup, const BackendKind **kind, int option, const char *value,
                  Diagnostic *diagnostic) {
    int rate = 0;
    Status status = STATUS_OK;
    switch (option) {
    case OPTION_BACKEND:
        return set_backend(kind, value, diagnostic);
    case OPTION_DEVICE:
        setup->device = value;
        return STATUS_OK;
    case OPTION_OUTPUT_DEVICE:
        setup->output_device = value;
        return STATUS_OK;
    case OPTION_RATE:
        status = setup_number(&rate, "rate", value, 8000, 768000, diagnostic);
        setup->rate = rate;
        return status;
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
