// SPDX-License-Identifier: ISC
#include <stdbool.h>
#include <string.h>

#include "plugin/describe/describe.h"

// Writes text that stands between single quotes, with a backslash before each of `special`.
static void write_quoted(FILE *file, const char *text, const char *special) {
    for (; *text; text++) {
        if (*text == '\'') {
            fputs("'\\''", file);
        } else {
            fprintf(file, "%s%c", strchr(special, *text) ? "\\" : "", *text);
        }
    }
}

// ---- What fits ----

// "*.(#i)(wav|flac)(-.)": files, also by links, of any case. "" for all files.
static void write_pattern(FILE *file, const char *files) {
    fputs("_files", file);
    if (files && strcmp(files, "*") != 0) {
        fputs(" -g \"*.(#i)(", file);
        for (; *files; files++) {
            fputc(*files == ' ' ? '|' : *files, file);
        }
        fputs(")(-.)\"", file);
    }
}

static void write_words(FILE *file, const OptionWord *words, const char *joint) {
    if (joint) {
        fprintf(file, "{compadd -S \"%s\" --", joint);
    }
    for (const OptionWord *word = words; word->word; word++) {
        fprintf(file, "%s%s", joint || word > words ? " " : "(", word->word);
    }
    fputs(joint ? "}" : ")", file);
}

static void write_value(FILE *file, const Option *option) {
    fputc(':', file);
    write_quoted(file, option->value, ":\\");
    fputc(':', file);
    const OptionWord *words = option_words(option);
    if (words) {
        write_words(file, words, option->joint);
    } else if (option->files) {
        write_pattern(file, option->files);
    } else {
        fputc(' ', file); // something, which nobody knows
    }
}

// ---- Options ----

// Its names as _arguments has them: "-o+", the value in the same word or in the next one;
// "--output=", after = or in the next word.
static int list_names(const Option *option, char names[3][80]) {
    int count = 0;
    if (option->letter) {
        snprintf(names[count++], 80, "-%c%s", option->letter, option->value ? "+" : "");
    }
    if (option->other) {
        snprintf(names[count++], 80, "--%s%s", option->other, option->value ? "=" : "");
    }
    snprintf(names[count++], 80, "--%s%s", option->name, option->value ? "=" : "");
    return count;
}

// '(-o --output)'{-o+,--output=}'[help]:FILE:action'; those that may be repeated begin with *.
static void write_option(FILE *file, const Option *option) {
    char names[3][80];
    int count = list_names(option, names);
    if (option->many) {
        fputs("'*'", file);
    } else if (count > 1) {
        fputs("'(", file);
        for (int i = 0; i < count; i++) {
            fprintf(file, "%s%.*s", i > 0 ? " " : "", (int)strcspn(names[i], "+="), names[i]);
        }
        fputs(")'", file);
    }
    fputs(count > 1 ? "{" : "", file);
    for (int i = 0; i < count; i++) {
        fprintf(file, "%s%s", i > 0 ? "," : "", names[i]);
    }
    fputs(count > 1 ? "}'[" : "'[", file);
    write_quoted(file, option->help, "[]\\");
    fputc(']', file);
    if (option->value) {
        write_value(file, option);
    }
    fputc('\'', file);
}

// A call of _arguments, with further lines at `indent`.
static void write_arguments(FILE *file, const OptionGroup *const *groups, const char *files,
                            int indent) {
    fputs("_arguments -s -S", file);
    for (const OptionGroup *const *group = groups; *group; group++) {
        const Option *options = option_group_options(*group);
        for (size_t i = 0; i < (*group)->count; i++) {
            if (!describe_repeats(groups, &options[i])) {
                fprintf(file, " \\\n%*s", indent, "");
                write_option(file, &options[i]);
            }
        }
    }
    fprintf(file, " \\\n%*s'*:file:", indent, "");
    write_pattern(file, files);
    fputs("'\n", file);
}

// ---- Commands ----

static void write_commands(FILE *file, const OptionProgram *program) {
    const OptionGroup *usual = &options_usual;
    const Option *options = option_group_options(usual);
    fputs("local curcontext=$curcontext state line\n"
          "local -A opt_args\n"
          "_arguments -C -S",
          file);
    for (size_t i = 0; i < usual->count; i++) {
        fputs(" \\\n    ", file);
        write_option(file, &options[i]);
    }
    fputs(" \\\n    '1:command:((", file);
    for (const OptionCommand *command = program->commands; command->name; command++) {
        fprintf(file, "%s%s\\:\"", command == program->commands ? "" : " ", command->name);
        write_quoted(file, command->help, ":\"\\");
        fputc('"', file);
    }
    fputs("))' \\\n    '*::argument:->argument' && return\n"
          "case $words[1] in\n",
          file);
    for (const OptionCommand *command = program->commands; command->name; command++) {
        fprintf(file, "%s)\n    ", command->name);
        write_arguments(file, command->groups, command->files, 8);
        fputs("    ;;\n", file);
    }
    fputs("esac\n", file);
}

void describe_zsh(FILE *file, const OptionProgram *program) {
    if (program->commands) {
        write_commands(file, program);
    } else {
        write_arguments(file, program->groups, program->files, 4);
    }
}
