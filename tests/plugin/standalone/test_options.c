// SPDX-License-Identifier: ISC
// The command line of gruff: each option goes where it is to go.
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "plugin/standalone/options.h"
#include "tests/rig/command_line.h"

static Options options;
static OptionRest rest;
static Diagnostic diagnostic;

// Reads the words of `line`, which spaces part, after "gruff".
static Status read_line(const char *line) {
    char **argv;
    int argc = command_line(&argv, "gruff", line);
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

static int given(void) {
    int count = 0;
    for (int i = 0; i < CONTROL_COUNT; i++) {
        count += options.controls.given[i];
    }
    return count;
}

static void test_defaults(void **state) {
    (void)state;
    const BackendSetup *setup = &options.backend.setup;
    accept("");
    assert_true(!options.model && !options.preset && !options.cabinet && !options.input);
    assert_true(options.learn == -1 && options.osc == -1 && given() == 0);
    assert_true(setup->channels == 1 && setup->input == 1 && setup->connect && setup->midi);
    assert_true(setup->rate == 0.0 && setup->period == 0 && !setup->device);
    assert_string_equal(setup->name, "gruff");
    assert_null(options.backend.name);
}

static void test_what_plays(void **state) {
    (void)state;
    accept("amp.json --cab ir.wav --preset Tight --no-session --no-screen");
    assert_string_equal(options.model, "amp.json");
    assert_string_equal(options.cabinet, "ir.wav");
    assert_string_equal(options.preset, "Tight");
    assert_true(options.no_session && options.no_screen && !options.presets);
    accept("--model amp.json --cabinet other.wav --save-preset Lead --list-presets");
    assert_string_equal(options.model, "amp.json");
    assert_string_equal(options.cabinet, "other.wav");
    assert_string_equal(options.save, "Lead");
    assert_true(options.presets);
    refuse("--model a b", "'b' is one model too many");
    refuse("a --model b --model c", "'c' is one model too many");
}

static void test_sound_card(void **state) {
    (void)state;
    const BackendSetup *setup = &options.backend.setup;
    accept("--list --channel 256 --stereo --backend jack --device 3 --output-device USB "
           "--rate 44100 --period 64 --name dut --no-connect");
    assert_true(options.backend.list && setup->input == 256 && setup->channels == 2);
    assert_string_equal(options.backend.name, "jack");
    assert_string_equal(setup->device, "3");
    assert_string_equal(setup->output_device, "USB");
    assert_string_equal(setup->name, "dut");
    assert_true(setup->rate == 44100.0 && setup->period == 64 && !setup->connect);
    accept("--no-connect --connect");
    assert_true(setup->connect);
    refuse("--rate 44100.5", "--rate takes a whole number from 8000 to 768000, not '44100.5'");
    refuse("--period 0", "--period takes a whole number from 1 to 8192, not '0'");
    refuse("--channel 257", "--channel takes a whole number from 1 to 256, not '257'");
}

static void test_beside_a_recording(void **state) {
    (void)state;
    accept("--input in.wav --target out.wav --listen difference");
    assert_string_equal(options.input, "in.wav");
    assert_string_equal(options.target, "out.wav");
    assert_int_equal(options.listening, LISTEN_DIFFERENCE);
    assert_int_equal(given(), 0);
    refuse("--input in.wav", "'input' takes a number from -24 to 24 dB, or a recording if --target "
                             "says what the device made of it; not 'in.wav'");
    refuse("--target o.wav", "say with --input which dry guitar belongs to --target o.wav");
    refuse("--listen both", "--listen takes model, target or difference, not 'both'");
}

static void test_controls(void **state) {
    (void)state;
    accept("--input -3 --bass 2.5 --set mix=50");
    assert_null(options.input);
    assert_int_equal(given(), 3);
    assert_true(options.controls.values[CONTROL_INPUT] == -3.0f &&
                options.controls.values[CONTROL_BASS] == 2.5f &&
                options.controls.values[CONTROL_MIX] == 50.0f);
    accept("--cabinet_on 0");
    assert_true(options.controls.given[CONTROL_CABINET] && !options.cabinet);
    refuse("--input 25", "'input' takes a number from -24 to 24 dB, not '25'");
    refuse("--set mix", "--set takes SYMBOL=VALUE, not 'mix'");
}

static void test_midi_and_osc(void **state) {
    (void)state;
    accept("--learn bass --midi-map map --no-midi --osc 0 --osc-any");
    assert_int_equal(options.learn, CONTROL_BASS);
    assert_string_equal(options.midi_map, "map");
    assert_true(!options.backend.setup.midi && options.osc == 0 && options.osc_any);
    refuse("--learn gain", "there is no control 'gain' to learn");
    refuse("--osc-any", "--osc-any needs --osc PORT");
    refuse("--osc 65536", "--osc takes a whole number from 0 to 65535, not '65536'");
}

static void test_help_goes_before_what_belongs_together(void **state) {
    (void)state;
    accept("--target out.wav a b --help");
    assert_true(rest.help);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_what_plays),
        cmocka_unit_test(test_sound_card),
        cmocka_unit_test(test_beside_a_recording),
        cmocka_unit_test(test_controls),
        cmocka_unit_test(test_midi_and_osc),
        cmocka_unit_test(test_help_goes_before_what_belongs_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
