// SPDX-License-Identifier: ISC
#include "training/arguments.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "dsp/base/number.h"
#include "dsp/files/audio/audio_io.h"
#include "training/learning/recipe.h"

// ---- Values that are no plain numbers or words ----

static Status take_preset(void *place, const Option *option, const char *text,
                          Diagnostic *diagnostic) {
    int preset = 0;
    Status status = option_word(option, text, &preset, diagnostic);
    if (status == STATUS_OK) {
        recipe_preset(place, (RecipePreset)preset);
    }
    return status;
}

static Status take_time(void *place, const Option *option, const char *text,
                        Diagnostic *diagnostic) {
    if (!recipe_seconds(place, text)) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                        "--%s takes a time, as in 90s, 15m or 1h, not '%s'", option->name, text);
    }
    return STATUS_OK;
}

static Status take_loss(void *place, const Option *option, const char *text,
                        Diagnostic *diagnostic) {
    Diagnostic cause = {""};
    Status status = recipe_loss(place, text, &cause);
    return status == STATUS_OK
               ? status
               : diagnose(diagnostic, status, "--%s %.900s", option->name, cause.text);
}

static Status take_latency(void *place, const Option *option, const char *text,
                           Diagnostic *diagnostic) {
    DatasetOptions *data = place;
    double samples = 0.0;
    Status status = option_number(option, text, &samples, diagnostic);
    if (status == STATUS_OK) {
        data->latency_given = true;
        data->latency = (int)samples;
    }
    return status;
}

// One channel's name or number, up to a comma or the end, which *rest becomes; 0: none.
static int read_channel(const char *text, const char **rest) {
    size_t length = strcspn(text, ",");
    double number = 0.0;
    *rest = text + length;
    if (length == 4 && strncasecmp(text, "left", 4) == 0) {
        return 1;
    }
    if (length == 5 && strncasecmp(text, "right", 5) == 0) {
        return 2;
    }
    bool whole = number_begin(text, &number, rest) && *rest == text + length && number >= 1.0 &&
                 number <= AUDIO_MOST_CHANNELS && number == floor(number);
    return whole ? (int)number : 0;
}

static Status take_channel(void *place, const Option *option, const char *text,
                           Diagnostic *diagnostic) {
    DatasetOptions *data = place;
    const char *rest = text;
    data->channel[0] = data->channel[1] = read_channel(text, &rest);
    if (data->channel[0] && *rest == ',') {
        data->channel[1] = read_channel(rest + 1, &rest);
    }
    if (!data->channel[1] || *rest) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                        "--%s takes left, right or a number from 1 on, or two of these with a "
                        "comma between them, for input and target, not '%s'",
                        option->name, text);
    }
    return STATUS_OK;
}

// ---- The table ----

static const Option main_options[] = {
    {"output", 'o', "FILE", OPTION_INTO(Arguments, output), .files = "json",
     .help = "the model file to write (required)"},
    {"preset", 'p', "NAME", OPTION_INTO(Arguments, options), .take = take_preset, .early = true,
     .words = recipe_presets,
     .help = "quick (10 s), standard (2 min) or best (15 min, hidden size 32, three seeds); "
             "options beside it change parts of it"},
    {"hidden", 'H', "N", OPTION_INTO(Arguments, options.shape.hidden), .least = 1.0,
     .most = MODEL_MAX_HIDDEN,
     .help = "hidden size, 1 to 128 (16): more is more exact and costs more CPU"},
    {"time", 't', "TIME", OPTION_INTO(Arguments, options.seconds), .take = take_time,
     .help = "how long to train: 90s, 15m, 1h (45s)"},
    {"epochs", 'e', "N", OPTION_INTO(Arguments, options.epochs), .least = 1e-3, .most = 1e6,
     .help = "train N passes over the audio instead of for a time; the same seed then gives the "
             "same model, to the byte"},
    {"seed", 's', "N", OPTION_INTO(Arguments, options.seed), .most = 4294967295.0,
     .help = "start of the random numbers (1)"},
    {"seeds", 0, "N", OPTION_INTO(Arguments, options.race), .least = 1.0, .most = 20.0,
     .help = "try N seeds a short way and go on with the best (1)"},
    {"threads", 'j', "N", OPTION_INTO(Arguments, options.threads), .least = 1.0, .most = 64.0,
     .help = "threads (all processors); the result does not depend on them"},
    {"resume", 0, NULL, OPTION_INTO(Arguments, options.resume),
     .help = "go on with a run that was cut off, with the same options",
     .more = "It is read from the .checkpoint beside the output."},
    {"json", 0, NULL, OPTION_INTO(Arguments, json),
     .help = "print one JSON object at the end (or of --check), and nothing else"},
    {"quiet", 'q', NULL, OPTION_INTO(Arguments, quiet), .help = "print nothing but errors"},
};
static const OptionGroup main_group = {OPTION_ROWS(main_options)};

