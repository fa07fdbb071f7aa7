// SPDX-License-Identifier: ISC
// Fills a template from standard input for the program whose table of options DESCRIBED is linked
// in: @PROGRAM@ is its name, @FUNCTION@ that of a shell function, @MANUAL@, @BASH@ and @ZSH@ what
// describe.h tells. It runs on the machine that builds.
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "plugin/describe/describe.h"

enum { LINE = 512 };

extern const OptionProgram DESCRIBED;

static void write_name(FILE *file, const OptionProgram *program) {
    fputs(program->name, file);
}

static void write_function(FILE *file, const OptionProgram *program) {
    fputc('_', file);
    for (const char *at = program->name; *at; at++) {
        fputc(*at == '-' ? '_' : *at, file);
    }
}

static const struct {
    const char *key;
    void (*write)(FILE *file, const OptionProgram *program);
} parts[] = {
    {"@PROGRAM@", write_name}, {"@FUNCTION@", write_function}, {"@MANUAL@", describe_manual},
    {"@BASH@", describe_bash}, {"@ZSH@", describe_zsh},
};

// Writes the part whose key `text` begins with; gives the length of the key, or 0.
static size_t write_part(const char *text) {
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        size_t length = strlen(parts[i].key);
        if (strncmp(text, parts[i].key, length) == 0) {
            parts[i].write(stdout, &DESCRIBED);
            return length;
        }
    }
    return 0;
}

int main(void) {
    char line[LINE];
    while (fgets(line, sizeof line, stdin)) {
        for (const char *at = line; *at;) {
            size_t length = *at == '@' ? write_part(at) : 0;
            if (length == 0) {
                putchar(*at);
                length = 1;
            }
            at += length;
        }
    }
    return ferror(stdin) || fflush(stdout) != 0 || ferror(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
