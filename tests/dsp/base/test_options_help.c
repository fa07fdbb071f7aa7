// SPDX-License-Identifier: ISC
// What --help and --version print.
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/options.h"

static const OptionWord shapes[] = {{"round", 3, "without corners"}, {"square", 7, NULL}, {0}};

static const Option own[] = {
    {"loud", 'l', NULL, .help = "on"},
    {"name", 'n', "TEXT", .other = "a-long-title", .help = "any text"},
    {"count", 'c', "N", .help = "1 to 8"},
    {"shape", 0, "SHAPE", .words = shapes, .listed = true, .help = "of the thing:"},
    {"mood", 0, "SHAPE", .words = shapes, .help = "round or square"},
    {"third", 0, NULL, .help = "in turn", .more = "This is for the manual."},
};
static const OptionGroup own_group = {OPTION_ROWS(own)};

static const Option inner[] = {
    {"share", 0, "R", .help = "of something"},
    {"path", 'p', "FILE",
     .help = "a text that is so long that it does not fit into one line of the help and goes on "
             "in a second one"},
};

static const Option *make_inner(void) {
    return inner;
}

static const OptionGroup inner_group = {
    .heading = "The inner ones", .make = make_inner, .count = sizeof inner / sizeof *inner};
static const OptionGroup *const groups[] = {&own_group, &options_usual, &inner_group, NULL};
static const OptionProgram program = {
    .name = "gruff-test",
    .usage = "gruff-test FILE [option]...\ngruff-test --loud",
    .about = "Tests. This is a paragraph of more words than a line has, so that it is continued.\n"
             "Another one.\n\nThat comes after an empty line.",
    .closing = "That is all.",
    .groups = groups,
};

static const OptionGroup *const play_groups[] = {&own_group, &options_usual, NULL};
static const OptionGroup *const look_groups[] = {&inner_group, &options_usual, NULL};
static const OptionCommand commands[] = {
    {"play", "FILE", "plays it and does not stop before the file is at its end, or nearly so",
     .groups = play_groups},
    {"look", "", "looks", .groups = look_groups},
    {0},
};
static const OptionProgram of_commands = {
    .name = "gruff-test", .groups = groups, .commands = commands};

static const char whole[] =
    "Usage: gruff-test FILE [option]...\n"
    "       gruff-test --loud\n"
    "Tests. This is a paragraph of more words than a line has, so that it is\n"
    "continued.\n"
    "Another one.\n"
    "\n"
    "That comes after an empty line.\n"
    "\n"
    "  -l, --loud         on\n"
    "  -n, --a-long-title, --name TEXT\n"
    "                     any text\n"
    "  -c, --count N      1 to 8\n"
    "      --shape SHAPE  of the thing:\n"
    "                       round   without corners\n"
    "                       square\n"
    "      --mood SHAPE   round or square\n"
    "      --third        in turn\n"
    "  -h, --help         show this text, and end\n"
    "  -V, --version      show the version, and end\n"
    "\n"
    "The inner ones:\n"
    "      --share R      of something\n"
    "  -p, --path FILE    a text that is so long that it does not fit into one line\n"
    "                     of the help and goes on in a second one\n"
    "\n"
    "That is all.\n";

static const char usage_of_commands[] =
    "Usage:\n"
    "  gruff-test play FILE [--loud] [--name TEXT] [--count N] [--shape SHAPE]\n"
    "                  [--mood SHAPE] [--third]\n"
    "        plays it and does not stop before the file is at its end, or nearly so\n"
    "  gruff-test look [--share R] [--path FILE]\n"
    "        looks\n"
    "\n"
    "  -l, --loud         on\n";

// What is written when help, or else the version, is asked for.
static const char *written(const OptionProgram *of, bool help) {
    static char text[4096];
    memset(text, 0, sizeof text);
    FILE *file = fmemopen(text, sizeof text - 1, "w");
    assert_non_null(file);
    OptionRest asked = {.help = help, .version = !help};
    assert_true(options_answer(of, &asked, "1.2.3", file));
    assert_int_equal(fclose(file), 0);
    return text;
}

static void test_help(void **state) {
    (void)state;
    assert_string_equal(written(&program, true), whole);
}

static void test_help_of_commands(void **state) {
    (void)state;
    const char *text = written(&of_commands, true);
    if (strncmp(text, usage_of_commands, strlen(usage_of_commands)) != 0) {
        fail_msg("it says:\n%s", text);
    }
}

static void test_version(void **state) {
    (void)state;
    assert_string_equal(written(&program, false), "gruff-test 1.2.3\n");
}

static void test_nothing_was_asked(void **state) {
    (void)state;
    assert_false(options_answer(&program, &(OptionRest){0}, "1.2.3", NULL));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_help),
        cmocka_unit_test(test_help_of_commands),
        cmocka_unit_test(test_version),
        cmocka_unit_test(test_nothing_was_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
