// SPDX-License-Identifier: ISC
// The command line of gruff-capture: each option goes where it is to go.
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "plugin/capture/options.h"
#include "tests/rig/command_line.h"

static Options options;
static OptionRest rest;
static Diagnostic diagnostic;

// Reads the words of `line`, which spaces part, after "gruff-capture".
static Status read_line(const char *line) {
    char **argv;
    int argc = command_line(&argv, "gruff-capture", line);
    diagnostic = (Diagnostic){""};
    return options_read(&options, argc, argv, &rest, &diagnostic);
}

static void accept(const char *line) {
    if (read_line(line) != STATUS_OK) {
        fail_msg("%s: %s", line, diagnostic.text);
    }
}

static void refuse(const char *line, const char *text) {
    assert_int_equal(read_line(line), STATUS_BAD_ARGUMENT);
    assert_string_equal(diagnostic.text, text);
}

static void test_defaults(void **state) {
    (void)state;
    const BackendSetup *setup = &options.backend.setup;
    accept("take");
    assert_string_equal(options.output, "take");
    assert_true(options.seconds == 180 && options.level == 0 && options.knob_count == 0);
    assert_true(!options.signal && !options.signal_file && !options.list);
    assert_true(!options.dry_run && !options.force && !options.backend.list);
    assert_true(setup->input == 1 && setup->output == 1 && setup->connect && !setup->midi);
    assert_string_equal(setup->name, "gruff-capture");
}

static void test_each_option(void **state) {
    (void)state;
    accept("take --seconds 32 --signal s.wav --level -60 --manifest l.csv --force --channel 2 "
           "--output-channel 3 --rate 96000");
    assert_true(options.seconds == 32 && options.level == -60 && options.force);
    assert_string_equal(options.signal, "s.wav");
    assert_string_equal(options.list, "l.csv");
    assert_true(options.backend.setup.input == 2 && options.backend.setup.output == 3 &&
                options.backend.setup.rate == 96000.0);
    accept("--dry-run");
    assert_true(options.dry_run && !options.output);
    accept("--write-signal f.wav");
    assert_string_equal(options.signal_file, "f.wav");
    refuse("--dry-run take", "'take' is one name too many");
    refuse("--write-signal f.wav take", "'take' is one name too many");
    accept("--list --backend portaudio");
    assert_true(options.backend.list);
    assert_string_equal(options.backend.name, "portaudio");
    refuse("take --seconds 31", "--seconds takes a whole number from 32 to 3600, not '31'");
    refuse("take --level 1", "--level takes a whole number from -60 to 0, not '1'");
}

static void test_knobs(void **state) {
    (void)state;
    accept("take --knob Drive=0.5 --knob Tone=-1e1");
    assert_int_equal(options.knob_count, 2);
    assert_string_equal(options.knobs[0].name, "Drive");
    assert_string_equal(options.knobs[1].name, "Tone");
    assert_true(options.knobs[0].value == 0.5 && options.knobs[1].value == -10.0);
    static const char *const bad[] = {"Drive", "=1", "Drive=", "Drive=x", "Drive=1x", "Drive=nan"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char line[64], text[128];
        snprintf(line, sizeof line, "take --knob %s", bad[i]);
        snprintf(text, sizeof text, "--knob takes NAME=NUMBER, Drive=0.5 for instance, not '%s'",
                 bad[i]);
        refuse(line, text);
    }
    refuse("take --knob a=1 --knob a=1 --knob a=1 --knob a=1 --knob a=1 --knob a=1 --knob a=1 "
           "--knob a=1 --knob a=1",
           "a model has at most 8 knobs");
}

static void test_names(void **state) {
    (void)state;
    refuse("", "say what the recordings are to be called");
    refuse("a b", "'b' is one name too many");
    accept("--help");
    assert_true(rest.help);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_each_option),
        cmocka_unit_test(test_knobs),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
