// SPDX-License-Identifier: ISC
// gruff-model: looks into, renders with and measures models.
#include <getopt.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/network/engine.h"
#include "plugin/tool/tool.h"

enum { EXIT_USAGE = 2, MAX_CHANNEL = 1024 };

typedef struct Command {
    const char *name;
    const char *usage;
    const char *summary;
    int operands;        // at least
    int most;            // operands
    const char *options; // the letters of those that it takes beside --json
    Status (*run)(const Arguments *arguments, Diagnostic *diagnostic);
} Command;

static const Command commands[] = {
    {"render",
     "render MODEL IN.wav OUT.wav [--chain] [--set CONTROL=VALUE] [--cabinet IR.wav]"
     " [--knob NAME=VALUE] [--channel N] [--latency] [--isa NAME]"
     " [--fast]",
     "run a file of one or two channels and any rate through the model alone, or through all that\n"
     "        the plugin does; OUT is a 32-bit float WAV",
     3, 3, "ikCSBNLf", tool_render},
    {"compare", "compare REFERENCE.wav OTHER.wav [--skip SECONDS] [--align]",
     "error-to-signal ratio, lag, largest difference and friends", 2, 2, "sA", tool_compare},
    {"info", "info MODEL [--isa NAME]",
     "shape, knobs, levels, who made it and how, self-test, speed here", 1, 1, "i", tool_info},
    {"check", "check MODEL [--isa NAME]",
     "self-test, and 30 s each of silence, noise, DC and an impulse, with the scalar reference\n"
     "        and the fastest instruction set",
     1, 1, "i", tool_check},
    {"convert", "convert MODEL OUT.json [--repair] [--name TEXT] [--author TEXT] [--license TEXT]",
     "write any model that can be read as Keras JSON (AIDA-X)", 2, 2, "rnal", tool_convert},
    {"bench", "bench [MODEL] [--isa NAME] [--fast] [--hidden N] [--channels N] [--blocks]",
     "speed here, beside what this machine can do at most; all cells and sizes without MODEL", 0, 1,
     "ihcbf", tool_bench},
};

enum { COMMAND_COUNT = sizeof commands / sizeof *commands };

static void print_help(void) {
    puts("Usage:");
    for (int i = 0; i < COMMAND_COUNT; i++) {
        printf("  gruff-model %s\n        %s\n", commands[i].usage, commands[i].summary);
    }
    puts("Options:\n"
         "  --json             print one JSON object\n"
         "  --skip SECONDS     leave out the start\n"
         "  --align            compare with the lag taken out (whole samples, 4096 at most)\n"
         "  --latency          put back the delay that was taken out of the recordings before the\n"
         "                     training, so that the output lies over them again\n"
         "  --isa NAME         scalar, sse2, avx2, avx512 or neon instead of the fastest\n"
         "  --fast             approximate activations (four digits), mostly 3 to 15 % faster\n"
         "  --knob NAME=VALUE  set a knob of the model, by its name or number (from 1)\n"
         "  --chain            the whole chain of plugin and standalone host, bit by bit\n"
         "  --set CONTROL=VALUE  set one of its controls, by its symbol:");
    for (int i = 0; i < CONTROL_COUNT; i++) {
        const Control *control = &controls[i];
        printf("      %-9s %s, %g to %g%s%s (%g)\n", control->symbol, control->name,
               (double)control->minimum, (double)control->maximum, control->unit[0] ? " " : "",
               control->unit, (double)control->initial);
    }
    puts("  --cabinet IR.wav   with the impulse response of a cabinet\n"
         "  --channel N        this channel of the file alone (from 1)\n"
         "  --repair           mend what the self-test finds: swapped gates, reversed biases,\n"
         "                     missing skip\n"
         "  --hidden N         this size alone\n"
         "  --channels N       one or two, alone\n"
         "  --blocks           calls of 1, 64 and 4096 samples instead of 64\n"
         "  --help, --version\n"
         "Models: Keras JSON (AIDA-X, RTNeural), GuitarML JSON, NAM (LSTM).\n"
         "Audio: anything that libsndfile reads; where channels are not said to count, the first\n"
         "one does. A file at another rate than the model's is converted to the model's and back\n"
         "(libsamplerate, best sinc), with nothing shifted.");
}

