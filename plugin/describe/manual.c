// SPDX-License-Identifier: ISC
#include <ctype.h>
#include <string.h>

#include "plugin/describe/describe.h"

enum { WIDTH = 76 }; // of the lines of the page's source

// ---- Text ----

static void write_char(FILE *file, char c) {
    switch (c) {
    case '-':
        fputs("\\-", file);
        break;
    case '\\':
        fputs("\\e", file);
        break;
    case '~':
        fputs("\\(ti", file);
        break;
    default:
        fputc(c, file);
    }
}

static void write_plain(FILE *file, const char *text, size_t length) {
    for (size_t i = 0; i < length; i++) {
        write_char(file, text[i]);
    }
}

static void write_font(FILE *file, char font, const char *text, size_t length) {
    fprintf(file, "\\f%c", font);
    write_plain(file, text, length);
    fputs("\\fR", file);
}

// How much of the text is one word of the letters that names have.
static size_t find_name(const char *text, size_t length) {
    size_t named = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-_");
    return named < length ? named : length;
}

static bool is_word(const OptionWord *words, const char *text, size_t length) {
    for (; words && words->word; words++) {
        if (strlen(words->word) == length && strncmp(words->word, text, length) == 0) {
            return true;
        }
    }
    return false;
}

// How much of the text is what a user types: an option, "--name", a page, "gruff-train(1)" without
// its section, or a word that stands for the option's value.
static size_t find_bold(const char *text, size_t length, const Option *option) {
    size_t named = find_name(text, length);
    bool other = named > 2 && strncmp(text, "--", 2) == 0;
    bool page = named > 0 && length - named >= 3 && text[named] == '(' &&
                isdigit((unsigned char)text[named + 1]) && text[named + 2] == ')';
    return other || page || (option && is_word(option_words(option), text, named)) ? named : 0;
}

// How much of the text is the name of the option's value.
static size_t find_italic(const char *text, size_t length, const Option *option) {
    const char *value = option && option->value ? option->value : "";
    size_t named = strlen(value);
    bool found = named > 0 && named <= length && strncmp(text, value, named) == 0 &&
                 (named == length || !isalnum((unsigned char)text[named]));
    return found ? named : 0;
}

// Writes what stands between two spaces; with a capital, unless it is to be typed as it is.
static void write_word(FILE *file, const char *word, size_t length, const Option *option,
                       bool capital) {
    size_t before = word[0] == '(';
    const char *at = word + before;
    size_t left = length - before, bold = find_bold(at, left, option);
    size_t italic = bold > 0 ? 0 : find_italic(at, left, option);
    write_plain(file, word, before);
    if (bold > 0) {
        write_font(file, 'B', at, bold);
    } else if (italic > 0) {
        write_font(file, 'I', at, italic);
    } else if (capital && left > 0) {
        fputc(toupper((unsigned char)*at++), file);
        left--;
    }
    write_plain(file, at + bold + italic, left - bold - italic);
}

// Writes sentences, each from the head of a line; the last ends with a full stop.
static void write_text(FILE *file, const char *text, const Option *option) {
    size_t column = 0;
    char last = '\n';
    for (bool first = true; *text; first = false) {
        size_t length = strcspn(text, " ");
        if (column > 0 && (last == '.' || column + 1 + length > WIDTH)) {
            fputc('\n', file);
            column = 0;
        } else if (column > 0) {
            fputc(' ', file);
            column++;
        }
        if (column == 0 && (text[0] == '.' || text[0] == '\'')) {
            fputs("\\&", file); // or it would be a request
        }
        write_word(file, text, length, option, first);
        column += length;
        last = text[length - 1];
        text += length + strspn(text + length, " ");
    }
    fputs(last == '.' || last == ':' ? "\n" : ".\n", file);
}

// ---- Options ----

static void write_words(FILE *file, const OptionWord *words) {
    fputs(".RS\n", file);
    for (const OptionWord *word = words; word->word; word++) {
        fputs(".TP\n", file);
        write_font(file, 'B', word->word, strlen(word->word));
        fputc('\n', file);
        if (word->help) {
            write_text(file, word->help, NULL);
        }
    }
    fputs(".RE\n", file);
}

static void write_name(FILE *file, const char *name) {
    fputs("\\fB\\-\\-", file);
    write_plain(file, name, strlen(name));
    fputs("\\fR", file);
}

static void write_option(FILE *file, const Option *option) {
    fputs(".TP\n", file);
    if (option->letter) {
        fprintf(file, "\\fB\\-%c\\fR, ", option->letter);
    }
    if (option->other) {
        write_name(file, option->other);
        fputs(", ", file);
    }
    write_name(file, option->name);
    if (option->value) {
        fputc(' ', file);
        write_font(file, 'I', option->value, strlen(option->value));
    }
    fputc('\n', file);
    write_text(file, option->help, option);
    if (option->more) {
        write_text(file, option->more, option);
    }
    if (option->listed) {
        write_words(file, option_words(option));
    }
}

void describe_manual(FILE *file, const OptionProgram *program) {
    for (const OptionGroup *const *group = program->groups; *group; group++) {
        const Option *options = option_group_options(*group);
        if ((*group)->heading) {
            fprintf(file, ".SS %s\n", (*group)->heading);
        }
        if ((*group)->note) {
            write_text(file, (*group)->note, NULL);
        }
        for (size_t i = 0; i < (*group)->count; i++) {
            write_option(file, &options[i]);
        }
    }
}
