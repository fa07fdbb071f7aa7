// SPDX-License-Identifier: ISC
// The command line of gruff-model: each option goes where it is to go, and to no other command.
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "plugin/tool/options.h"
#include "tests/rig/command_line.h"

static Arguments arguments;
static ToolCommand command;
static OptionRest rest;
static Diagnostic diagnostic;

// Reads the words of `line`, which spaces part, after "gruff-model".
static Status read_line(const char *line) {
    char **argv;
    int argc = command_line(&argv, "gruff-model", line);
    arguments = (Arguments){.isa = ISA_SCALAR};
    diagnostic = (Diagnostic){""};
    return tool_read_options(&arguments, &command, argc, argv, &rest, &diagnostic);
}

static void accept(const char *line, ToolCommand expected) {
    if (read_line(line) != STATUS_OK) {
        fail_msg("%s: %s", line, diagnostic.text);
    }
    assert_int_equal(command, expected);
}

static void refuse(const char *line, const char *text) {
    assert_int_equal(read_line(line), STATUS_BAD_ARGUMENT);
    assert_string_equal(diagnostic.text, text);
}

static void test_render(void **state) {
    (void)state;
    accept("render m.json a.wav b.wav", TOOL_RENDER);
    assert_string_equal(arguments.operands[2], "b.wav");
    assert_false(arguments.chain || arguments.fast || arguments.latency || arguments.json ||
                 arguments.one_isa);
    assert_true(arguments.controls.values[CONTROL_MIX] == 100.0f); // the initial one
    accept("render --chain --set mix=50 m --set bass=3 a b --cabinet ir.wav --channel 2 --latency",
           TOOL_RENDER);
    assert_true(arguments.chain && arguments.latency && arguments.channel == 2);
    assert_true(arguments.controls.values[CONTROL_MIX] == 50.0f &&
                arguments.controls.values[CONTROL_BASS] == 3.0f);
    assert_string_equal(arguments.cabinet, "ir.wav");
    accept("render m a b --knob Gain=3 --knob 2=4 --fast --isa sse2 --json", TOOL_RENDER);
    assert_int_equal(arguments.knob_count, 2);
    assert_string_equal(arguments.knobs[1], "2=4");
    assert_true(arguments.fast && arguments.json && arguments.one_isa);
    assert_int_equal(arguments.isa, ISA_SSE2);
    refuse("render m a b --knob a=1 --knob a=1 --knob a=1 --knob a=1 --knob a=1 --knob a=1 "
           "--knob a=1 --knob a=1 --knob a=1",
           "--knob: more than 8 knobs");
    refuse("render m a", "a file is missing: gruff-model render MODEL IN.wav OUT.wav");
    refuse("render m a b c", "'c' is one file too many");
    refuse("render m a b --set mix=1", "--set needs --chain: the model alone has no controls");
    refuse("render m a b --cabinet c", "--cabinet needs --chain: the model alone has no cabinet");
    refuse("render m a b --chain --fast",
           "--fast is for the model alone: the chain has exact activations");
    refuse("render m a b --channel 0", "--channel takes a whole number from 1, not '0'");
}

static void test_compare(void **state) {
    (void)state;
    accept("compare a b --skip 0.5 --align --json", TOOL_COMPARE);
    assert_true(arguments.skip == 0.5 && arguments.align && arguments.json);
    refuse("compare a", "a file is missing: gruff-model compare REFERENCE.wav OTHER.wav");
    refuse("compare a b --isa sse2", "compare does not take --isa");
    refuse("compare a b --skip -0.1", "--skip takes a number from 0, not '-0.1'");
}

static void test_info_and_check(void **state) {
    (void)state;
    accept("info m", TOOL_INFO);
    accept("check m --isa neon", TOOL_CHECK);
    assert_int_equal(arguments.isa, ISA_NEON);
    refuse("info", "a file is missing: gruff-model info MODEL");
    refuse("check m n", "'n' is one file too many");
    refuse("info m --fast", "info does not take --fast");
    refuse("info m --isa mmx", "--isa takes scalar, sse2, avx2, avx512 or neon, not 'mmx'");
}

static void test_convert(void **state) {
    (void)state;
    accept("convert m n --repair --name N --author A --license L", TOOL_CONVERT);
    assert_true(arguments.repair);
    assert_string_equal(arguments.name, "N");
    assert_string_equal(arguments.author, "A");
    assert_string_equal(arguments.license, "L");
    refuse("convert m n --isa sse2", "convert does not take --isa");
}

static void test_bench(void **state) {
    (void)state;
    accept("bench", TOOL_BENCH);
    accept("bench m", TOOL_BENCH);
    assert_string_equal(arguments.operands[0], "m");
    accept("bench --hidden 128 --channels 2 --blocks --fast", TOOL_BENCH);
    assert_true(arguments.hidden == 128 && arguments.channels == 2 && arguments.blocks &&
                arguments.fast);
    refuse("bench m --hidden 8", "a model has its own size: leave out --hidden");
    refuse("bench --channels 3", "--channels takes a whole number from 1 to 2, not '3'");
    refuse("bench --hidden 129", "--hidden takes a whole number from 1 to 128, not '129'");
    refuse("bench --skip 1", "bench does not take --skip");
}

static void test_no_command(void **state) {
    (void)state;
    refuse("", "say what to do: render, compare, info, check, convert or bench");
    refuse("play", "unknown command 'play'");
    assert_int_equal(read_line("-h"), STATUS_OK);
    assert_true(rest.help);
    assert_int_equal(read_line("info --version"), STATUS_OK);
    assert_true(rest.version);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_render),         cmocka_unit_test(test_compare),
        cmocka_unit_test(test_info_and_check), cmocka_unit_test(test_convert),
        cmocka_unit_test(test_bench),          cmocka_unit_test(test_no_command),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
