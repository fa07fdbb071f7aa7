// SPDX-License-Identifier: ISC
#include "training/arguments.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "training/learning/recipe.h"

static const char usage[] =
    "Usage: gruff-train INPUT.wav TARGET.wav -o MODEL.json [options]\n"
    "       gruff-train FOLDER | LIST.csv -o MODEL.json [options]\n"
    "       gruff-train --check INPUT.wav TARGET.wav | FOLDER | LIST.csv\n"
    "Fits a GRU to a pair of recordings: the dry guitar, and what the device made of it.\n"
    "FOLDER holds train/, val/ and test/ with NAME-input.wav and NAME-target.wav in them. "
    "LIST.csv\n"
    "names input, target, split (train, val, test) and knobs in its first line, and has a line "
    "for\n"
    "each pair and knob setting. Files may be WAV, FLAC or AIFF.\n"
    "\n"
    "  -o, --output FILE    the model file to write (required)\n"
    "  -p, --preset NAME    quick (10 s), standard (2 min) or best (15 min, hidden size 32,\n"
    "                       three seeds); options beside it change parts of it\n"
    "  -H, --hidden N       hidden size, 1 to 128 (16): more is more exact and costs more CPU\n"
    "  -t, --time TIME      how long to train: 90s, 15m, 1h (45s)\n"
    "  -e, --epochs N       train N passes over the audio instead of for a time; the same\n"
    "                       seed then gives the same model\n"
    "  -s, --seed N         start of the random numbers (1)\n"
    "      --seeds N        try N seeds a short way and go on with the best (1)\n"
    "  -j, --threads N      threads (all processors)\n"
    "      --resume         go on with a run that was cut off, with the same options\n"
    "      --json           print one JSON object at the end (or of --check), and nothing else\n"
    "  -q, --quiet          print nothing but errors\n"
    "  -h, --help           this text\n"
    "  -V, --version        the version\n"
    "\n"
    "The recordings:\n"
    "      --check          look for what is wrong with them, say all, train nothing\n"
    "      --force          train in spite of what the checks say\n"
    "      --latency N      take out a delay of N samples (0: none) instead of finding it\n"
    "      --test-input FILE, --test-target FILE\n"
    "                       a pair that trains nothing; the finished model is scored on it\n"
    "      --keep-signals   train on test signals at the start, too (sweeps, noise, clicks)\n"
    "      --no-trials      find the delay without trial fits: quicker, less exact\n"
    "\n"
    "The network and how it learns:\n"
    "      --cell NAME      gru, gru-before (reset gate before the product) or lstm (gru)\n"
    "      --layers N       recurrent layers, 1 to 3 (1)\n"
    "      --no-skip        do not add the input to the output\n"
    "      --loss TERMS     shares of plain, emphasised, a-weighted, dc and spectral error\n"
    "                       (plain=0.5,emphasised=0.5,dc=0.05)\n"
    "      --optimiser NAME soap (Adam in the gradients' own coordinates) or adam (soap)\n"
    "      --rate R         peak learning rate (0.02; less for runs of over a minute, or of over\n"
    "                       2 s at hidden size 32: 0.003 for 15 minutes at 32)\n"
    "      --schedule NAME  of the learning rate: cosine or plateau (cosine)\n"
    "      --weight-decay R (0)\n"
    "      --dropout SHARE, --head-dropout SHARE, --input-dropout SHARE\n"
    "                       of the recurrent state, of what the head sees, of samples (0)\n"
    "      --noise RMS      white noise added to the input, full scale 1 (0)\n"
    "      --no-head-start  start with a random head, not with one by least squares\n"
    "\n"
    "What the model file says of itself:\n"
    "  -n, --name TEXT      the model's name (the file's)\n"
    "      --author TEXT    who made it\n"
    "      --license TEXT   on what terms others may use it\n"
    "      --gear TEXT      the device that was recorded\n"
    "      --input-level DBU, --output-level DBU\n"
    "                       levels at the device's input and output of a 1 kHz sine whose\n"
    "                       peaks are full scale in the recordings\n"
    "\n"
    "The best model so far is in FILE at any time; Ctrl-C ends the run and keeps it, and\n"
    "--resume goes on from FILE.checkpoint.\n"
    "A report is written to FILE's name with .report in place of .json.\n";

