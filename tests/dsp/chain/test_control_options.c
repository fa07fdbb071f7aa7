// SPDX-License-Identifier: ISC
// The controls on command lines.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/chain/control_options.h"

typedef struct Settings {
    int before;
    ControlValues controls;
} Settings;

static const Option set[] = {
    {"set", 0, "SYMBOL=VALUE", OPTION_INTO(Settings, controls), .take = control_take_pair},
};
static const OptionGroup set_group = {OPTION_ROWS(set)};
static const OptionGroup controls_group = {
    .make = control_options, .count = CONTROL_COUNT, .place = offsetof(Settings, controls)};
static const OptionGroup *const groups[] = {&set_group, &controls_group, NULL};
static const OptionProgram program = {.name = "gruff-test", .groups = groups};

static Settings settings;
static Diagnostic diagnostic;

static Status read_two(const char *name, const char *value) {
    char *argv[] = {"gruff-test", (char *)name, (char *)value, NULL};
    OptionRest rest;
    settings = (Settings){0};
    return options_parse(&program, &settings, 3, argv, &rest, &diagnostic);
}

// Whether `id` was given as `value`, and no other was.
static void assert_only(ControlId id, float value) {
    for (int i = 0; i < CONTROL_COUNT; i++) {
        assert_int_equal(settings.controls.given[i], i == (int)id);
        assert_true(settings.controls.values[i] == (i == (int)id ? value : 0.0f));
    }
    assert_int_equal(settings.before, 0);
}

static void each_control_has_an_option(void **state) {
    (void)state;
    for (int i = 0; i < CONTROL_COUNT; i++) {
        char name[40], value[40];
        snprintf(name, sizeof name, "--%s", controls[i].symbol);
        snprintf(value, sizeof value, "%g", (double)controls[i].maximum);
        assert_int_equal(read_two(name, value), STATUS_OK);
        assert_only((ControlId)i, controls[i].maximum);
    }
}

static void a_bad_value_is_not_given(void **state) {
    (void)state;
    assert_int_equal(read_two("--mix", "101"), STATUS_BAD_ARGUMENT);
    assert_string_equal(diagnostic.text, "'mix' takes a number from 0 to 100 %, not '101'");
    assert_only(CONTROL_COUNT, 0.0f);
}

static void pairs_set_controls(void **state) {
    (void)state;
    assert_int_equal(read_two("--set", "bass=-3.5"), STATUS_OK);
    assert_only(CONTROL_BASS, -3.5f);
    assert_int_equal(read_two("--set", "gain=3"), STATUS_BAD_ARGUMENT);
    assert_string_equal(diagnostic.text, "there is no control 'gain'");
    assert_int_equal(read_two("--set", "bass=100"), STATUS_BAD_ARGUMENT);
    assert_only(CONTROL_COUNT, 0.0f);
}

static void words_and_help_follow_from_the_table(void **state) {
    (void)state;
    const OptionWord *words = control_words();
    const Option *options = control_options();
    for (int i = 0; i < CONTROL_COUNT; i++) {
        assert_string_equal(words[i].word, controls[i].symbol);
        assert_int_equal(words[i].value, i);
        assert_string_equal(words[i].help, options[i].help);
        assert_string_equal(options[i].name, controls[i].symbol);
    }
    assert_null(words[CONTROL_COUNT].word);
    assert_string_equal(words[CONTROL_THRESHOLD].help, "Gate threshold, -100 to 0 dB (-60)");
    assert_string_equal(words[CONTROL_GATE].help, "Noise gate, 0 to 1 (0)");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_control_has_an_option),
        cmocka_unit_test(a_bad_value_is_not_given),
        cmocka_unit_test(pairs_set_controls),
        cmocka_unit_test(words_and_help_follow_from_the_table),
    };
    return cmocka_run_group_tests_name("control options", tests, NULL, NULL);
}
