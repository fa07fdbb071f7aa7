// SPDX-License-Identifier: ISC
#include "plugin/tool/options.h"

#include <math.h>

#include "dsp/network/engine.h"

// ---- Values that are no plain numbers or words ----

static const OptionWord *isa_words(void) {
    static OptionWord words[ISA_COUNT + 1]; // the last one is their end
    for (int i = 0; i < ISA_COUNT; i++) {
        words[i] = (OptionWord){isa_name((Isa)i), i, NULL};
    }
    return words;
}

static Status take_isa(void *place, const Option *option, const char *text,
                       Diagnostic *diagnostic) {
    Arguments *arguments = place;
    int isa = 0;
    Status status = option_word(option, text, &isa, diagnostic);
    if (status == STATUS_OK) {
        arguments->isa = (Isa)isa;
        arguments->one_isa = true;
    }
    return status;
}

static Status take_knob(void *place, const Option *option, const char *text,
                        Diagnostic *diagnostic) {
    Arguments *arguments = place;
    if (arguments->knob_count == MODEL_MAX_KNOBS) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "--%s: more than %d knobs", option->name,
                        MODEL_MAX_KNOBS);
    }
    arguments->knobs[arguments->knob_count++] = text;
    return STATUS_OK;
}

// ---- The table ----

static const Option usual_options[] = {
    {"json", 0, NULL, OPTION_INTO(Arguments, json), .help = "print one JSON object"},
};
static const OptionGroup usual_group = {OPTION_ROWS(usual_options)};

static const Option isa_options[] = {
    {"isa", 0, "NAME", .take = take_isa, .make_words = isa_words,
     .help = "scalar, sse2, avx2, avx512 or neon instead of the fastest"},
};
static const OptionGroup isa_group = {OPTION_ROWS(isa_options)};

static const Option fast_options[] = {
    {"fast", 0, NULL, OPTION_INTO(Arguments, fast),
     .help = "approximate activations (four digits), mostly 3 to 15 % faster"},
};
static const OptionGroup fast_group = {OPTION_ROWS(fast_options)};

static const Option knob_options[] = {
    {"knob", 0, "NAME=VALUE", .take = take_knob, .many = true,
     .help = "set a knob of the model, by its name or number (from 1)"},
};
static const OptionGroup knob_group = {OPTION_ROWS(knob_options)};

static const Option render_options[] = {
    {"chain", 0, NULL, OPTION_INTO(Arguments, chain),
     .help = "the whole chain of plugin and standalone host, bit by bit"},
    {"set", 0, "CONTROL=VALUE", OPTION_INTO(Arguments, controls), .take = control_take_pair,
     .make_words = control_words, .joint = "=", .listed = true, .many = true,
     .help = "set one of its controls, by its symbol:"},
    {"cabinet", 0, "IR.wav", OPTION_INTO(Arguments, cabinet), .files = "wav flac aiff",
     .help = "with the impulse response of a cabinet"},
    {"channel", 0, "N", OPTION_INTO(Arguments, channel), .least = 1.0, .most = HUGE_VAL,
     .help = "this channel of the file alone (from 1)"},
    {"latency", 0, NULL, OPTION_INTO(Arguments, latency),
     .help = "put back the delay that was taken out of the recordings before the training, so "
             "that the output lies over them again"},
};
static const OptionGroup render_group = {.heading = "render", OPTION_ROWS(render_options)};

static const Option compare_options[] = {
    {"skip", 0, "SECONDS", OPTION_INTO(Arguments, skip), .most = HUGE_VAL,
     .help = "leave out the start"},
    {"align", 0, NULL, OPTION_INTO(Arguments, align),
     .help = "compare with the lag taken out (whole samples, 4096 at most)"},
};
static const OptionGroup compare_group = {.heading = "compare", OPTION_ROWS(compare_options)};

static const Option convert_options[] = {
    {"repair", 0, NULL, OPTION_INTO(Arguments, repair),
     .help = "mend what the self-test finds: swapped gates, reversed biases, missing skip"},
    {"name", 0, "TEXT", OPTION_INTO(Arguments, name), .help = "the new file's name for the model"},
    {"author", 0, "TEXT", OPTION_INTO(Arguments, author), .help = "and for who made it"},
    {"license", 0, "TEXT", OPTION_INTO(Arguments, license),
     .help = "and for the terms on which others may use it"},
};
static const OptionGroup convert_group = {.heading = "convert", OPTION_ROWS(convert_options)};

static const Option bench_options[] = {
    {"hidden", 0, "N", OPTION_INTO(Arguments, hidden), .least = 1.0, .most = MODEL_MAX_HIDDEN,
     .help = "this size alone"},
    {"channels", 0, "N", OPTION_INTO(Arguments, channels), .least = 1.0,
     .most = ENGINE_MAX_CHANNELS, .help = "one or two, alone"},
    {"blocks", 0, NULL, OPTION_INTO(Arguments, blocks),
     .help = "calls of 1, 64 and 4096 samples instead of 64"},
};
static const OptionGroup bench_group = {
    .heading = "bench",
    OPTION_ROWS(bench_options),
    .note = "The cells of a size are measured in turns, so that their ratios hold on a machine "
            "whose clock wanders."};

