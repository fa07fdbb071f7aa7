// SPDX-License-Identifier: ISC
#include "plugin/standalone/options.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plugin/backend/setup_options.h"
#include "plugin/standalone/screen/screen.h"

enum {
    OPTION_SET = CONTROL_COUNT,
    OPTION_CABINET,
    OPTION_MODEL,
    OPTION_PRESET,
    OPTION_PRESETS,
    OPTION_SAVE_PRESET,
    OPTION_NO_SESSION,
    OPTION_STEREO,
    OPTION_MIDI_MAP,
    OPTION_LEARN,
    OPTION_NO_MIDI,
    OPTION_OSC,
    OPTION_OSC_ANY,
    OPTION_TARGET,
    OPTION_LISTEN,
    OPTION_NO_SCREEN,
};

static const struct option others[] = {
    {"set", required_argument, NULL, OPTION_SET},
    {"cabinet", required_argument, NULL, OPTION_CABINET},
    {"cab", required_argument, NULL, OPTION_CABINET},
    {"model", required_argument, NULL, OPTION_MODEL},
    {"preset", required_argument, NULL, OPTION_PRESET},
    {"list-presets", no_argument, NULL, OPTION_PRESETS},
    {"save-preset", required_argument, NULL, OPTION_SAVE_PRESET},
    {"no-session", no_argument, NULL, OPTION_NO_SESSION},
    {"stereo", no_argument, NULL, OPTION_STEREO},
    {"midi-map", required_argument, NULL, OPTION_MIDI_MAP},
    {"learn", required_argument, NULL, OPTION_LEARN},
    {"target", required_argument, NULL, OPTION_TARGET},
    {"listen", required_argument, NULL, OPTION_LISTEN},
    {"no-midi", no_argument, NULL, OPTION_NO_MIDI},
    {"osc", required_argument, NULL, OPTION_OSC},
    {"osc-any", no_argument, NULL, OPTION_OSC_ANY},
    {"no-screen", no_argument, NULL, OPTION_NO_SCREEN},
};
enum { OTHERS = sizeof others / sizeof *others };

// One long option for each control, then the others, then the backend's, then the end.
static void make_table(struct option *table) {
    for (int i = 0; i < CONTROL_COUNT; i++) {
        table[i] = (struct option){controls[i].symbol, required_argument, NULL, i};
    }
    memcpy(table + CONTROL_COUNT, others, sizeof others);
    memcpy(table + CONTROL_COUNT + OTHERS, setup_options, sizeof setup_options);
    table[CONTROL_COUNT + OTHERS + SETUP_OPTION_COUNT] = (struct option){NULL, 0, NULL, 0};
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

static Status set_model(Options *options, const char *path, Diagnostic *diagnostic) {
    if (options->model) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "'%s' is one model too many", path);
    }
    options->model = path;
    return STATUS_OK;
}

// The input level, or a recording.
static Status set_input(Options *options, const char *text, Diagnostic *diagnostic) {
    char *end = NULL;
    (void)strtof(text, &end);
    if (end == text || *end) {
        options->input = text;
        return STATUS_OK;
    }
    options->given[CONTROL_INPUT] = true;
    return control_read(CONTROL_INPUT, text, &options->controls[CONTROL_INPUT], diagnostic);
}

static Status set_listening(Options *options, const char *name, Diagnostic *diagnostic) {
    static const char *const names[LISTEN_COUNT] = {"model", "target", "difference"};
    for (int i = 0; i < LISTEN_COUNT; i++) {
        if (strcmp(name, names[i]) == 0) {
            options->listening = (Listening)i;
            return STATUS_OK;
        }
    }
    return diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                    "--listen takes model, target or difference, not '%s'", name);
}