typedef enum Kind {
    KIND_TEXT,      // const char *
    KIND_LABEL,     // const char *, for the model file
    KIND_WHOLE,     // int
    KIND_SEED,      // uint64_t
    KIND_NUMBER,    // double
    KIND_ON,        // bool, becomes true
    KIND_OFF,       // bool, becomes false
    KIND_PRESET,    // TrainerOptions
    KIND_CELL,      // LayerKind
    KIND_LOSS,      // LossMix
    KIND_SCHEDULE,  // Schedule
    KIND_LATENCY,   // DatasetOptions
    KIND_OPTIMISER, // Optimiser
    KIND_TIME,      // double, seconds
    KIND_HELP,
    KIND_VERSION
} Kind;

typedef struct Entry {
    const char *name;
    char letter; // or 0
    Kind kind;
    void *place;
    double least, most; // of a number
} Entry;

enum { MOST_ENTRIES = 48 };

// All options, with the places that they fill.
static int list_entries(Entry *entries, Arguments *a) {
    TrainerOptions *o = &a->options;
    Regularisation *r = &o->regularisation;
    const Entry all[] = {
        {"output", 'o', KIND_TEXT, &a->output, 0, 0},
        {"preset", 'p', KIND_PRESET, o, 0, 0},
        {"hidden", 'H', KIND_WHOLE, &o->shape.hidden, 1, MODEL_MAX_HIDDEN},
        {"time", 't', KIND_TIME, &o->seconds, 0, 0},
        {"epochs", 'e', KIND_NUMBER, &o->epochs, 1e-3, 1e6},
        {"seed", 's', KIND_SEED, &o->seed, 0, 4294967295.0},
        {"seeds", 0, KIND_WHOLE, &o->race, 1, 20},
        {"threads", 'j', KIND_WHOLE, &o->threads, 1, 64},
        {"resume", 0, KIND_ON, &o->resume, 0, 0},
        {"quiet", 'q', KIND_ON, &a->quiet, 0, 0},
        {"help", 'h', KIND_HELP, NULL, 0, 0},
        {"version", 'V', KIND_VERSION, NULL, 0, 0},
        {"json", 0, KIND_ON, &a->json, 0, 0},
        {"check", 0, KIND_ON, &a->check, 0, 0},
        {"test-input", 0, KIND_TEXT, &a->data.test_input, 0, 0},
        {"test-target", 0, KIND_TEXT, &a->data.test_target, 0, 0},
        {"force", 0, KIND_ON, &a->data.force, 0, 0},
        {"latency", 0, KIND_LATENCY, &a->data, -1e6, 1e6},
        {"keep-signals", 0, KIND_ON, &a->data.keep_signals, 0, 0},
        {"no-trials", 0, KIND_ON, &a->no_trials, 0, 0},
        {"cell", 0, KIND_CELL, &o->shape.cell, 0, 0},
        {"layers", 0, KIND_WHOLE, &o->shape.layers, 1, NETWORK_MAX_LAYERS},
        {"no-skip", 0, KIND_OFF, &o->shape.skip, 0, 0},
        {"loss", 0, KIND_LOSS, &o->loss, 0, 0},
        {"optimiser", 0, KIND_OPTIMISER, &o->optimiser, 0, 0},
        {"rate", 0, KIND_NUMBER, &o->rate, 1e-8, 1},
        {"schedule", 0, KIND_SCHEDULE, &o->schedule, 0, 0},
        {"weight-decay", 0, KIND_NUMBER, &o->weight_decay, 0, 10},
        {"dropout", 0, KIND_NUMBER, &r->recurrent_dropout, 0, 0.9},
        {"head-dropout", 0, KIND_NUMBER, &r->head_dropout, 0, 0.9},
        {"input-dropout", 0, KIND_NUMBER, &r->input_dropout, 0, 0.9},
        {"noise", 0, KIND_NUMBER, &r->noise, 0, 1},
        {"no-head-start", 0, KIND_OFF, &o->fit_head, 0, 0},
        {"name", 'n', KIND_LABEL, &o->labels.name, 0, 0},
        {"author", 0, KIND_LABEL, &o->labels.author, 0, 0},
        {"license", 0, KIND_LABEL, &o->labels.license, 0, 0},
        {"gear", 0, KIND_LABEL, &o->labels.gear, 0, 0},
        {"input-level", 0, KIND_NUMBER, &o->labels.input_level_dbu, -60, 60},
        {"output-level", 0, KIND_NUMBER, &o->labels.output_level_dbu, -60, 60},
    };
    memcpy(entries, all, sizeof all);
    return (int)(sizeof all / sizeof *all);
}

