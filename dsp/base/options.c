// SPDX-License-Identifier: ISC
#include "dsp/base/options.h"

#include <getopt.h>
#include <limits.h>
#include <math.h>
#include <string.h>

#include "dsp/base/number.h"

enum { MOST_OPTIONS = 160, FIRST_ANSWER = 256 };

static const Option usual[] = {
    {"help", 'h', NULL, .type = OPTION_HELP, .help = "show this text, and end"},
    {"version", 'V', NULL, .type = OPTION_VERSION, .help = "show the version, and end"},
};
const OptionGroup options_usual = {OPTION_ROWS(usual)};

const Option *option_group_options(const OptionGroup *group) {
    return group->make ? group->make() : group->options;
}

const OptionWord *option_words(const Option *option) {
    return option->make_words ? option->make_words() : option->words;
}

// Adds `word` to a list of `length` bytes, cut at `size`. Gives the new length.
static size_t append(char *list, size_t size, size_t length, const char *joint, const char *word) {
    int added = snprintf(list + length, size - length, "%s%s", joint, word);
    return added >= 0 && (size_t)added < size - length ? length + (size_t)added : size - 1;
}

// What goes before the next word of "a, b or c".
static const char *joint_before(size_t length, const char *following) {
    if (length == 0) {
        return "";
    }
    return following ? ", " : " or ";
}

// ---- Values ----

static bool is_whole(const Option *option) {
    return option->whole || option->type == OPTION_INT || option->type == OPTION_UINT64;
}

static Status refuse_number(const Option *option, const char *text, Diagnostic *diagnostic) {
    char from[40] = "", to[40] = "";
    if (!isinf(option->least)) {
        snprintf(from, sizeof from, " from %.10g", option->least);
    }
    if (!isinf(option->most)) {
        snprintf(to, sizeof to, " to %.10g", option->most);
    }
    return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "--%s takes a%s number%s%s, not '%s'",
                    option->name, is_whole(option) ? " whole" : "", from, to, text);
}

Status option_number(const Option *option, const char *text, double *value,
                     Diagnostic *diagnostic) {
    double number = 0.0;
    if (!number_read(text, &number) || number < option->least || number > option->most ||
        (is_whole(option) && number != floor(number))) {
        return refuse_number(option, text, diagnostic);
    }
    *value = number;
    return STATUS_OK;
}

Status option_word(const Option *option, const char *text, int *value, Diagnostic *diagnostic) {
    char list[512] = "";
    size_t length = 0;
    for (const OptionWord *word = option_words(option); word->word; word++) {
        if (strcmp(text, word->word) == 0) {
            *value = word->value;
            return STATUS_OK;
        }
        length = append(list, sizeof list, length, joint_before(length, word[1].word), word->word);
    }
    return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "--%s takes %s, not '%s'", option->name, list,
                    text);
}

static Status store_text(const Option *option, const char **place, const char *text,
                         Diagnostic *diagnostic) {
    if (option->most > 0.0 && (double)strlen(text) > option->most) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "--%s: %zu bytes are too long, at most %g",
                        option->name, strlen(text), option->most);
    }
    *place = text;
    return STATUS_OK;
}