#define MODELS "json nam aidax aidadspmodel"

static const OptionGroup *const to_render[] = {
    &render_group, &knob_group, &isa_group, &fast_group, &usual_group, &options_usual, NULL};
static const OptionGroup *const to_compare[] = {&compare_group, &usual_group, &options_usual, NULL};
static const OptionGroup *const to_look[] = {&isa_group, &usual_group, &options_usual, NULL};
static const OptionGroup *const to_check[] = {&knob_group, &isa_group, &usual_group, &options_usual,
                                              NULL};
static const OptionGroup *const to_convert[] = {&convert_group, &usual_group, &options_usual, NULL};
static const OptionGroup *const to_bench[] = {&isa_group,   &fast_group,    &bench_group,
                                              &usual_group, &options_usual, NULL};
static const OptionGroup *const all[] = {
    &usual_group,  &knob_group,    &isa_group,     &fast_group,  &options_usual,
    &render_group, &compare_group, &convert_group, &bench_group, NULL};

static const OptionCommand commands[] = {
    [TOOL_RENDER] = {"render", "MODEL IN.wav OUT.wav",
                     "run a file of one or two channels and any rate through the model alone, or "
                     "through all that the plugin does; OUT is a 32-bit float WAV",
                     MODELS " wav flac aiff", to_render},
    [TOOL_COMPARE] = {"compare", "REFERENCE.wav OTHER.wav",
                      "error-to-signal ratio, lag, largest difference and friends", "wav flac aiff",
                      to_compare},
    [TOOL_INFO] = {"info", "MODEL",
                   "shape, knobs, levels, who made it and how, self-test, speed here", MODELS,
                   to_look},
    [TOOL_CHECK] =
        {"check", "MODEL",
         "self-test, and 20 s each of silence, noise, DC and an impulse, with the "
         "scalar reference and the fastest instruction set; whether it is calm; aliasing; levels",
         MODELS, to_check},
    [TOOL_CONVERT] = {"convert", "MODEL OUT.json",
                      "write any model that can be read as Keras JSON (AIDA-X)", MODELS,
                      to_convert},
    [TOOL_BENCH] = {"bench", "[MODEL]",
                    "speed here, beside what this machine can do at most; all cells and sizes "
                    "without MODEL",
                    MODELS, to_bench},
    {0},
};

const OptionProgram tool_program = {
    .name = "gruff-model",
    .groups = all,
    .commands = commands,
    .closing =
        "Models: Keras JSON (AIDA-X, RTNeural), GuitarML JSON, NAM (LSTM).\n"
        "Audio: anything that libsndfile reads; where channels are not said to count, the first "
        "one does. A file at another rate than the model's is converted to the model's and back "
        "(libsamplerate, best sinc), with nothing shifted.",
};

// ---- Reading ----

static bool any_control(const ControlValues *values) {
    for (int i = 0; i < CONTROL_COUNT; i++) {
        if (values->given[i]) {
            return true;
        }
    }
    return false;
}

static Status check(const Arguments *arguments, int operands, Diagnostic *diagnostic) {
    const char *wrong = NULL;
    if (any_control(&arguments->controls) && !arguments->chain) {
        wrong = "--set needs --chain: the model alone has no controls";
    } else if (arguments->cabinet && !arguments->chain) {
        wrong = "--cabinet needs --chain: the model alone has no cabinet";
    } else if (arguments->fast && arguments->chain) {
        wrong = "--fast is for the model alone: the chain has exact activations";
    } else if (operands > 0 && arguments->hidden > 0) {
        wrong = "a model has its own size: leave out --hidden";
    }
    return wrong ? diagnose(diagnostic, STATUS_BAD_ARGUMENT, "%s", wrong) : STATUS_OK;
}

static Status take_operands(Arguments *arguments, ToolCommand command, const OptionRest *rest,
                            Diagnostic *diagnostic) {
    static const int most[] = {[TOOL_RENDER] = 3, [TOOL_COMPARE] = 2, [TOOL_INFO] = 1,
                               [TOOL_CHECK] = 1,  [TOOL_CONVERT] = 2, [TOOL_BENCH] = 1};
    int least = command == TOOL_BENCH ? 0 : most[command];
    if (rest->count < least) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "a file is missing: gruff-model %s %s",
                        commands[command].name, commands[command].operands);
    }
    if (rest->count > most[command]) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "'%s' is one file too many",
                        rest->operands[most[command]]);
    }
    for (int i = 0; i < rest->count; i++) {
        arguments->operands[i] = rest->operands[i];
    }
    return check(arguments, rest->count, diagnostic);
}

Status tool_read_options(Arguments *arguments, ToolCommand *command, int argc, char **argv,
                         OptionRest *rest, Diagnostic *diagnostic) {
    const OptionCommand *named = NULL;
    for (int i = 0; i < CONTROL_COUNT; i++) {
        arguments->controls.values[i] = controls[i].initial;
    }
    Status status = options_parse_command(&tool_program, arguments, argc, argv, &named, rest,
                                          diagnostic);
    if (status != STATUS_OK || rest->help || rest->version) {
        return status;
    }
    *command = (ToolCommand)(named - commands);
    return take_operands(arguments, *command, rest, diagnostic);
}