static bool takes_value(Kind kind) {
    return kind != KIND_ON && kind != KIND_OFF && kind != KIND_HELP && kind != KIND_VERSION;
}

static bool wrong(const Entry *entry, const char *text, const char *expected) {
    fprintf(stderr, "gruff-train: --%s %s: %s\n", entry->name, text, expected);
    return false;
}

static bool read_number(const Entry *entry, const char *text, bool whole, double *value) {
    char *end;
    errno = 0;
    *value = strtod(text, &end);
    if (end != text && !*end && !errno && *value >= entry->least && *value <= entry->most &&
        (!whole || *value == floor(*value))) {
        return true;
    }
    char expected[80];
    snprintf(expected, sizeof expected, "a%s number from %g to %g expected", whole ? " whole" : "",
             entry->least, entry->most);
    return wrong(entry, text, expected);
}

static bool take_number(const Entry *entry, const char *text) {
    double value;
    if (!read_number(entry, text, entry->kind != KIND_NUMBER, &value)) {
        return false;
    }
    if (entry->kind == KIND_WHOLE) {
        *(int *)entry->place = (int)value;
    } else if (entry->kind == KIND_SEED) {
        *(uint64_t *)entry->place = (uint64_t)value;
    } else {
        *(double *)entry->place = value;
    }
    return true;
}

static bool take_latency(const Entry *entry, const char *text) {
    DatasetOptions *data = entry->place;
    double value;
    data->given = read_number(entry, text, true, &value);
    data->latency = data->given ? (int)value : 0;
    return data->given;
}

static bool take_text(const Entry *entry, const char *text) {
    if (entry->kind == KIND_LABEL && strlen(text) >= MODEL_TEXT) {
        fprintf(stderr, "gruff-train: --%s: %zu bytes are too long, at most %d\n", entry->name,
                strlen(text), MODEL_TEXT - 1);
        return false;
    }
    *(const char **)entry->place = text;
    return true;
}

static bool take_loss(const Entry *entry, const char *text) {
    Diagnostic diagnostic;
    if (recipe_loss(entry->place, text, &diagnostic)) {
        return true;
    }
    fprintf(stderr, "gruff-train: --loss %s\n", diagnostic.text);
    return false;
}

// Puts one option to its place; says what is wrong and gives false otherwise.
static bool take(const Entry *entry, const char *text) {
    switch (entry->kind) {
    case KIND_TEXT:
    case KIND_LABEL:
        return take_text(entry, text);
    case KIND_WHOLE:
    case KIND_SEED:
    case KIND_NUMBER:
        return take_number(entry, text);
    case KIND_ON:
    case KIND_OFF:
        *(bool *)entry->place = entry->kind == KIND_ON;
        return true;
    case KIND_PRESET:
        return recipe_preset(entry->place, text) ||
               wrong(entry, text, "quick, standard or best expected");
    case KIND_CELL:
        return recipe_cell(entry->place, text) ||
               wrong(entry, text, "gru, gru-before or lstm expected");
    case KIND_LOSS:
        return take_loss(entry, text);
    case KIND_LATENCY:
        return take_latency(entry, text);
    case KIND_OPTIMISER:
        return recipe_optimiser(entry->place, text) || wrong(entry, text, "soap or adam expected");
    case KIND_TIME:
        return recipe_seconds(entry->place, text) ||
               wrong(entry, text, "a time expected, as in 90s, 15m or 1h");
    case KIND_SCHEDULE:
        return recipe_schedule(entry->place, text) ||
               wrong(entry, text, "cosine or plateau expected");
    default:
        return true;
    }
}

