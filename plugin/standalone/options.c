// SPDX-License-Identifier: ISC
#include "plugin/standalone/options.h"

#include "dsp/base/number.h"

// ---- Values that are no plain numbers or words ----

static Status set_model(Options *options, const char *path, Diagnostic *diagnostic) {
    if (options->model) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "'%s' is one model too many", path);
    }
    options->model = path;
    return STATUS_OK;
}

static Status take_model(void *place, const Option *option, const char *text,
                         Diagnostic *diagnostic) {
    (void)option;
    return set_model(place, text, diagnostic);
}

static Status take_stereo(void *place, const Option *option, const char *text,
                          Diagnostic *diagnostic) {
    (void)option;
    (void)text;
    (void)diagnostic;
    *(int *)place = 2;
    return STATUS_OK;
}

static Status take_learn(void *place, const Option *option, const char *text,
                         Diagnostic *diagnostic) {
    ControlId id;
    if (!control_find(text, &id)) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "there is no control '%s' to %s", text,
                        option->name);
    }
    *(int *)place = (int)id;
    return STATUS_OK;
}

// The input level, or a recording.
static Status take_input(void *place, const Option *option, const char *text,
                         Diagnostic *diagnostic) {
    (void)option;
    Options *options = place;
    double level = 0.0;
    if (!number_read(text, &level)) {
        options->input = text;
        return STATUS_OK;
    }
    return control_values_read(&options->controls, CONTROL_INPUT, text, diagnostic);
}

// ---- The table ----

static const OptionWord listenings[] = {
    {"model", LISTEN_MODEL, NULL},
    {"target", LISTEN_TARGET, NULL},
    {"difference", LISTEN_DIFFERENCE, NULL},
    {0},
};

static const Option main_options[] = {
    {"model", 0, "FILE", .take = take_model, .files = "json nam aidax aidadspmodel",
     .help = "the same as MODEL"},
    {"cabinet", 0, "FILE", OPTION_INTO(Options, cabinet), .other = "cab", .files = "wav flac",
     .help = "the impulse response of a cabinet (WAV, FLAC)",
     .more = "It may have any rate; up to 2 s of it are used."},
    {"preset", 0, "NAME", OPTION_INTO(Options, preset),
     .help = "a preset by its name, number or URI; options beside it go before",
     .more = "Of the name, what stands before or after a colon is enough; the number is that in "
             "--list-presets."},
    {"list-presets", 0, NULL, OPTION_INTO(Options, presets),
     .help = "show the presets that are there, and end"},
    {"save-preset", 0, "NAME", OPTION_INTO(Options, save),
     .help = "save what the other options say as a preset, and end",
     .more = "It holds the contents of model and cabinet, and lies in ~/.lv2, for every host of "
             "LV2 plugins and for gruff."},
    {"no-session", 0, NULL, OPTION_INTO(Options, no_session),
     .help = "neither restore the last session nor remember this one"},
    {"no-screen", 0, NULL, OPTION_INTO(Options, no_screen),
     .help = "print lines, also on a terminal"},
    {"set", 0, "SYMBOL=VALUE", OPTION_INTO(Options, controls), .take = control_take_pair,
     .make_words = control_words, .joint = "=", .many = true,
     .help = "set any control, by the name of its option below"},
};
static const OptionGroup main_group = {OPTION_ROWS(main_options)};

static const Option card_options[] = {
    {"list", 0, NULL, OPTION_INTO(Options, backend.list),
     .help = "show the devices that are there, and end"},
    {"channel", 0, "N", OPTION_INTO(Options, backend.setup.input), .least = 1.0, .most = 256.0,
     .help = "the sound card's input that the guitar is in (1)"},
    {"stereo", 0, NULL, OPTION_INTO(Options, backend.setup.channels), .take = take_stereo,
     .help = "two channels, from input N and the one after it; else one is played on the first "
             "two outputs"},
};
static const OptionGroup card_group = {.heading = "The sound card", OPTION_ROWS(card_options)};
static const OptionGroup setup_group = {OPTION_ROWS(setup_options),
                                        .place = offsetof(Options, backend)};

static const Option pair_options[] = {
    {"input", 0, "FILE", .take = take_input, .files = "wav flac aiff",
     .help = "play this dry recording, again and again, beside what --target names: how the model "
             "differs",
     .more = "The model is bare then: loudness is not normalised, and DC not blocked, unless other "
             "options say so. The delay that was taken out of the model's training is put back for "
             "the target. At the end the ESR of the last seconds is told."},
    {"target", 0, "FILE", OPTION_INTO(Options, target), .files = "wav flac aiff",
     .help = "what the device made of it"},
    {"listen", 0, "WHAT", OPTION_INTO(Options, listening), .words = listenings,
     .help = "then: model, target or difference (model)"},
};
static const OptionGroup pair_group = {.heading = "Beside a recording", OPTION_ROWS(pair_options)};

static const Option remote_options[] = {
    {"learn", 0, "CONTROL", OPTION_INTO(Options, learn), .take = take_learn,
     .make_words = control_words,
     .help = "the next MIDI controller that moves turns CONTROL from now on",
     .more = "It is one of the controls below, without the hyphens."},
    {"midi-map", 0, "FILE", OPTION_INTO(Options, midi_map), .files = "*",
     .help = "where that is kept (~/.config/gruff/midi)"},
    {"no-midi", 0, NULL, OPTION_INTO(Options, backend.setup.midi), .clears = true,
     .help = "do not listen to MIDI"},
    {"osc", 0, "PORT", OPTION_INTO(Options, osc), .most = 65535.0,
     .help = "listen to OSC on that UDP port of this machine (0: a free one)",
     .more = "A free one is told."},
    {"osc-any", 0, NULL, OPTION_INTO(Options, osc_any), .help = "and to other machines, too",
     .more = "Whoever reaches the port turns the knobs and loads files."},
};
static const OptionGroup remote_group = {.heading = "MIDI and OSC", OPTION_ROWS(remote_options)};

static const OptionGroup control_group = {
    .heading = "The controls",
    .make = control_options,
    .count = CONTROL_COUNT,
    .place = offsetof(Options, controls),
    .note = "Each takes a number; its initial value stands in brackets."};

static const OptionGroup *const groups[] = {
    &main_group, &options_usual, &card_group,    &setup_group,
    &pair_group, &remote_group,  &control_group, NULL};

const OptionProgram standalone_program = {
    .name = "gruff",
    .usage = "gruff [MODEL] [option]...",
    .about = "Plays a guitar through MODEL on JACK or PortAudio; without one goes on where it was "
             "left, or with the plugin's own. Ends on Ctrl-C. A model or cabinet file that is "
             "replaced is loaded anew.",
    .groups = groups,
    .files = "json nam aidax aidadspmodel",
};

// ---- Reading ----

static Status check(const Options *options, Diagnostic *diagnostic) {
    if (options->osc_any && options->osc < 0) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "--osc-any needs --osc PORT");
    }
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

Status options_read(Options *options, int argc, char **argv, OptionRest *rest,
                    Diagnostic *diagnostic) {
    *options = (Options){
        .learn = -1,
        .osc = -1,
        .backend
            .setup = {.name = "gruff", .channels = 1, .input = 1, .connect = true, .midi = true},
    };
    Status status = options_parse(&standalone_program, options, argc, argv, rest, diagnostic);
    if (status != STATUS_OK || rest->help || rest->version) {
        return status;
    }
    for (int i = 0; status == STATUS_OK && i < rest->count; i++) {
        status = set_model(options, rest->operands[i], diagnostic);
    }
    return status == STATUS_OK ? check(options, diagnostic) : status;
}
