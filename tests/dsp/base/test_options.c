// SPDX-License-Identifier: ISC
// Command lines: every type of value, every fault.
#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/options.h"

// ---- A program ----

typedef enum Shape { SHAPE_ROUND = 3, SHAPE_SQUARE = 7 } Shape;

typedef struct Inner {
    double share;
    const char *path;
} Inner;

typedef struct Settings {
    bool loud, skip;
    const char *name, *label;
    int count, step, word;
    Shape shape;
    uint64_t seed;
    double level, rate;
    int taken, last;
    char order[16];
    Inner inner;
} Settings;

static const OptionWord shapes[] = {
    {"round", SHAPE_ROUND, "without corners"}, {"square", SHAPE_SQUARE, NULL}, {0}};
static const OptionWord two[] = {{"off", 0, NULL}, {"on", 1, NULL}, {0}};

static const OptionWord *make_words(void) {
    return two;
}

// Notes that it was called, and by which option.
static Status take_index(void *place, const Option *option, const char *text,
                         Diagnostic *diagnostic) {
    Settings *settings = place;
    if (text && strcmp(text, "bad") == 0) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT, "--%s is bad", option->name);
    }
    settings->order[settings->taken++] = (char)('0' + option->index);
    settings->last = text ? atoi(text) : -1;
    return STATUS_OK;
}

static const Option own[] = {
    {"loud", 'l', NULL, OPTION_INTO(Settings, loud), .help = "on"},
    {"no-skip", 0, NULL, OPTION_INTO(Settings, skip), .clears = true, .help = "off"},
    {"name", 'n', "TEXT", OPTION_INTO(Settings, name), .other = "title", .help = "any text"},
    {"label", 0, "TEXT", OPTION_INTO(Settings, label), .most = 5.0, .help = "a short text"},
    {"count", 'c', "N", OPTION_INTO(Settings, count), .least = 1.0, .most = 8.0, .help = "1 to 8"},
    {"step", 0, "N", OPTION_INTO(Settings, step), .least = -HUGE_VAL, .most = HUGE_VAL,
     .help = "any whole number"},
    {"word", 0, "WORD", OPTION_INTO(Settings, word), .make_words = make_words, .help = "off or on"},
    {"shape", 0, "SHAPE", OPTION_INTO(Settings, shape), .words = shapes, .listed = true,
     .help = "of the thing:"},
    {"seed", 's', "N", OPTION_INTO(Settings, seed), .most = 4294967295.0, .help = "a seed"},
    {"level", 0, "DB", OPTION_INTO(Settings, level), .least = -60.0, .most = HUGE_VAL,
     .help = "from -60"},
    {"rate", 0, "HZ", OPTION_INTO(Settings, rate), .least = 8000.0, .most = 9000.0, .whole = true,
     .help = "a whole double"},
    {"first", 0, "N", .take = take_index, .index = 1, .early = true, .help = "before all others"},
    {"second", 0, "N", .take = take_index, .index = 2, .help = "in turn"},
    {"third", 0, NULL, .take = take_index, .index = 3, .help = "in turn"},
};
static const OptionGroup own_group = {OPTION_ROWS(own)};

static const Option inner[] = {
    {"share", 0, "R", OPTION_INTO(Inner, share), .most = 1.0, .help = "of something"},
    {"path", 'p', "FILE", OPTION_INTO(Inner, path), .help = "of a file"},
    {"count", 0, "N", .take = take_index, .index = 9, .help = "taken by the group before"},
};

static const Option *make_inner(void) {
    return inner;
}

static const OptionGroup inner_group = {.heading = "The inner ones",
                                        .make = make_inner,
                                        .count = sizeof inner / sizeof *inner,
                                        .place = offsetof(Settings, inner)};
static const OptionGroup *const groups[] = {&own_group, &options_usual, &inner_group, NULL};
static const OptionProgram program = {
    .name = "gruff-test",
    .usage = "gruff-test FILE [option]...\ngruff-test --loud",
    .about = "Tests.",
    .closing = "That is all.",
    .groups = groups,
};

static Settings settings;
static OptionRest rest;
static Diagnostic diagnostic;

// Parses the words, which NULL ends.
static Status read_words(const char *const *words) {
    static char copies[16][64];
    static char *argv[17];
    int argc = 0;
    argv[argc++] = "gruff-test";
    for (; words[argc - 1]; argc++) {
        snprintf(copies[argc - 1], sizeof copies[0], "%s", words[argc - 1]);
        argv[argc] = copies[argc - 1];
    }
    argv[argc] = NULL;
    settings = (Settings){.skip = true, .count = 5};
    diagnostic = (Diagnostic){""};
    return options_parse(&program, &settings, argc, argv, &rest, &diagnostic);
}

#define READ(...) read_words((const char *const[]){__VA_ARGS__, NULL})

#define ACCEPT(...)                                                                                \
    do {                                                                                           \
        if (READ(__VA_ARGS__) != STATUS_OK) {                                                      \
            fail_msg("refused: %s", diagnostic.text);                                              \
        }                                                                                          \
    } while (0)