__attribute__((format(printf, 1, 2))) static int usage_error(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("gruff-model: ", stderr);
    vfprintf(stderr, format, arguments);
    fputs("; see gruff-model --help\n", stderr);
    va_end(arguments);
    return EXIT_USAGE;
}

static const Command *find_command(const char *name) {
    for (int i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(name, commands[i].name) == 0) {
            return &commands[i];
        }
    }
    return NULL;
}

static bool read_seconds(const char *text, double *seconds) {
    char *end = NULL;
    *seconds = strtod(text, &end);
    return end != text && *end == '\0' && isfinite(*seconds) && *seconds >= 0.0;
}

static bool read_count(const char *text, int most, int *count) {
    char *end = NULL;
    long number = strtol(text, &end, 10);
    if (end == text || *end != '\0' || number < 1 || number > most) {
        return false;
    }
    *count = (int)number;
    return true;
}

static int take_control(const char *pair, Arguments *arguments) {
    ControlId id;
    float value = 0.0f;
    Diagnostic diagnostic;
    if (control_read_pair(pair, &id, &value, &diagnostic) != STATUS_OK) {
        return usage_error("%s", diagnostic.text);
    }
    arguments->controls[id] = value;
    arguments->control_set = true;
    return 0;
}

// Takes one option that the subcommand knows. Answers 0 or EXIT_USAGE.
static int take_option(int letter, Arguments *arguments) {
    switch (letter) {
    case 'j':
        arguments->json = true;
        return 0;
    case 's':
        return read_seconds(optarg, &arguments->skip)
                   ? 0
                   : usage_error("--skip takes a number of seconds, not '%s'", optarg);
    case 'A':
        arguments->align = true;
        return 0;
    case 'L':
        arguments->latency = true;
        return 0;
    case 'i':
        arguments->one_isa = true;
        return isa_from_name(optarg, &arguments->isa)
                   ? 0
                   : usage_error("there is no instruction set '%s'", optarg);
    case 'h':
        return read_count(optarg, MODEL_MAX_HIDDEN, &arguments->hidden)
                   ? 0
                   : usage_error("--hidden takes 1 to %d, not '%s'", MODEL_MAX_HIDDEN, optarg);
    case 'c':
        return read_count(optarg, ENGINE_MAX_CHANNELS, &arguments->channels)
                   ? 0
                   : usage_error("--channels takes 1 or %d, not '%s'", ENGINE_MAX_CHANNELS, optarg);
    case 'b':
        arguments->blocks = true;
        return 0;
    case 'f':
        arguments->fast = true;
        return 0;
    case 'k':
        if (arguments->knob_count == MODEL_MAX_KNOBS) {
            return usage_error("more than %d knobs", MODEL_MAX_KNOBS);
        }
        arguments->knobs[arguments->knob_count++] = optarg;
        return 0;
    case 'C':
        arguments->chain = true;
        return 0;
    case 'S':
        return take_control(optarg, arguments);
    case 'B':
        arguments->cabinet = optarg;
        return 0;
    case 'N':
        return read_count(optarg, MAX_CHANNEL, &arguments->channel)
                   ? 0
                   : usage_error("--channel takes a number from 1, not '%s'", optarg);
    case 'r':
        arguments->repair = true;
        return 0;
    case 'n':
        arguments->name = optarg;
        return 0;
    case 'a':
        arguments->author = optarg;
        return 0;
    default:
        arguments->license = optarg;
        return 0;
    }
}