// What getopt_long wants to know of the entries; its values are their indices, from 256 on.
typedef struct Getopt {
    struct option options[MOST_ENTRIES + 1];
    char letters[2 * MOST_ENTRIES + 1];
} Getopt;

enum { FIRST_VALUE = 256 };

static Getopt getopt_for(const Entry *entries, int count) {
    Getopt made = {0};
    size_t letters = 0;
    for (int i = 0; i < count; i++) {
        bool value = takes_value(entries[i].kind);
        made.options[i] = (struct option){entries[i].name, value ? required_argument : no_argument,
                                          NULL, FIRST_VALUE + i};
        if (entries[i].letter) {
            made.letters[letters++] = entries[i].letter;
            if (value) {
                made.letters[letters++] = ':';
            }
        }
    }
    return made;
}

static const Entry *find(const Entry *entries, int count, int value) {
    for (int i = 0; i < count; i++) {
        if (value == FIRST_VALUE + i || (entries[i].letter && value == entries[i].letter)) {
            return &entries[i];
        }
    }
    return NULL; // getopt_long has said what is wrong
}

// Takes the presets (`preset`), or all but them.
static int read_options(const Entry *entries, int count, bool preset, int argc, char **argv) {
    const Getopt known = getopt_for(entries, count);
    int value;
    optind = 1;
    opterr = preset; // said once
    while ((value = getopt_long(argc, argv, known.letters, known.options, NULL)) != -1) {
        const Entry *entry = find(entries, count, value);
        if (!entry) {
            return ARGUMENTS_WRONG;
        }
        if (entry->kind == KIND_HELP) {
            fputs(usage, stdout);
            return EXIT_SUCCESS;
        }
        if (entry->kind == KIND_VERSION) {
            printf("gruff-train %s\n", GRUFF_VERSION);
            return EXIT_SUCCESS;
        }
        if ((entry->kind == KIND_PRESET) == preset && !take(entry, optarg)) {
            return ARGUMENTS_WRONG;
        }
    }
    return ARGUMENTS_GO_ON;
}

static int read_operands(Arguments *arguments, int argc, char **argv) {
    if (argc - optind != 1 && argc - optind != 2) {
        fprintf(stderr,
                "gruff-train: two files expected, INPUT.wav and TARGET.wav, or a folder or list "
                "(%d given); see gruff-train --help\n",
                argc - optind);
        return ARGUMENTS_WRONG;
    }
    if (!arguments->output && !arguments->check) {
        fprintf(stderr, "gruff-train: no model file named; add -o MODEL.json\n");
        return ARGUMENTS_WRONG;
    }
    if (!arguments->data.test_input != !arguments->data.test_target) {
        fprintf(stderr, "gruff-train: --test-input and --test-target go together\n");
        return ARGUMENTS_WRONG;
    }
    arguments->quiet = arguments->quiet || arguments->json;
    arguments->paths = (const char *const *)argv + optind;
    arguments->path_count = argc - optind;
    arguments->data.threads = arguments->options.threads;
    return ARGUMENTS_GO_ON;
}

int arguments_read(Arguments *arguments, int argc, char **argv) {
    Entry entries[MOST_ENTRIES];
    int count = list_entries(entries, arguments);
    int result = read_options(entries, count, true, argc, argv);
    if (result == ARGUMENTS_GO_ON) {
        result = read_options(entries, count, false, argc, argv);
    }
    return result == ARGUMENTS_GO_ON ? read_operands(arguments, argc, argv) : result;
}
