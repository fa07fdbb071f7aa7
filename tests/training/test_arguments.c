// SPDX-License-Identifier: ISC
// The command line of gruff-train: each option goes where it is to go, and nowhere else.
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/rig/command_line.h"
#include "training/arguments.h"

static Arguments read_arguments, untouched;
static OptionRest rest;
static Diagnostic diagnostic;

// Reads the words of `line`, which spaces part, after "gruff-train".
static Status read_line(const char *line) {
    char **argv;
    int argc = command_line(&argv, "gruff-train", line);
    read_arguments = (Arguments){.options = trainer_defaults()};
    untouched = read_arguments;
    diagnostic = (Diagnostic){""};
    return arguments_read(&read_arguments, argc, argv, &rest, &diagnostic);
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

static void test_defaults_stay(void **state) {
    (void)state;
    accept("in.wav out.wav -o amp.json");
    assert_int_equal(read_arguments.path_count, 2);
    assert_string_equal(read_arguments.paths[0], "in.wav");
    assert_string_equal(read_arguments.paths[1], "out.wav");
    assert_string_equal(read_arguments.output, "amp.json");
    assert_memory_equal(&read_arguments.options, &untouched.options, sizeof untouched.options);
    assert_int_equal(read_arguments.data.threads, untouched.options.threads);
    assert_false(read_arguments.quiet || read_arguments.json || read_arguments.check ||
                 read_arguments.no_fits || read_arguments.data.latency_given ||
                 read_arguments.data.force || read_arguments.data.keep_signals);
}

static void test_how_long_and_from_where(void **state) {
    (void)state;
    const TrainerOptions *options = &read_arguments.options;
    accept("a b -o c -H 24 -t 1.5m -s 4294967295 --seeds 3 -j 2 --resume -q");
    assert_int_equal(options->shape.hidden, 24);
    assert_true(options->seconds == 90.0 && options->epochs == 0.0);
    assert_true(options->seed == 4294967295u && options->race == 3 && options->threads == 2);
    assert_true(options->resume && read_arguments.quiet && !read_arguments.json);
    assert_int_equal(read_arguments.data.threads, 2);
    accept("a b -o c -e 12.5 --json");
    assert_true(options->epochs == 12.5 && read_arguments.json && read_arguments.quiet);
}

// It is the ground that the others change, wherever it stands.
static void test_presets(void **state) {
    (void)state;
    const TrainerOptions *options = &read_arguments.options;
    accept("a b -o c --preset quick");
    assert_true(options->seconds == 10.0 && options->shape.hidden == 16 && options->race == 1);
    accept("a b -o c -p standard");
    assert_true(options->seconds == 120.0 && options->shape.hidden == 16 && options->race == 1);
    accept("a b -o c --hidden 8 --epochs 3 --preset best");
    assert_true(options->seconds == 900.0 && options->race == 3);
    assert_true(options->shape.hidden == 8 && options->epochs == 3.0);
    refuse("a b -o c -p slow", "--preset takes quick, standard or best, not 'slow'");
}

static void test_recordings(void **state) {
    (void)state;
    const DatasetOptions *data = &read_arguments.data;
    accept("list.csv --check --latency -12 --force --keep-signals --no-trials "
           "--test-input a.wav --test-target b.wav");
    assert_true(read_arguments.check && read_arguments.no_fits && !read_arguments.output);
    assert_true(data->latency_given && data->latency == -12 && data->force && data->keep_signals);
    assert_string_equal(data->test_input, "a.wav");
    assert_string_equal(data->test_target, "b.wav");
    assert_int_equal(read_arguments.path_count, 1);
    static const struct {
        const char *line;
        int input, target;
    } channels[] = {{"a b -o c", 0, 0},
                    {"a b -o c --channel right", 2, 2},
                    {"a b -o c --channel Left", 1, 1},
                    {"a b -o c --channel 3", 3, 3},
                    {"a b -o c --channel right,left", 2, 1},
                    {"a b -o c --channel 1,16", 1, 16}};
    for (size_t i = 0; i < sizeof channels / sizeof *channels; i++) {
        accept(channels[i].line);
        assert_int_equal(data->channel[0], channels[i].input);
        assert_int_equal(data->channel[1], channels[i].target);
    }
    static const char *const wrong[] = {"0", "middle", "1.5", "left,", ",2", "1,2,3", "20000"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char line[64], text[256];
        snprintf(line, sizeof line, "a b -o c --channel %s", wrong[i]);
        snprintf(text, sizeof text,
                 "--channel takes left, right or a number from 1 on, or two of these with a comma "
                 "between them, for input and target, not '%s'",
                 wrong[i]);
        refuse(line, text);
    }
    refuse("a b -o c --latency 0.5",
           "--latency takes a whole number from -1000000 to 1000000, not '0.5'");
    refuse("a b -o c --test-input d", "--test-input and --test-target go together");
    refuse("a b -o c --test-target d", "--test-input and --test-target go together");
}

static void test_network_and_learning(void **state) {
    (void)state;
    const TrainerOptions *options = &read_arguments.options;
    accept("a b -o c --cell lstm --layers 3 --no-skip --loss dc=0.1,plain=1 --optimiser adam "
           "--rate 0.25 --schedule plateau --weight-decay 0.5 --no-head-start");
    assert_true(options->shape.cell == LAYER_LSTM && options->shape.layers == 3);
    assert_true(!options->shape.skip && !options->fit_head);
    assert_true(options->loss.dc == 0.1 && options->loss.plain == 1.0 &&
                options->loss.emphasised == 0.0);
    assert_true(options->optimiser == OPTIMISER_ADAM && options->schedule == SCHEDULE_PLATEAU);
    assert_true(options->rate == 0.25 && options->weight_decay == 0.5);
    accept("a b -o c --dropout 0.1 --head-dropout 0.2 --input-dropout 0.3 --noise 0.4 --cell gru "
           "--contraction 0.7 --optimiser soap --schedule cosine");
    assert_true(options->regularisation.recurrent_dropout == 0.1);
    assert_true(options->regularisation.head_dropout == 0.2);
    assert_true(options->regularisation.input_dropout == 0.3);
    assert_true(options->regularisation.noise == 0.4);
    assert_true(options->regularisation.contraction == 0.7);
    assert_true(options->shape.cell == LAYER_GRU && options->optimiser == OPTIMISER_SOAP &&
                options->schedule == SCHEDULE_COSINE);
    accept("a b -o c --cell gru-before");
    assert_int_equal(options->shape.cell, LAYER_GRU_RESET_BEFORE);
    assert_true(options->regularisation.contraction == 0.2 && options->weight_decay == 0.003);
    refuse("a b -o c --contraction 1.5", "--contraction takes a number from 0 to 1, not '1.5'");
    refuse("a b -o c --cell dense", "--cell takes gru, gru-before or lstm, not 'dense'");
    refuse("a b -o c --loss dc=1", "--loss 'dc=1': plain, emphasised or a-weighted needs a share "
                                   "above 0");
}

static void test_labels(void **state) {
    (void)state;
    const Labels *labels = &read_arguments.options.labels;
    accept("a b -o c -n Name --author Me --license CC0 --gear Combo --input-level 12 "
           "--output-level -6.5");
    assert_string_equal(labels->name, "Name");
    assert_string_equal(labels->author, "Me");
    assert_string_equal(labels->license, "CC0");
    assert_string_equal(labels->gear, "Combo");
    assert_true(labels->input_level_dbu == 12.0 && labels->output_level_dbu == -6.5);
    char line[256];
    snprintf(line, sizeof line, "a b -o c --gear %0127d", 0);
    accept(line);
    snprintf(line, sizeof line, "a b -o c --gear %0128d", 0);
    refuse(line, "--gear: 128 bytes are too long, at most 127");
}

static void test_operands(void **state) {
    (void)state;
    refuse("-o c", "two files expected, INPUT.wav and TARGET.wav, or a folder or list (0 given)");
    refuse("a b d -o c",
           "two files expected, INPUT.wav and TARGET.wav, or a folder or list (3 given)");
    refuse("a b", "no model file named; add -o MODEL.json");
    refuse("a b -o c --time never", "--time takes a time, as in 90s, 15m or 1h, not 'never'");
    accept("--help");
    assert_true(rest.help);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults_stay),
        cmocka_unit_test(test_how_long_and_from_where),
        cmocka_unit_test(test_presets),
        cmocka_unit_test(test_recordings),
        cmocka_unit_test(test_network_and_learning),
        cmocka_unit_test(test_labels),
        cmocka_unit_test(test_operands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