static Status store_number(const Option *option, void *place, const char *text,
                           Diagnostic *diagnostic) {
    double value = 0.0;
    Status status = option_number(option, text, &value, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    switch (option->type) {
    case OPTION_INT:
        if (value < INT_MIN || value > INT_MAX) {
            return refuse_number(option, text, diagnostic);
        }
        *(int *)place = (int)value;
        return STATUS_OK;
    case OPTION_UINT64:
        if (value < 0.0 || value >= 0x1p64) {
            return refuse_number(option, text, diagnostic);
        }
        *(uint64_t *)place = (uint64_t)value;
        return STATUS_OK;
    default:
        *(double *)place = value;
        return STATUS_OK;
    }
}

static Status store(const Option *option, void *place, const char *text, Diagnostic *diagnostic) {
    if (option->take) {
        return option->take(place, option, text, diagnostic);
    }
    switch (option->type) {
    case OPTION_BOOL:
        *(bool *)place = !option->clears;
        return STATUS_OK;
    case OPTION_TEXT:
        return store_text(option, place, text, diagnostic);
    case OPTION_INT:
    case OPTION_ENUM:
        return option_words(option) ? option_word(option, text, place, diagnostic)
                                    : store_number(option, place, text, diagnostic);
    default:
        return store_number(option, place, text, diagnostic);
    }
}

// ---- What getopt_long wants to collect_options, and what its answers mean ----

typedef struct KnownOptions {
    int count;
    const Option *options[MOST_OPTIONS];
    size_t places[MOST_OPTIONS];
    int long_count;
    struct option longs[2 * MOST_OPTIONS + 1];
    char letters[2 * MOST_OPTIONS + 2];
} KnownOptions;

// Its answer for an option that has a letter is the letter, else FIRST_ANSWER and its index.
static const Option *find(const KnownOptions *known, int answer, size_t *place) {
    for (int i = 0; i < known->count; i++) {
        if (answer == FIRST_ANSWER + i || (answer != 0 && answer == known->options[i]->letter)) {
            *place = known->places[i];
            return known->options[i];
        }
    }
    return NULL;
}

static void add_long(KnownOptions *known, const char *name, const Option *option) {
    for (int i = 0; i < known->long_count; i++) {
        if (strcmp(known->longs[i].name, name) == 0) {
            return;
        }
    }
    known->longs[known->long_count++] = (struct option){
        name, option->value ? required_argument : no_argument, NULL,
        option->letter ? option->letter : FIRST_ANSWER + known->count};
}

static void add(KnownOptions *known, const Option *option, size_t place) {
    add_long(known, option->name, option);
    if (option->other) {
        add_long(known, option->other, option);
    }
    if (option->letter) {
        size_t length = strlen(known->letters);
        known->letters[length++] = option->letter;
        if (option->value) {
            known->letters[length] = ':';
        }
    }
    known->options[known->count] = option;
    known->places[known->count++] = place;
}

static Status collect_options(KnownOptions *known, const OptionGroup *const *groups,
                              Diagnostic *diagnostic) {
    *known = (KnownOptions){.letters = ":"}; // a missing value is told apart
    for (; *groups; groups++) {
        const Option *options = option_group_options(*groups);
        for (size_t i = 0; i < (*groups)->count; i++) {
            if (known->count == MOST_OPTIONS) {
                return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "more than %d options",
                                MOST_OPTIONS);
            }
            add(known, &options[i], (*groups)->place + options[i].place);
        }
    }
    return STATUS_OK;
}

// ---- What getopt_long does not understand ----

// How many names begin with the first `length` bytes of `text`, and those names.
static int complete(const KnownOptions *known, const char *text, size_t length, char *names,
                    size_t size) {
    int count = 0;
    size_t end = 0;
    for (int i = 0; i < known->long_count; i++) {
        if (strncmp(known->longs[i].name, text, length) == 0) {
            end = append(names, size, end, count > 0 ? ", --" : "--", known->longs[i].name);
            count++;
        }
    }
    return count;
}

// Whether the name at `text`, or what it begins, is one of another command.
static bool is_elsewhere(const OptionProgram *program, const char *text, size_t length) {
    KnownOptions all;
    char names[512];
    return program && collect_options(&all, program->groups, NULL) == STATUS_OK &&
           complete(&all, text, length, names, sizeof names) > 0;
}

static Status explain(const KnownOptions *known, const OptionProgram *program,
                      const OptionCommand *command, const char *word, Diagnostic *diagnostic) {
    size_t place = 0;
    const Option *option = find(known, optopt, &place);
    if (option) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "--%s takes no value", option->name);
    }
    if (optopt) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "unknown option '-%c'", optopt);
    }
    const char *name = word + strspn(word, "-");
    size_t length = strcspn(name, "=");
    char names[512] = "";
    if (complete(known, name, length, names, sizeof names) > 1) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "'%s' may be one of %s", word, names);
    }
    if (command && is_elsewhere(program, name, length)) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "%s does not take %.*s", command->name,
                        (int)(name - word + (long)length), word);
    }
    return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "unknown option '%s'", word);
}

