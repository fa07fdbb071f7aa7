// SPDX-License-Identifier: ISC
// gruff-model: looks into, renders with and measures models.
#include <getopt.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugin/tool/tool.h"

enum { EXIT_USAGE = 2 };

enum { TAKES_SKIP = 1, TAKES_ISA = 2 };

typedef struct Command {
    const char *name;
    const char *usage;
    const char *summary;
    int operands;
    unsigned options;
    Status (*run)(const Arguments *arguments, Diagnostic *diagnostic);
} Command;

static const Command commands[] = {
    {"render", "render MODEL IN.wav OUT.wav [--isa NAME]",
     "run the model alone over a file; OUT is a 32-bit float WAV", 3, TAKES_ISA, tool_render},
    {"compare", "compare REFERENCE.wav OTHER.wav [--skip SECONDS]",
     "error-to-signal ratio, largest difference and friends", 2, TAKES_SKIP, tool_compare},
    {"info", "info MODEL", "shape, weights, sample rate and who made it", 1, 0, tool_info},
};

enum { COMMAND_COUNT = sizeof commands / sizeof *commands };

static void print_help(void) {
    puts("Usage:");
    for (int i = 0; i < COMMAND_COUNT; i++) {
        printf("  gruff-model %-50s %s\n", commands[i].usage, commands[i].summary);
    }
    puts("Options:\n"
         "  --json          print one JSON object\n"
         "  --skip SECONDS  leave out the start\n"
         "  --isa NAME      scalar, sse2, avx2, avx512 or neon instead of the fastest\n"
         "  --help, --version\n"
         "Audio files: anything that libsndfile reads; of several channels the first one counts.");
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

// Reads options and operands of a subcommand. Answers 0, or EXIT_USAGE after a line that says why.
static int read_arguments(const Command *command, int argc, char **argv, Arguments *arguments) {
    static const struct option options[] = {
        {"json", no_argument, NULL, 'j'},
        {"skip", required_argument, NULL, 's'},
        {"isa", required_argument, NULL, 'i'},
        {0},
    };
    opterr = 0;
    for (int c = 0; (c = getopt_long(argc, argv, ":", options, NULL)) != -1;) {
        if (c == 'j') {
            arguments->json = true;
        } else if (c == 's' && command->options & TAKES_SKIP) {
            if (!read_seconds(optarg, &arguments->skip)) {
                return usage_error("--skip takes a number of seconds, not '%s'", optarg);
            }
        } else if (c == 'i' && command->options & TAKES_ISA) {
            if (!isa_from_name(optarg, &arguments->isa)) {
                return usage_error("there is no instruction set '%s'", optarg);
            }
        } else if (c == ':') {
            return usage_error("%s needs a value", argv[optind - 1]);
        } else if (c == '?') {
            return usage_error("unknown option '%s'", argv[optind - 1]);
        } else {
            return usage_error("%s does not take that option", command->name);
        }
    }
    int count = argc - optind;
    if (count < command->operands) {
        return usage_error("a file is missing: gruff-model %s", command->usage);
    }
    if (count > command->operands) {
        return usage_error("'%s' is one file too many", argv[optind + command->operands]);
    }
    for (int i = 0; i < count; i++) {
        arguments->operands[i] = argv[optind + i];
    }
    return 0;
}

static int run_command(const Command *command, int argc, char **argv) {
    Arguments arguments = {.isa = isa_best()};
    int usage = read_arguments(command, argc, argv, &arguments);
    if (usage != 0) {
        return usage;
    }
    Diagnostic diagnostic = {""};
    Status status = command->run(&arguments, &diagnostic);
    if (status != STATUS_OK) {
        fprintf(stderr, "gruff-model: %s\n", diagnostic.text);
        return EXIT_FAILURE;
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
        return usage_error("say what to do: render, compare or info");
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