#define REFUSE(expected, ...)                                                                      \
    do {                                                                                           \
        assert_int_equal(READ(__VA_ARGS__), STATUS_BAD_ARGUMENT);                                  \
        assert_string_equal(diagnostic.text, expected);                                            \
    } while (0)

// ---- What is understood ----

static void test_defaults_stay(void **state) {
    (void)state;
    ACCEPT("one", "two");
    assert_true(settings.skip && !settings.loud && settings.count == 5 && !settings.name);
    assert_int_equal(rest.count, 2);
    assert_string_equal(rest.operands[0], "one");
    assert_string_equal(rest.operands[1], "two");
    assert_false(rest.help || rest.version);
}

static void test_every_type(void **state) {
    (void)state;
    ACCEPT("--loud", "--no-skip", "--name", "Ann", "--label", "12345", "--count", "8", "--step",
           "-2147483648");
    assert_true(settings.loud && !settings.skip);
    assert_string_equal(settings.name, "Ann");
    assert_string_equal(settings.label, "12345");
    assert_int_equal(settings.count, 8);
    assert_int_equal(settings.step, INT_MIN);
    ACCEPT("--word", "on", "--shape", "square", "--seed", "4294967295", "--level", "-60", "--rate",
           "9e3", "--share", "0.25", "--path", "a.wav");
    assert_int_equal(settings.word, 1);
    assert_int_equal(settings.shape, SHAPE_SQUARE);
    assert_true(settings.seed == 4294967295u);
    assert_true(settings.level == -60.0 && settings.rate == 9000.0);
    assert_true(settings.inner.share == 0.25);
    assert_string_equal(settings.inner.path, "a.wav");
    ACCEPT("--level", "1e30");
    assert_true(settings.level == 1e30);
}

static void test_ways_to_write(void **state) {
    (void)state;
    ACCEPT("-lc2", "--name=a=b", "-s", "3", "in.wav", "-p", "-", "--step=-4");
    assert_true(settings.loud && settings.count == 2 && settings.seed == 3 && settings.step == -4);
    assert_string_equal(settings.name, "a=b");
    assert_string_equal(settings.inner.path, "-");
    assert_int_equal(rest.count, 1);
    ACCEPT("--title", "other name", "--nam", "beginning");
    assert_string_equal(settings.name, "beginning");
    ACCEPT("--step", "-3", "--", "--loud", "-l");
    assert_true(settings.step == -3 && !settings.loud);
    assert_int_equal(rest.count, 2);
    assert_string_equal(rest.operands[0], "--loud");
    ACCEPT("--count", "1", "--count", "2");
    assert_int_equal(settings.count, 2);
    assert_int_equal(settings.taken, 0); // not the one of the second group
}

static void test_own_functions_and_their_order(void **state) {
    (void)state;
    ACCEPT("--second", "4", "--third", "--first", "6", "x", "--second", "5");
    assert_string_equal(settings.order, "1232");
    assert_int_equal(settings.last, 5);
    assert_int_equal(rest.count, 1);
    REFUSE("--first is bad", "--second", "1", "--first", "bad");
    assert_int_equal(settings.taken, 0);
}

static void test_help_and_version(void **state) {
    (void)state;
    ACCEPT("--loud", "-h", "--nonsense");
    assert_true(rest.help && !rest.version && rest.count == 0);
    ACCEPT("x", "--vers", "--help");
    assert_true(rest.version && !rest.help);
    REFUSE("unknown option '--nonsense'", "--nonsense", "--help");
}

// ---- What is not ----

static void test_faults_of_numbers(void **state) {
    (void)state;
    REFUSE("--count takes a whole number from 1 to 8, not '0'", "--count", "0");
    REFUSE("--count takes a whole number from 1 to 8, not '9'", "-c", "9");
    REFUSE("--count takes a whole number from 1 to 8, not '2.5'", "--count=2.5");
    REFUSE("--count takes a whole number from 1 to 8, not '3 '", "--count", "3 ");
    REFUSE("--count takes a whole number from 1 to 8, not ''", "--count=");
    REFUSE("--step takes a whole number, not '2147483648'", "--step", "2147483648");
    REFUSE("--step takes a whole number, not '-2147483649'", "--step", "-2147483649");
    REFUSE("--seed takes a whole number from 0 to 4294967295, not '-1'", "--seed", "-1");
    REFUSE("--seed takes a whole number from 0 to 4294967295, not '0.5'", "--seed", "0.5");
    REFUSE("--level takes a number from -60, not '-61'", "--level", "-61");
    REFUSE("--level takes a number from -60, not 'nan'", "--level", "nan");
    REFUSE("--level takes a number from -60, not 'inf'", "--level", "inf");
    REFUSE("--rate takes a whole number from 8000 to 9000, not '8000.5'", "--rate", "8000.5");
    REFUSE("--share takes a number from 0 to 1, not '0,5'", "--share", "0,5");
    assert_true(settings.inner.share == 0.0);
}