static const Option recording_options[] = {
    {"check", 0, NULL, OPTION_INTO(Arguments, check),
     .help = "look for what is wrong with them, say all, train nothing"},
    {"force", 0, NULL, OPTION_INTO(Arguments, data.force),
     .help = "train in spite of what the checks say"},
    {"latency", 0, "N", OPTION_INTO(Arguments, data), .take = take_latency, .whole = true,
     .least = -1e6, .most = 1e6,
     .help = "take out a delay of N samples (0: none) instead of finding it"},
    {"channel", 0, "CHANNEL", OPTION_INTO(Arguments, data), .take = take_channel,
     .help = "which channel of the files counts: left, right or a number (the one with the sound); "
             "right,left: the input's right and the target's left one"},
    {"test-input", 0, "FILE", OPTION_INTO(Arguments, data.test_input), .files = "wav flac aiff",
     .help = "the dry guitar of a pair that trains nothing; the finished model is scored on it"},
    {"test-target", 0, "FILE", OPTION_INTO(Arguments, data.test_target), .files = "wav flac aiff",
     .help = "what the device made of that"},
    {"keep-signals", 0, NULL, OPTION_INTO(Arguments, data.keep_signals),
     .help = "train on test signals at the start, too (sweeps, noise, clicks)"},
    {"no-trials", 0, NULL, OPTION_INTO(Arguments, no_fits),
     .help = "find the delay without trial fits: quicker, less exact"},
};
static const OptionGroup recording_group = {.heading = "The recordings",
                                            OPTION_ROWS(recording_options)};

static const Option learning_options[] = {
    {"cell", 0, "NAME", OPTION_INTO(Arguments, options.shape.cell), .make_words = recipe_cells,
     .help = "gru, gru-before (reset gate before the product) or lstm (gru)"},
    {"layers", 0, "N", OPTION_INTO(Arguments, options.shape.layers), .least = 1.0,
     .most = NETWORK_MAX_LAYERS, .help = "recurrent layers, 1 to 3 (1)"},
    {"no-skip", 0, NULL, OPTION_INTO(Arguments, options.shape.skip), .clears = true,
     .help = "do not add the input to the output"},
    {"loss", 0, "TERMS", OPTION_INTO(Arguments, options.loss), .take = take_loss,
     .help = "shares of plain, emphasised, a-weighted, dc and spectral error "
             "(plain=0.5,emphasised=0.5,dc=0.05)"},
    {"optimiser", 0, "NAME", OPTION_INTO(Arguments, options.optimiser), .words = recipe_optimisers,
     .help = "soap (Adam in the gradients' own coordinates) or adam (soap)"},
    {"rate", 0, "R", OPTION_INTO(Arguments, options.rate), .least = 1e-8, .most = 1.0,
     .help = "peak learning rate (0.02; less for runs of over a minute, or of over 2 s at hidden "
             "size 32: 0.003 for 15 minutes at 32)"},
    {"schedule", 0, "NAME", OPTION_INTO(Arguments, options.schedule), .words = recipe_schedules,
     .help = "how the learning rate falls: cosine or plateau (cosine)"},
    {"weight-decay", 0, "R", OPTION_INTO(Arguments, options.weight_decay), .most = 10.0,
     .help = "how much the weights are drawn towards 0 (0.003)"},
    {"contraction", 0, "SHARE", OPTION_INTO(Arguments, options.regularisation.contraction),
     .most = 1.0,
     .help =
         "how much the network is taught to forget what it heard, so that it stays calm where it "
         "is played louder than the recording: the most that this gradient may add to the "
         "error's, at the end of the run (0.2; 0: not at all)"},
    {"antialias", 0, NULL, OPTION_INTO(Arguments, options.regularisation.antialias),
     .help = "teach the network to answer sines with their harmonics alone; it may then be late by "
             "some samples, for a little more time and, mostly, error"},
    {"dropout", 0, "SHARE", OPTION_INTO(Arguments, options.regularisation.recurrent_dropout),
     .most = 0.9, .help = "dropout of the recurrent state (0)"},
    {"head-dropout", 0, "SHARE", OPTION_INTO(Arguments, options.regularisation.head_dropout),
     .most = 0.9, .help = "dropout of what the head sees (0)"},
    {"input-dropout", 0, "SHARE", OPTION_INTO(Arguments, options.regularisation.input_dropout),
     .most = 0.9, .help = "dropout of samples (0)"},
    {"noise", 0, "RMS", OPTION_INTO(Arguments, options.regularisation.noise), .most = 1.0,
     .help = "white noise added to the input, whose own RMS is about 0.06 then (0)"},
    {"no-head-start", 0, NULL, OPTION_INTO(Arguments, options.fit_head), .clears = true,
     .help = "start with a random head, not with one by least squares"},
};
static const OptionGroup learning_group = {.heading = "The network and how it learns",
                                           OPTION_ROWS(learning_options)};

