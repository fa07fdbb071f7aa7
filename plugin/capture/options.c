// SPDX-License-Identifier: ISC
#include "plugin/capture/options.h"

#include <string.h>

#include "dsp/base/number.h"

static Status take_knob(void *place, const Option *option, const char *text,
                        Diagnostic *diagnostic) {
    Options *options = place;
    const char *equals = strchr(text, '=');
    size_t length = equals ? (size_t)(equals - text) : 0;
    double value = 0.0;
    if (length == 0 || length >= MODEL_TEXT || !number_read(equals + 1, &value)) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                        "--%s takes NAME=NUMBER, Drive=0.5 for instance, not '%s'", option->name,
                        text);
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

static const Option own[] = {
    {"dry-run", 0, NULL, OPTION_INTO(Options, dry_run),
     .help = "play 10 s, show the levels, write nothing",
     .more = "For setting the level of the device and of the input."},
    {"write-signal", 0, "FILE", OPTION_INTO(Options, signal_file), .files = "wav",
     .help = "write the test signal to FILE (48 kHz, or --rate) and end: for playing it from "
             "another program",
     .more = "No sound card is needed. The recording of what came back is then a pair with FILE; "
             "gruff-train(1) finds the delay."},
    {"seconds", 0, "N", OPTION_INTO(Options, seconds), .least = 32.0, .most = 3600.0,
     .help = "length of the guitar in it, 32 to 3600 (180)", .more = "The rest takes 8 s."},
    {"signal", 0, "FILE", OPTION_INTO(Options, signal), .files = "wav flac aiff",
     .help = "play this recording (WAV, FLAC) instead"},
    {"level", 0, "DB", OPTION_INTO(Options, level), .least = -60.0, .most = 0.0,
     .help = "peak of the signal, -60 to 0 dBFS (0)"},
    {"knob", 0, "NAME=VALUE", .take = take_knob, .many = true,
     .help = "where a knob of the device stands: files the pair in a list",
     .more = "From that list gruff-train(1) learns the knob. It may be given for up to eight "
             "knobs."},
    {"manifest", 0, "FILE", OPTION_INTO(Options, list), .files = "csv",
     .help = "that list (list.csv beside the recordings)"},
    {"force", 0, NULL, OPTION_INTO(Options, force),
     .help = "replace recordings that are there; keep a take that has faults"},
};
static const OptionGroup own_group = {OPTION_ROWS(own)};

static const Option card[] = {
    {"list", 0, NULL, OPTION_INTO(Options, backend.list),
     .help = "show the sound cards that are there, and end"},
    {"channel", 0, "N", OPTION_INTO(Options, backend.setup.input), .least = 1.0, .most = 256.0,
     .help = "the sound card's input that the device's output is in (1)"},
    {"output-channel", 0, "N", OPTION_INTO(Options, backend.setup.output), .least = 1.0,
     .most = 256.0, .help = "the sound card's output that goes to the device (1)"},
};
static const OptionGroup card_group = {.heading = "The sound card", OPTION_ROWS(card)};
static const OptionGroup setup_group = {OPTION_ROWS(setup_options),
                                        .place = offsetof(Options, backend)};
static const OptionGroup *const groups[] = {&own_group, &options_usual, &card_group, &setup_group,
                                            NULL};

const OptionProgram capture_program = {
    .name = "gruff-capture",
    .usage = "gruff-capture NAME [option]...\n"
             "gruff-capture --dry-run [option]...\n"
             "gruff-capture --write-signal FILE [option]...\n"
             "gruff-capture --list",
    .about = "Plays a test signal into an amplifier or pedal and records what comes back: the pair "
             "NAME-input.wav and NAME-target.wav, without the delay of the loop, for gruff-train.",
    .groups = groups,
    .files = "*",
};

static Status take_names(Options *options, const OptionRest *rest, Diagnostic *diagnostic) {
    bool named = !options->dry_run && !options->signal_file; // others make no recordings
    if (rest->count > (named ? 1 : 0)) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "'%s' is one name too many",
                        rest->operands[rest->count - 1]);
    }
    if (named && (rest->count == 0 || !rest->operands[0][0])) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                        "say what the recordings are to be called");
    }
    options->output = rest->count > 0 ? rest->operands[0] : NULL;
    return STATUS_OK;
}

Status options_read(Options *options, int argc, char **argv, OptionRest *rest,
                    Diagnostic *diagnostic) {
    *options = (Options){
        .seconds = 180,
        .level = 0,
        .backend.setup =
            {.name = "gruff-capture", .channels = 1, .input = 1, .output = 1, .connect = true},
    };
    Status status = options_parse(&capture_program, options, argc, argv, rest, diagnostic);
    if (status != STATUS_OK || rest->help || rest->version || options->backend.list) {
        return status;
    }
    return take_names(options, rest, diagnostic);
}