static void test_faults_of_words_and_texts(void **state) {
    (void)state;
    REFUSE("--shape takes round or square, not 'flat'", "--shape", "flat");
    REFUSE("--shape takes round or square, not 'roun'", "--shape", "roun");
    REFUSE("--word takes off or on, not ''", "--word", "");
    REFUSE("--label: 6 bytes are too long, at most 5", "--label", "123456");
    REFUSE("--second is bad", "--second", "bad");
}

static void test_faults_of_options(void **state) {
    (void)state;
    REFUSE("unknown option '--nonsense'", "--nonsense");
    REFUSE("unknown option '--nonsense=3'", "--nonsense=3", "more");
    REFUSE("unknown option '-x'", "-lx");
    REFUSE("--name needs a value", "--name");
    REFUSE("--name needs a value", "-ln");
    REFUSE("--count needs a value", "x", "--coun");
    REFUSE("--loud takes no value", "--loud=3");
    REFUSE("--third takes no value", "--third=");
    REFUSE("'--s' may be one of --step, --shape, --seed, --second, --share", "--s");
    REFUSE("'--se=1' may be one of --seed, --second", "--se=1");
}

static void test_too_large_a_table(void **state) {
    (void)state;
    static Option many[161];
    for (size_t i = 0; i < 161; i++) {
        many[i] = (Option){"same", .help = ""};
    }
    OptionGroup all = {OPTION_ROWS(many)};
    const OptionGroup *const large[] = {&all, NULL};
    OptionProgram too_large = {.name = "gruff-test", .groups = large};
    char *argv[] = {"gruff-test", NULL};
    assert_int_equal(options_parse(&too_large, &settings, 1, argv, &rest, &diagnostic),
                     STATUS_BAD_ARGUMENT);
    assert_string_equal(diagnostic.text, "more than 160 options");
    all.count = 160;
    assert_int_equal(options_parse(&too_large, &settings, 1, argv, &rest, &diagnostic), STATUS_OK);
}

// ---- Commands ----

static const OptionGroup *const play_groups[] = {&own_group, &options_usual, NULL};
static const OptionGroup *const look_groups[] = {&inner_group, &options_usual, NULL};
static const OptionCommand commands[] = {
    {"play", "FILE", "plays it", .groups = play_groups},
    {"look", "", "looks", .groups = look_groups},
    {"stop", "", "stops", .groups = look_groups},
    {0},
};
static const OptionProgram many_commands = {
    .name = "gruff-test", .about = "Tests.", .groups = groups, .commands = commands};

static const OptionCommand *command;

static Status read_command(const char *const *words) {
    static char *argv[8];
    int argc = 0;
    argv[argc++] = "gruff-test";
    for (; *words; words++) {
        argv[argc++] = (char *)*words;
    }
    settings = (Settings){0};
    argv[argc] = NULL;
    return options_parse_command(&many_commands, &settings.inner, argc, argv, &command, &rest,
                                 &diagnostic);
}

#define COMMAND(...) read_command((const char *const[]){__VA_ARGS__, NULL})

static void refuse_command(const char *expected, Status status) {
    assert_int_equal(status, STATUS_BAD_ARGUMENT);
    assert_string_equal(diagnostic.text, expected);
}

static void test_commands(void **state) {
    (void)state;
    assert_int_equal(COMMAND("play", "x", "-l", "y"), STATUS_OK);
    assert_ptr_equal(command, &commands[0]);
    assert_int_equal(rest.count, 2);
    assert_string_equal(rest.operands[0], "x");
    assert_int_equal(COMMAND("look", "--help"), STATUS_OK);
    assert_true(rest.help && command == &commands[1]);
    assert_int_equal(COMMAND("--help"), STATUS_OK);
    assert_true(rest.help && !command);
    assert_int_equal(COMMAND("-V"), STATUS_OK);
    assert_true(rest.version && !command);
    refuse_command("look does not take --loud", COMMAND("look", "--loud"));
    refuse_command("look does not take --na", COMMAND("look", "--na=3"));
    refuse_command("unknown option '--nonsense'", COMMAND("look", "--nonsense"));
    refuse_command("unknown command 'sing'", COMMAND("sing", "--loud"));
    assert_int_equal(COMMAND("--vers"), STATUS_OK);
    assert_true(rest.version && !command);
    assert_int_equal(COMMAND("-hV"), STATUS_OK);
    assert_true(rest.help && !command);
    refuse_command("unknown option '--nonsense'", COMMAND("--nonsense", "play"));
    refuse_command("gruff-test without a command does not take --loud", COMMAND("--loud", "play"));
    refuse_command("say what to do: play, look or stop", COMMAND("--", "play"));
    refuse_command("say what to do: play, look or stop", read_command((const char *[]){NULL}));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults_stay),
        cmocka_unit_test(test_every_type),
        cmocka_unit_test(test_ways_to_write),
        cmocka_unit_test(test_own_functions_and_their_order),
        cmocka_unit_test(test_help_and_version),
        cmocka_unit_test(test_faults_of_numbers),
        cmocka_unit_test(test_faults_of_words_and_texts),
        cmocka_unit_test(test_faults_of_options),
        cmocka_unit_test(test_too_large_a_table),
        cmocka_unit_test(test_commands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