// ---- Parsing ----

// Takes the early options, or all others. Operands are in *rest after that.
static Status read_all(const KnownOptions *known, const OptionProgram *program,
                       const OptionCommand *command, bool early, char *target, int argc,
                       char **argv, OptionRest *rest, Diagnostic *diagnostic) {
    optind = 0; // from the start, whoever parsed before
    opterr = 0;
    for (int answer;
         (answer = getopt_long(argc, argv, known->letters, known->longs, NULL)) != -1;) {
        size_t place = 0;
        const Option *option = find(known, answer == ':' ? optopt : answer, &place);
        if (!option) {
            return explain(known, program, command, argv[optind - 1], diagnostic);
        }
        if (answer == ':') {
            return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "--%s needs a value", option->name);
        }
        rest->help = option->type == OPTION_HELP;
        rest->version = option->type == OPTION_VERSION;
        if (rest->help || rest->version) {
            return STATUS_OK;
        }
        Status status = STATUS_OK;
        if (option->early == early) {
            status = store(option, target + place, optarg, diagnostic);
        }
        if (status != STATUS_OK) {
            return status;
        }
    }
    rest->count = argc - optind;
    rest->operands = argv + optind;
    return STATUS_OK;
}

static bool has_early(const KnownOptions *known) {
    for (int i = 0; i < known->count; i++) {
        if (known->options[i]->early) {
            return true;
        }
    }
    return false;
}

static Status parse(const OptionProgram *program, const OptionCommand *command, void *target,
                    int argc, char **argv, OptionRest *rest, Diagnostic *diagnostic) {
    KnownOptions known;
    *rest = (OptionRest){0};
    Status status = collect_options(&known, command ? command->groups : program->groups,
                                    diagnostic);
    if (status == STATUS_OK && has_early(&known)) {
        status = read_all(&known, program, command, true, target, argc, argv, rest, diagnostic);
    }
    if (status == STATUS_OK && !rest->help && !rest->version) {
        status = read_all(&known, program, command, false, target, argc, argv, rest, diagnostic);
    }
    return status;
}

Status options_parse(const OptionProgram *program, void *target, int argc, char **argv,
                     OptionRest *rest, Diagnostic *diagnostic) {
    return parse(program, NULL, target, argc, argv, rest, diagnostic);
}

static Status ask_for_command(const OptionProgram *program, Diagnostic *diagnostic) {
    char names[512] = "";
    size_t length = 0;
    for (const OptionCommand *command = program->commands; command->name; command++) {
        length = append(names, sizeof names, length, joint_before(length, command[1].name),
                        command->name);
    }
    return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "say what to do: %s", names);
}

// What stands before the command: it can only ask for help or version.
static Status parse_without_command(const OptionProgram *program, int argc, char **argv,
                                    OptionRest *rest, Diagnostic *diagnostic) {
    static const OptionGroup *const groups[] = {&options_usual, NULL};
    char name[64];
    snprintf(name, sizeof name, "%s without a command", program->name);
    const OptionCommand none = {.name = name, .groups = groups};
    char no_place = 0; // help and version have none
    Status status = parse(program, &none, &no_place, argc, argv, rest, diagnostic);
    if (status == STATUS_OK && !rest->help && !rest->version) {
        return ask_for_command(program, diagnostic);
    }
    return status;
}

Status options_parse_command(const OptionProgram *program, void *target, int argc, char **argv,
                             const OptionCommand **command, OptionRest *rest,
                             Diagnostic *diagnostic) {
    *command = NULL;
    *rest = (OptionRest){0};
    const char *first = argc > 1 ? argv[1] : "";
    if (!*first) {
        return ask_for_command(program, diagnostic);
    }
    if (*first == '-') {
        return parse_without_command(program, argc, argv, rest, diagnostic);
    }
    for (const OptionCommand *c = program->commands; c->name; c++) {
        if (strcmp(first, c->name) == 0) {
            *command = c;
            return parse(program, c, target, argc - 1, argv + 1, rest, diagnostic);
        }
    }
    return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "unknown command '%s'", first);
}