static Status check_pair(const Options *options, Diagnostic *diagnostic) {
    if (options->input && !options->target) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                        "'input' takes a number from -24 to 24 dB, or a recording if --target says "
                        "what the device made of it; not '%s'",
                        options->input);
    }
    if (options->target && !options->input) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                        "say with --input which dry guitar belongs to --target %s",
                        options->target);
    }
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
    case OPTION_OSC:
        return setup_number(&options->osc, "osc", optarg, 0, 65535, diagnostic);
    case OPTION_OSC_ANY:
        options->osc_any = true;
        return STATUS_OK;
    case OPTION_NO_SCREEN:
        options->no_screen = true;
        return STATUS_OK;
    case OPTION_CABINET:
        options->cabinet = optarg;
        return STATUS_OK;
    case OPTION_MODEL:
        return set_model(options, optarg, diagnostic);
    case OPTION_PRESET:
        options->preset = optarg;
        return STATUS_OK;
    case OPTION_PRESETS:
        options->presets = true;
        return STATUS_OK;
    case OPTION_SAVE_PRESET:
        options->save = optarg;
        return STATUS_OK;
    case OPTION_NO_SESSION:
        options->forgetful = true;
        return STATUS_OK;
    case OPTION_TARGET:
        options->target = optarg;
        return STATUS_OK;
    case OPTION_LISTEN:
        return set_listening(options, optarg, diagnostic);
    case CONTROL_INPUT:
        return set_input(options, optarg, diagnostic);
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
        .osc = -1,
        .backend
            .setup = {.name = "gruff", .channels = 1, .input = 1, .connect = true, .midi = true},
    };
    struct option table[CONTROL_COUNT + OTHERS + SETUP_OPTION_COUNT + 1];
    make_table(table);
    opterr = 0;
    for (int option; (option = getopt_long(argc, argv, SETUP_SHORT_OPTIONS, table, NULL)) != -1;) {
        Status status = take(options, option, argv, diagnostic);
        if (status != STATUS_OK || options->backend.help || options->backend.version) {
            return status;
        }
    }
    Status status = STATUS_OK;
    for (int i = optind; status == STATUS_OK && i < argc; i++) {
        status = set_model(options, argv[i], diagnostic);
    }
    if (status == STATUS_OK && options->osc_any && options->osc < 0) {
        status = diagnose(diagnostic, STATUS_BAD_ARGUMENT, "--osc-any needs --osc PORT");
    }
    return status == STATUS_OK ? check_pair(options, diagnostic) : status;
}

void options_print_help(void) {
    printf(
        "Usage: gruff [MODEL] [option]...\n"
        "Plays a guitar through MODEL on JACK or PortAudio; without one goes on where it was\n"
        "left, or with the plugin's own. Ends on Ctrl-C. A model or cabinet file that is\n"
        "replaced is loaded anew.\n"
        "%s"
        "\n"
        "  --list               show the devices that are there, and end\n"
        "  --channel N          the sound card's input that the guitar is in (1)\n"
        "  --stereo             two channels, from input N and the one after it; else one is\n"
        "                       played on the first two outputs\n"
        "%s"
        "  --model FILE         the same as MODEL\n"
        "  --cab, --cabinet FILE  the impulse response of a cabinet (WAV, FLAC)\n"
        "  --preset NAME        a preset by its name, number or URI; options beside it go before\n"
        "  --list-presets       show the presets that are there, and end\n"
        "  --save-preset NAME   save what the other options say as a preset, and end\n"
        "  --input FILE --target FILE  play a dry recording, again and again, beside what the "
        "device\n"
        "                       made of it: how the model differs\n"
        "  --listen WHAT        then: model, target or difference (model)\n"
        "  --learn CONTROL      the next MIDI controller that moves turns CONTROL from now on\n"
        "  --midi-map FILE      where that is kept (~/.config/gruff/midi)\n"
        "  --no-screen          print lines, also on a terminal\n"
        "  --no-midi            do not listen to MIDI\n"
        "  --osc PORT           listen to OSC on that UDP port of this machine (0: a free one)\n"
        "  --osc-any            and to other machines, too\n"
        "  --no-session         neither restore the last session nor remember this one\n"
        "  --set SYMBOL=VALUE   set any control\n",
        screen_help, setup_help);
    for (int i = 0; i < CONTROL_COUNT; i++) {
        const Control *control = &controls[i];
        printf("  --%-13s VALUE  %s, %g to %g%s%s (%g)\n", control->symbol, control->name,
               (double)control->minimum, (double)control->maximum, control->unit[0] ? " " : "",
               control->unit, (double)control->initial);
    }
    puts("  -h, --help, -V, --version");
}
