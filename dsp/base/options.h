// SPDX-License-Identifier: ISC
// The command line of a program: from one table follow parsing, --help, the list in the manual page
// and the completion of the shells. Main's thread alone (getopt_long is underneath).
//
// A table is constant data, and its rows say where in a struct the values go:
//
//     static const Option own[] = {
//         {"seconds", 's', "N", OPTION_INTO(Settings, seconds), .least = 1, .most = 60, .help =
//         "..."},
//         {"dry-run", 0, NULL, OPTION_INTO(Settings, dry_run), .help = "..."},
//     };
//     static const OptionGroup group = {OPTION_ROWS(own)};
//     static const OptionGroup *const groups[] = {&group, &options_usual, NULL};
//     static const OptionProgram program = {.name = "gruff-example", .groups = groups, ...};
//
// Options are understood as getopt_long has it: "--seconds 3", "--seconds=3", "-s3", any beginning
// of a name that is no other's, options among operands, and nothing but operands after "--".
#ifndef GRUFF_DSP_BASE_OPTIONS_H
#define GRUFF_DSP_BASE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "dsp/base/status.h"

// What an option fills.
typedef enum OptionType {
    OPTION_OTHER, // whatever its `take` knows
    OPTION_BOOL,
    OPTION_TEXT, // const char *, which stays argv's; `most` bytes, if that is not 0
    OPTION_INT,  // one of its words, or a whole number
    OPTION_ENUM, // one of its words
    OPTION_UINT64,
    OPTION_DOUBLE,
    OPTION_HELP, // nothing: the program shows its help and ends
    OPTION_VERSION,
} OptionType;

// In a row of a table: the type and the place of `member` of a `Struct`.
#define OPTION_INTO(Struct, member)                                                                \
    .type = _Generic(((Struct *)0)->member, bool                                                   \
                     : OPTION_BOOL, const char *                                                   \
                     : OPTION_TEXT, int                                                            \
                     : OPTION_INT, unsigned                                                        \
                     : OPTION_ENUM, uint64_t                                                       \
                     : OPTION_UINT64, double                                                       \
                     : OPTION_DOUBLE, default                                                      \
                     : OPTION_OTHER),                                                              \
    .place = offsetof(Struct, member)

// In a group: its options.
#define OPTION_ROWS(table) .options = (table), .count = sizeof(table) / sizeof *(table)

// What can stand for the value of an option. A table of them ends with {0}.
typedef struct OptionWord {
    const char *word;
    int value;        // of an int or an enum
    const char *help; // NULL: the word says it all
} OptionWord;

typedef struct Option Option;

// Takes the text of a value (NULL if there is none) to its place. STATUS_BAD_ARGUMENT with what is
// wrong and what was expected.
typedef Status (*OptionTake)(void *place, const Option *option, const char *text,
                             Diagnostic *diagnostic);

struct Option {
    const char *name;  // without its hyphens
    char letter;       // of the short one; 0: none
    const char *value; // what its value is called, "N" or "FILE"; NULL: it takes none
    OptionType type;   // see OPTION_INTO
    size_t place;
    double least, most;                    // of a number; -HUGE_VAL, HUGE_VAL: no end
    bool whole;                            // a double, or what `take` reads, without a fraction
    bool clears;                           // a bool becomes false, not true
    bool early;                            // it is taken before all others, wherever it stands
    bool many;                             // it may be given several times
    bool listed;                           // its words stand below it, with their help
    OptionTake take;                       // instead of what follows from the type
    int index;                             // for `take`
    const OptionWord *words;               // of an int or an enum: all that fits; else: what fits
    const OptionWord *(*make_words)(void); // or they are made at run time
    const char *joint;                     // completion: follows a word, "="; NULL: nothing
    const char *files;                     // endings of files that fit, "wav flac"; "*": any
    const char *other;                     // a second name
    const char *help;                      // a phrase
    const char *more;                      // sentences for the manual page alone; may be NULL
};

typedef struct OptionGroup {
    const char *heading; // NULL: none
    const Option *options;
    size_t count;
    const Option *(*make)(void); // or they are made at run time
    size_t place;                // of the struct of its places in the one that is filled
    const char *note;            // sentences for the manual page, before the options; may be NULL
} OptionGroup;

// -h, --help and -V, --version.
extern const OptionGroup options_usual;

// A subcommand. A table of them ends with {0}.
typedef struct OptionCommand {
    const char *name;
    const char *operands;             // "MODEL IN.wav OUT.wav"
    const char *help;                 // a phrase
    const char *files;                // endings of files that operands can have
    const OptionGroup *const *groups; // that it takes; NULL ends them
} OptionCommand;

typedef struct OptionProgram {
    const char *name;
    const char *usage;                // lines, without "Usage: "; NULL: its commands'
    const char *about;                // paragraphs of --help before the options
    const char *closing;              // and after them; may be NULL
    const char *files;                // endings of files that operands can have
    const OptionGroup *const *groups; // all, in the order of --help; NULL ends them
    const OptionCommand *commands;    // NULL: none
} OptionProgram;

// What is not an option.
typedef struct OptionRest {
    bool help, version; // was asked for: then what comes after was not looked at
    int count;          // operands
    char **operands;    // argv's
} OptionRest;

// Fills *target by argv[1] and what follows; argv changes its order. Where two groups have an
// option of the same name, the first takes it. STATUS_BAD_ARGUMENT with what is wrong; *target is
// then filled in part.
Status options_parse(const OptionProgram *program, void *target, int argc, char **argv,
                     OptionRest *rest, Diagnostic *diagnostic);

// The same for a program with commands: argv[1] names one of them, or asks for help or version
// (*command is NULL then).
Status options_parse_command(const OptionProgram *program, void *target, int argc, char **argv,
                             const OptionCommand **command, OptionRest *rest,
                             Diagnostic *diagnostic);

// When help or version was asked for, writes that to `file` and answers true.
bool options_answer(const OptionProgram *program, const OptionRest *rest, const char *version,
                    FILE *file);

// How a program ends: `result` for main, or EXIT_FAILURE and a word on `complaints` (stderr) when
// what was written to `output` (stdout) did not all arrive.
int options_end(const OptionProgram *program, int result, FILE *output, FILE *complaints);

// For a `take`: a number in the range of the option, and one of its words.
Status option_number(const Option *option, const char *text, double *value, Diagnostic *diagnostic);
Status option_word(const Option *option, const char *text, int *value, Diagnostic *diagnostic);

// For those who tell of options: what a group and an option have, made at run time or not.
const Option *option_group_options(const OptionGroup *group);
const OptionWord *option_words(const Option *option); // NULL: none

#endif
