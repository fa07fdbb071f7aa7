// SPDX-License-Identifier: ISC
// What --help prints.
#include <stdlib.h>
#include <string.h>

#include "dsp/base/options.h"

enum { WIDTH = 80, MOST_HEAD = 27 }; // of the text; what is longer pushes its help to the next line

static void pad(FILE *file, int count) {
    fprintf(file, "%*s", count, "");
}

// Writes the words of `text` from column `at` on, further lines from `indent` on, and ends the
// line. A newline in it stays one.
static void write_wrapped(FILE *file, const char *text, int at, int indent) {
    bool begun = false; // the line has a word of the text
    while (*text) {
        int length = (int)strcspn(text, " \n");
        if (length > 0) {
            if (begun && at + 1 + length > WIDTH) {
                fputc('\n', file);
                pad(file, indent);
                at = indent;
                begun = false;
            }
            fprintf(file, "%s%.*s", begun ? " " : "", length, text);
            at += length + begun;
            begun = true;
        }
        text += length;
        if (*text == '\n') {
            fputc('\n', file);
            pad(file, text[1] && text[1] != '\n' ? indent : 0);
            at = indent;
            begun = false;
        }
        text += *text != '\0';
    }
    fputc('\n', file);
}

// ---- Options ----

static void write_words(FILE *file, const OptionWord *words, int column) {
    int longest = 0;
    for (const OptionWord *word = words; word->word; word++) {
        int length = (int)strlen(word->word);
        longest = length > longest ? length : longest;
    }
    for (const OptionWord *word = words; word->word; word++) {
        pad(file, column + 2);
        if (word->help) {
            int indent = column + 4 + longest;
            fprintf(file, "%-*s  ", longest, word->word);
            write_wrapped(file, word->help, indent, indent);
        } else {
            fprintf(file, "%s\n", word->word);
        }
    }
}

// What stands before the help of an option; gives its length.
static int make_head(char *head, size_t size, const Option *option) {
    char letter[8] = "    ", other[80] = "";
    if (option->letter) {
        snprintf(letter, sizeof letter, "-%c, ", option->letter);
    }
    if (option->other) {
        snprintf(other, sizeof other, "--%s, ", option->other);
    }
    return snprintf(head, size, "  %s%s--%s%s%s", letter, other, option->name,
                    option->value ? " " : "", option->value ? option->value : "");
}

static void write_option(FILE *file, const Option *option, int column) {
    char head[200];
    int length = make_head(head, sizeof head, option);
    fputs(head, file);
    if (length + 2 > column) {
        fputc('\n', file);
        length = 0;
    }
    pad(file, column - length);
    write_wrapped(file, option->help, column, column);
    if (option->listed) {
        write_words(file, option_words(option), column);
    }
}

static void write_group(FILE *file, const OptionGroup *group, int column) {
    if (group->heading) {
        fprintf(file, "\n%s:\n", group->heading);
    }
    const Option *options = option_group_options(group);
    for (size_t i = 0; i < group->count; i++) {
        write_option(file, &options[i], column);
    }
}

// Where the help of all options begins.
static int find_column(const OptionProgram *program) {
    int longest = 0;
    for (const OptionGroup *const *group = program->groups; *group; group++) {
        const Option *options = option_group_options(*group);
        for (size_t i = 0; i < (*group)->count; i++) {
            char head[200];
            int length = make_head(head, sizeof head, &options[i]);
            longest = length > longest && length <= MOST_HEAD ? length : longest;
        }
    }
    return longest + 2;
}

// ---- Usage ----

static bool takes(const OptionCommand *command, const OptionGroup *group) {
    for (const OptionGroup *const *own = command->groups; *own; own++) {
        if (*own == group) {
            return true;
        }
    }
    return false;
}

// What all commands take does not tell them apart.
static bool is_common(const OptionProgram *program, const OptionGroup *group) {
    for (const OptionCommand *command = program->commands; command->name; command++) {
        if (!takes(command, group)) {
            return false;
        }
    }
    return true;
}

// Writes " [--name VALUE]" at column `at`, or on a line of its own; gives the new column.
static int write_bracket(FILE *file, const Option *option, int at, int indent) {
    char text[120];
    int length = snprintf(text, sizeof text, "[--%s%s%s]", option->name, option->value ? " " : "",
                          option->value ? option->value : "");
    if (at + 1 + length > WIDTH) {
        fputc('\n', file);
        pad(file, indent);
        fputs(text, file);
        return indent + length;
    }
    fprintf(file, " %s", text);
    return at + 1 + length;
}

static void write_command(FILE *file, const OptionProgram *program, const OptionCommand *command) {
    int at = fprintf(file, "  %s %s", program->name, command->name);
    int indent = at + 1;
    at += fprintf(file, "%s%s", *command->operands ? " " : "", command->operands);
    for (const OptionGroup *const *group = command->groups; *group; group++) {
        const Option *options = option_group_options(*group);
        for (size_t i = 0; i < (*group)->count && !is_common(program, *group); i++) {
            at = write_bracket(file, &options[i], at, indent);
        }
    }
    fputc('\n', file);
    pad(file, 8);
    write_wrapped(file, command->help, 8, 8);
}

static void write_usage(FILE *file, const OptionProgram *program) {
    if (!program->commands) {
        fputs("Usage: ", file);
        write_wrapped(file, program->usage, 7, 7);
        return;
    }
    fputs("Usage:\n", file);
    for (const OptionCommand *command = program->commands; command->name; command++) {
        write_command(file, program, command);
    }
}

static void write_help(FILE *file, const OptionProgram *program) {
    write_usage(file, program);
    if (program->about) {
        write_wrapped(file, program->about, 0, 0);
    }
    if (*program->groups && !(*program->groups)->heading) {
        fputc('\n', file);
    }
    int column = find_column(program);
    for (const OptionGroup *const *group = program->groups; *group; group++) {
        write_group(file, *group, column);
    }
    if (program->closing) {
        fputc('\n', file);
        write_wrapped(file, program->closing, 0, 0);
    }
}

bool options_answer(const OptionProgram *program, const OptionRest *rest, const char *version,
                    FILE *file) {
    if (rest->help) {
        write_help(file, program);
    } else if (rest->version) {
        fprintf(file, "%s %s\n", program->name, version);
    }
    return rest->help || rest->version;
}

int options_end(const OptionProgram *program, int result, FILE *output, FILE *complaints) {
    if (fflush(output) != 0 || ferror(output)) {
        fprintf(complaints, "%s: cannot write to standard output\n", program->name);
        return EXIT_FAILURE;
    }
    return result;
}