static int take_options(const Command *command, int argc, char **argv, Arguments *arguments) {
    static const struct option options[] = {
        {"json", no_argument, NULL, 'j'},
        {"skip", required_argument, NULL, 's'},
        {"align", no_argument, NULL, 'A'},
        {"latency", no_argument, NULL, 'L'},
        {"isa", required_argument, NULL, 'i'},
        {"fast", no_argument, NULL, 'f'},
        {"knob", required_argument, NULL, 'k'},
        {"repair", no_argument, NULL, 'r'},
        {"name", required_argument, NULL, 'n'},
        {"author", required_argument, NULL, 'a'},
        {"license", required_argument, NULL, 'l'},
        {"hidden", required_argument, NULL, 'h'},
        {"channels", required_argument, NULL, 'c'},
        {"blocks", no_argument, NULL, 'b'},
        {"chain", no_argument, NULL, 'C'},
        {"set", required_argument, NULL, 'S'},
        {"cabinet", required_argument, NULL, 'B'},
        {"channel", required_argument, NULL, 'N'},
        {0},
    };
    opterr = 0;
    for (int c = 0; (c = getopt_long(argc, argv, ":", options, NULL)) != -1;) {
        int usage = 0;
        if (c == ':') {
            usage = usage_error("%s needs a value", argv[optind - 1]);
        } else if (c == '?') {
            usage = usage_error("unknown option '%s'", argv[optind - 1]);
        } else if (c != 'j' && !strchr(command->options, c)) {
            usage = usage_error("%s does not take that option", command->name);
        } else {
            usage = take_option(c, arguments);
        }
        if (usage != 0) {
            return usage;
        }
    }
    return 0;
}

// Reads options and operands of a subcommand. Answers 0, or EXIT_USAGE after a line that says why.
static int read_arguments(const Command *command, int argc, char **argv, Arguments *arguments) {
    int usage = take_options(command, argc, argv, arguments);
    if (usage != 0) {
        return usage;
    }
    int count = argc - optind;
    if (count < command->operands) {
        return usage_error("a file is missing: gruff-model %s", command->usage);
    }
    if (count > command->most) {
        return usage_error("'%s' is one file too many", argv[optind + command->most]);
    }
    if (arguments->control_set && !arguments->chain) {
        return usage_error("--set needs --chain: the model alone has no controls");
    }
    if (arguments->cabinet && !arguments->chain) {
        return usage_error("--cabinet needs --chain: the model alone has no cabinet");
    }
    if (arguments->fast && arguments->chain) {
        return usage_error("--fast is for the model alone: the chain has exact activations");
    }
    if (count > 0 && arguments->hidden > 0) {
        return usage_error("a model has its own size: leave out --hidden");
    }
    for (int i = 0; i < count; i++) {
        arguments->operands[i] = argv[optind + i];
    }
    return 0;
}

static int run_command(const Command *command, int argc, char **argv) {
    Arguments arguments = {.isa = isa_best()};
    for (int i = 0; i < CONTROL_COUNT; i++) {
        arguments.controls[i] = controls[i].initial;
    }
    int usage = read_arguments(command, argc, argv, &arguments);
    if (usage != 0) {
        return usage;
    }
    Diagnostic diagnostic = {""};
    Status status = command->run(&arguments, &diagnostic);
    if (status != STATUS_OK) {
        fprintf(stderr, "gruff-model: %s\n", diagnostic.text);
        return status == STATUS_BAD_ARGUMENT ? EXIT_USAGE : EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}

static int run_program(int argc, char **argv) {
    const char *first = argc > 1 ? argv[1] : "";
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            print_help();
            return EXIT_SUCCESS;
        }
    }
    if (strcmp(first, "--version") == 0) {
        puts("gruff-model " GRUFF_VERSION);
        return EXIT_SUCCESS;
    }
    if (!*first) {
        return usage_error("say what to do: render, compare, info, check, convert or bench");
    }
    const Command *command = find_command(first);
    if (!command) {
        return usage_error("unknown %s '%s'", *first == '-' ? "option" : "command", first);
    }
    return run_command(command, argc - 1, argv + 1);
}

int main(int argc, char **argv) {
    int result = run_program(argc, argv);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fputs("gruff-model: cannot write to standard output\n", stderr);
        return EXIT_FAILURE;
    }
    return result;
}