// Texts of the model file.
#define LABEL(member) OPTION_INTO(Arguments, options.labels.member), .most = MODEL_TEXT - 1

static const Option label_options[] = {
    {"name", 'n', "TEXT", LABEL(name), .help = "the model's name (the file's)"},
    {"author", 0, "TEXT", LABEL(author), .help = "who made it"},
    {"license", 0, "TEXT", LABEL(license), .help = "on what terms others may use it"},
    {"gear", 0, "TEXT", LABEL(gear), .help = "the device that was recorded"},
    {"input-level", 0, "DBU", OPTION_INTO(Arguments, options.labels.input_level_dbu),
     .least = -60.0, .most = 60.0,
     .help = "level at the device's input of a 1 kHz sine whose peaks are full scale in the "
             "recordings"},
    {"output-level", 0, "DBU", OPTION_INTO(Arguments, options.labels.output_level_dbu),
     .least = -60.0, .most = 60.0, .help = "the same at the device's output"},
};
static const OptionGroup label_group = {.heading = "What the model file says of itself",
                                        OPTION_ROWS(label_options)};

static const OptionGroup *const groups[] = {&main_group,     &options_usual, &recording_group,
                                            &learning_group, &label_group,   NULL};

const OptionProgram arguments_program = {
    .name = "gruff-train",
    .usage = "gruff-train INPUT.wav TARGET.wav -o MODEL.json [option]...\n"
             "gruff-train FOLDER | LIST.csv -o MODEL.json [option]...\n"
             "gruff-train --check INPUT.wav TARGET.wav | FOLDER | LIST.csv",
    .about = "Fits a GRU to a pair of recordings: the dry guitar, and what the device made of it. "
             "FOLDER holds train/, val/ and test/ with NAME-input.wav and NAME-target.wav in them. "
             "LIST.csv names input, target, split (train, val, test) and knobs in its first line, "
             "and has a line for each pair and knob setting. Files may be WAV, FLAC or AIFF.",
    .closing = "The best model so far is in FILE at any time; Ctrl-C ends the run and keeps it, "
               "and --resume goes on from FILE.checkpoint. A report is written to FILE's name "
               "with .report in place of .json. A result that is no better than silence is not "
               "written: exit status 3.",
    .files = "wav flac aiff csv",
    .groups = groups,
};

// ---- Reading ----

Status arguments_read(Arguments *arguments, int argc, char **argv, OptionRest *rest,
                      Diagnostic *diagnostic) {
    Status status = options_parse(&arguments_program, arguments, argc, argv, rest, diagnostic);
    if (status != STATUS_OK || rest->help || rest->version) {
        return status;
    }
    if (rest->count != 1 && rest->count != 2) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                        "two files expected, INPUT.wav and TARGET.wav, or a folder or list (%d "
                        "given)",
                        rest->count);
    }
    if (!arguments->output && !arguments->check) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "no model file named; add -o MODEL.json");
    }
    if (!arguments->data.test_input != !arguments->data.test_target) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                        "--test-input and --test-target go together");
    }
    arguments->quiet = arguments->quiet || arguments->json;
    arguments->paths = (const char *const *)rest->operands;
    arguments->path_count = rest->count;
    arguments->data.output = arguments->check ? NULL : arguments->output;
    arguments->data.late = arguments->options.regularisation.antialias;
    arguments->data.threads = arguments->options.threads;
    return STATUS_OK;
}
