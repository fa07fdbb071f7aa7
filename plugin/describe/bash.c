// SPDX-License-Identifier: ISC
#include <string.h>

#include "plugin/describe/describe.h"

static void write_function_name(FILE *file, const OptionProgram *program, const char *part) {
    fputc('_', file);
    for (const char *at = program->name; *at; at++) {
        fputc(*at == '-' ? '_' : *at, file);
    }
    fprintf(file, "_%s", part);
}

// ---- Which options there are ----

static void write_options(FILE *file, const OptionGroup *const *groups) {
    const char *joint = "";
    for (; *groups; groups++) {
        const Option *options = option_group_options(*groups);
        for (size_t i = 0; i < (*groups)->count; i++) {
            const Option *option = &options[i];
            if (option->letter) {
                fprintf(file, "%s-%c", joint, option->letter);
                joint = " ";
            }
            if (option->other) {
                fprintf(file, "%s--%s", joint, option->other);
                joint = " ";
            }
            fprintf(file, "%s--%s", joint, option->name);
            joint = " ";
        }
    }
}

// A function that prints what `write` writes of each command, or of the program.
static void write_cases(FILE *file, const OptionProgram *program, const char *part,
                        void (*write)(FILE *file, const OptionProgram *program,
                                      const OptionCommand *command)) {
    write_function_name(file, program, part);
    fputs("() {\n    case $1 in\n", file);
    for (const OptionCommand *command = program->commands; command && command->name; command++) {
        fprintf(file, "    %s) echo '", command->name);
        write(file, program, command);
        fputs("' ;;\n", file);
    }
    fputs("    *) echo '", file);
    write(file, program, NULL);
    fputs("' ;;\n    esac\n}\n\n", file);
}

// Before a command there is nothing but to ask for help or the version.
static void write_own_options(FILE *file, const OptionProgram *program,
                              const OptionCommand *command) {
    static const OptionGroup *const usual[] = {&options_usual, NULL};
    write_options(file, command ? command->groups : program->commands ? usual : program->groups);
}

static void write_files(FILE *file, const OptionProgram *program, const OptionCommand *command) {
    const char *files = command ? command->files : program->files;
    fputs(files ? files : "", file);
}

static void write_commands(FILE *file, const OptionProgram *program) {
    write_function_name(file, program, "commands");
    fputs("='", file);
    for (const OptionCommand *command = program->commands; command && command->name; command++) {
        fprintf(file, "%s%s", command == program->commands ? "" : " ", command->name);
    }
    fputs("'\n\n", file);
}

// ---- What fits after them ----

static void write_value(FILE *file, const Option *option) {
    fputs("    ", file);
    if (option->letter) {
        fprintf(file, "-%c | ", option->letter);
    }
    if (option->other) {
        fprintf(file, "--%s | ", option->other);
    }
    fprintf(file, "--%s) echo '", option->name);
    const OptionWord *words = option_words(option);
    if (words) {
        fputs(option->joint ? "parts" : "words", file);
        for (; words->word; words++) {
            fprintf(file, " %s%s", words->word, option->joint ? option->joint : "");
        }
    } else if (option->files) {
        fprintf(file, "files %s", option->files);
    } else {
        fputs("text", file);
    }
    fputs("' ;;\n", file);
}

static void write_values(FILE *file, const OptionProgram *program) {
    write_function_name(file, program, "value");
    fputs("() {\n    case $1 in\n", file);
    for (const OptionGroup *const *group = program->groups; *group; group++) {
        const Option *options = option_group_options(*group);
        for (size_t i = 0; i < (*group)->count; i++) {
            if (options[i].value && !describe_repeats(program->groups, &options[i])) {
                write_value(file, &options[i]);
            }
        }
    }
    fputs("    *) return 1 ;;\n    esac\n}\n", file);
}

void describe_bash(FILE *file, const OptionProgram *program) {
    write_commands(file, program);
    fputs("# The options after a command.\n", file);
    write_cases(file, program, "options", write_own_options);
    fputs("# The endings of files that a command takes.\n", file);
    write_cases(file, program, "operands", write_files);
    fputs("# What fits after an option: \"words\" or \"parts\" (something follows them), \"files\" "
          "and "
          "their\n# endings, or any \"text\"; fails when nothing does.\n",
          file);
    write_values(file, program);
}
