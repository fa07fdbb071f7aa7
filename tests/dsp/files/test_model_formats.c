// SPDX-License-Identifier: ISC
// Layouts beside plain Keras GRUs: LSTM and other layers in Keras JSON, GuitarML, NAM, and the
// keys that only this project writes.
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <math.h>

#include "dsp/files/models/model_file.h"
#include "tests/rig/near.h"
#include "tests/rig/tiny_model.h"

// ---- Helpers ----

static Model *parse(const char *text) {
    Model *model = NULL;
    Diagnostic diagnostic = {""};
    Status status = model_file_parse(&model, text, strlen(text), "test.json", &diagnostic);
    if (status != STATUS_OK) {
        fail_msg("%s\n%s", diagnostic.text, text);
    }
    return model;
}

static void expect_refused(const char *text, Status expected, const char *words) {
    Model *model = NULL;
    Diagnostic diagnostic = {""};
    Status status = model_file_parse(&model, text, strlen(text), "test.json", &diagnostic);
    if (status != expected || !strstr(diagnostic.text, words) || strchr(diagnostic.text, '\n')) {
        fail_msg("%s: '%s'; expected %s and '%s' in:\n%.600s", status_name(status), diagnostic.text,
                 status_name(expected), words, text);
    }
    assert_null(model);
}

static void assert_floats(const float *values, const float *expected, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (values[i] != expected[i]) {
            fail_msg("value %zu is %g instead of %g", i, (double)values[i], (double)expected[i]);
        }
    }
}

// A Keras file of these layers with one input.
static Model *parse_layers(const char *layers) {
    char text[4000];
    snprintf(text, sizeof text, "{\"in_shape\": [null, null, 1], \"layers\": [%s]}", layers);
    return parse(text);
}

#define HEAD "{\"type\": \"dense\", \"shape\": [2, 1], \"weights\": [[[1], [2]], [3]]}"

// ---- Keras ----

static void test_keras_lstm(void **state) {
    (void)state;
    Model *model = parse_layers("{\"type\": \"lstm\", \"shape\": [2], \"weights\": ["
                                "[[1, 2, 3, 4, 5, 6, 7, 8]],"
                                "[[11, 12, 13, 14, 15, 16, 17, 18],"
                                " [21, 22, 23, 24, 25, 26, 27, 28]],"
                                "[31, 32, 33, 34, 35, 36, 37, 38]]}," HEAD);
    const Layer *lstm = &model->layers[0];
    assert_int_equal(lstm->kind, LAYER_LSTM);
    assert_floats(lstm->kernel, (const float[]){1, 2, 3, 4, 5, 6, 7, 8}, 8);
    assert_floats(lstm->recurrent_kernel, (const float[]){11, 21, 12, 22, 13, 23}, 6);
    assert_floats(lstm->bias, (const float[]){31, 32, 33, 34, 35, 36, 37, 38}, 8);
    assert_floats(lstm->recurrent_bias, (const float[8]){0}, 8);
    assert_floats(lstm->initial_cell, (const float[2]){0}, 2);
    model_free(model);
}

#define GRU_KERNELS "[[1, 2, 3, 4, 5, 6]], [[1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6]]"

static void test_keras_reset_before(void **state) {
    (void)state;
    Model *model = parse_layers("{\"type\": \"gru\", \"shape\": [2], \"weights\": [" GRU_KERNELS
                                ", [1, 2, 3, 4, 5, 6]]}," HEAD);
    assert_int_equal(model->layers[0].kind, LAYER_GRU_RESET_BEFORE);
    assert_floats(model->layers[0].bias, (const float[]){1, 2, 3, 4, 5, 6}, 6);
    assert_floats(model->layers[0].recurrent_bias, (const float[6]){0}, 6);
    model_free(model);
    model = parse_layers("{\"type\": \"gru\", \"reset_after\": false, \"shape\": [2], "
                         "\"weights\": [" GRU_KERNELS
                         ", [[1, 2, 3, 4, 5, 6], [7, 8, 9, 10, 11, 12]]]}," HEAD);
    assert_int_equal(model->layers[0].kind, LAYER_GRU_RESET_BEFORE);
    assert_floats(model->layers[0].recurrent_bias, (const float[]){7, 8, 9, 10, 11, 12}, 6);
    model_free(model);
}

// An activation of its own joins a dense layer without one, or gets a layer that passes values on.
static void test_keras_activations(void **state) {
    (void)state;
    Model *model = parse_layers(
        "{\"type\": \"dense\", \"shape\": [2], \"weights\": [[[1, 2]], [3, 4]]},"
        "{\"type\": \"activation\", \"activation\": \"elu\", \"shape\": [2]},"
        "{\"type\": \"activation\", \"activation\": \"softmax\", \"shape\": [2]},"
        "{\"type\": \"dense\", \"shape\": [2], \"weights\": [[[1, 2], [3, 4]], [0, 0]]},"
        "{\"type\": \"prelu\", \"shape\": [2], \"weights\": [[[0.25, 0.5]]]}," HEAD
        ",{\"type\": \"prelu\", \"shape\": [1], \"weights\": [[0.75]]}");
    assert_int_equal(model->layer_count, 4);
    assert_int_equal(model->layers[0].activation, ACTIVATION_ELU);
    assert_int_equal(model->layers[1].activation, ACTIVATION_SOFTMAX);
    assert_floats(model->layers[1].kernel, (const float[]){1, 0, 0, 1}, 4);
    assert_floats(model->layers[1].bias, (const float[]){0, 0}, 2);
    assert_int_equal(model->layers[2].activation, ACTIVATION_PRELU);
    assert_floats(model->layers[2].slope, (const float[]){0.25f, 0.5f}, 2);
    assert_floats(model->layers[3].slope, (const float[]){0.75f}, 1);
    model_free(model);
    model = parse_layers("{\"type\": \"dense\", \"shape\": [2], \"weights\": [[[1, 2]], [3, 4]]},"
                         "{\"type\": \"prelu\", \"shape\": [2], \"weights\": [[[0.25]]]}," HEAD);
    assert_floats(model->layers[0].slope, (const float[]){0.25f, 0.25f}, 2); // one for all
    model_free(model);
    expect_refused("{\"in_shape\": [1], \"layers\": [{\"type\": \"prelu\", \"shape\": [2], "
                   "\"weights\": [[0, 1]]}]}",
                   STATUS_BAD_MODEL, "the layer before gives 1");
    expect_refused("{\"in_shape\": [1], \"layers\": [{\"type\": \"prelu\", \"shape\": [1], "
                   "\"weights\": [[0, 1]]}]}",
                   STATUS_BAD_MODEL, "layer 1 (prelu), slopes: 1 numbers expected, 2 found");
}

static void test_keras_test_batch(void **state) {
    (void)state;
    char *text = tiny_model_with("\"layers\"", "\"input_batch\": [0.5, [0.25], 0], "
                                               "\"output_batch\": [1, 2, [3]], \"layers\"");
    Model *model = parse(text);
    free(text);
    assert_int_equal(model->test.frames, 3);
    assert_floats(model->test.input, (const float[]){0.5f, 0.25f, 0}, 3);
    assert_floats(model->test.output, (const float[]){1, 2, 3}, 3);
    model_free(model);
    const struct {
        const char *batches, *words;
    } bad[] = {
        {"\"input_batch\": [1, 2], \"output_batch\": [1]", "output_batch: 2 numbers expected"},
        {"\"input_batch\": [1], \"output_batch\": 7", "output_batch: an array of 1 numbers"},
        {"\"input_batch\": \"x\", \"output_batch\": []", "\"input_batch\" must be an array"},
        {"\"input_batch\": [1], \"output_batch\": [null]", "output_batch: item 1 is null"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char with[200];
        snprintf(with, sizeof with, "%s, \"layers\"", bad[i].batches);
        text = tiny_model_with("\"layers\"", with);
        expect_refused(text, STATUS_BAD_MODEL, bad[i].words);
        free(text);
    }
}

// What only this project writes is checked like the rest.
static void test_gruff_keys(void **state) {
    (void)state;
    const struct {
        const char *gruff, *words;
    } bad[] = {
        {"7", "\"gruff\" is a number"},
        {"{\"knobs\": [{}]}", "knobs: 0 knobs expected, 1 found"},
        {"{\"settling\": -1}", "\"settling\" is -1"},
        {"{\"settling\": 1e12}", "\"settling\" is 1e+12"},
        {"{\"training\": []}", "\"training\" is an array"},
        {"{\"test\": []}", "\"test\" is an array"},
        {"{\"test\": {\"input\": [1], \"output\": [\"x\"]}}", "output: item 1 is a text"},
        {"{\"initial_state\": [[1, 2]]}", "initial_state: 2 rows expected, 1 found"},
        {"{\"initial_state\": [[1, 2, 3], null]}", "layer 1, initial_state: 2 numbers expected"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char with[200];
        snprintf(with, sizeof with, "\"gruff\": %s, \"layers\"", bad[i].gruff);
        char *text = tiny_model_with("\"layers\"", with);
        expect_refused(text, STATUS_BAD_MODEL, bad[i].words);
        free(text);
    }
    char *text = tiny_model_with("\"layers\"", "\"gruff\": {\"version\": 9, \"later\": [], "
                                               "\"loudness\": null, \"latency\": \"?\", "
                                               "\"initial_state\": [[1, 2], null]}, \"layers\"");
    Model *model = parse(text);
    free(text);
    assert_true(isnan(model->info.loudness));
    assert_floats(model->layers[0].initial_state, (const float[]){1, 2}, 2);
    model_free(model);
    text = tiny_model_with("\"layers\"",
                           "\"gruff\": {\"initial_state\": [null, null]}, \"layers\"");
    model = parse(text);
    free(text);
    assert_floats(model->layers[0].initial_state, (const float[2]){0}, 2);
    model_free(model);
    // Its own test goes before that of other trainers.
    text = tiny_model_with("\"layers\"",
                           "\"gruff\": {\"test\": {\"input\": [1, 2], \"output\": [3, 4]}}, "
                           "\"input_batch\": [5], \"output_batch\": [6], \"layers\"");
    model = parse(text);
    free(text);
    assert_int_equal(model->test.frames, 2);
    assert_floats(model->test.output, (const float[]){3, 4}, 2);
    model_free(model);
}

static void test_gruff_knobs(void **state) {
    (void)state;
    const char *form = "{\"in_shape\": [2], \"gruff\": {\"knobs\": [%s]}, \"layers\": ["
                       "{\"type\": \"dense\", \"shape\": [1], \"weights\": [[[1], [2]], [3]]}]}";
    const struct {
        const char *knob, *words;
    } bad[] = {
        {"3", "knob 1 is a number"},
        {"{\"minimum\": 2}", "knob 1 goes from 2 to 1"},
        {"{\"default\": 2}", "default 2, which cannot be"},
        {"{\"maximum\": \"all\"}", "\"maximum\" is a text"},
        {"{\"maximum\": 1e30}", "\"maximum\" is 1e+30"},
    };
    char text[500];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        snprintf(text, sizeof text, form, bad[i].knob);
        expect_refused(text, STATUS_BAD_MODEL, bad[i].words);
    }
    snprintf(text, sizeof text, form, "{\"name\": \"Drive\", \"maximum\": 10, \"default\": 5}");
    Model *model = parse(text);
    assert_string_equal(model->knob[0].name, "Drive");
    assert_near(model->knob[0].maximum, 10.0, 0.0);
    assert_near(model->knob[0].initial, 5.0, 0.0);
    model_free(model);
}

// ---- GuitarML ----

#define GUITARML(unit, more, weights)                                                              \
    "{\"model_data\": {\"unit_type\": \"" unit "\", \"input_size\": 1, \"hidden_size\": 1, "       \
    "\"num_layers\": 1, \"output_size\": 1, \"bias_fl\": true" more "}, \"state_dict\": {" weights \
    ", \"lin.weight\": [[51]], \"lin.bias\": [52]}}"

#define GRU_WEIGHTS                                                                                \
    "\"rec.weight_ih_l0\": [[1], [2], [3]], \"rec.weight_hh_l0\": [[11], [12], [13]], "            \
    "\"rec.bias_ih_l0\": [21, 22, 23], \"rec.bias_hh_l0\": [31, 32, 33]"

// PyTorch's r, z, n become z, r, c.
static void test_guitarml_gru(void **state) {
    (void)state;
    Model *model = parse(GUITARML("GRU", ", \"skip\": 1", GRU_WEIGHTS));
    const Layer *gru = &model->layers[0], *head = &model->layers[1];
    assert_int_equal(gru->kind, LAYER_GRU);
    assert_floats(gru->kernel, (const float[]){2, 1, 3}, 3);
    assert_floats(gru->recurrent_kernel, (const float[]){12, 11, 13}, 3);
    assert_floats(gru->bias, (const float[]){22, 21, 23}, 3);
    assert_floats(gru->recurrent_bias, (const float[]){32, 31, 33}, 3);
    assert_floats(head->kernel, (const float[]){51}, 1);
    assert_floats(head->bias, (const float[]){52}, 1);
    assert_true(model->skip);
    assert_near(model->sample_rate, 0.0, 0.0);
    model_free(model);
    model = parse(GUITARML("GRU", ", \"skip\": 0, \"bias_fl\": false", GRU_WEIGHTS));
    assert_false(model->skip);
    assert_floats(model->layers[1].bias, (const float[]){0}, 1);
    model_free(model);
}

static void test_guitarml_lstm_with_knob(void **state) {
    (void)state;
    Model *model = parse(
        GUITARML("LSTM", ", \"input_size\": 2, \"skip\": 1",
                 "\"rec.weight_ih_l0\": [[1, 2], [3, 4], [5, 6], [7, 8]], "
                 "\"rec.weight_hh_l0\": [[11], [12], [13], [14]], "
                 "\"rec.bias_ih_l0\": [21, 22, 23, 24], \"rec.bias_hh_l0\": [1, 2, 3, 4]"));
    assert_int_equal(model->knobs, 1);
    assert_int_equal(model->layers[0].kind, LAYER_LSTM);
    assert_floats(model->layers[0].kernel, (const float[]){1, 2, 3, 4, 5, 6, 7, 8}, 8);
    assert_floats(model->layers[0].bias, (const float[]){21, 22, 23, 24}, 4);
    assert_floats(model->layers[0].recurrent_bias, (const float[]){1, 2, 3, 4}, 4);
    assert_near(model->knob[0].initial, 0.5, 0.0);
    model_free(model);
}

static void test_guitarml_two_layers(void **state) {
    (void)state;
    Model *model = parse(
        GUITARML("GRU", ", \"num_layers\": 2",
                 GRU_WEIGHTS
                 ", \"rec.weight_ih_l1\": [[4], [5], [6]], \"rec.weight_hh_l1\": [[1], [2], [3]],"
                 " \"rec.bias_ih_l1\": [1, 2, 3], \"rec.bias_hh_l1\": [1, 2, 3]"));
    assert_int_equal(model->layer_count, 3);
    assert_floats(model->layers[1].kernel, (const float[]){5, 4, 6}, 3);
    model_free(model);
}

static void test_guitarml_refused(void **state) {
    (void)state;
    expect_refused(GUITARML("RNN", "", GRU_WEIGHTS), STATUS_UNSUPPORTED, "\"RNN\"");
    expect_refused(GUITARML("LSTM", "", GRU_WEIGHTS), STATUS_BAD_MODEL,
                   "\"state_dict\", rec.weight_ih_l0: 4 rows expected, 3 found");
    expect_refused(GUITARML("GRU", ", \"hidden_size\": 2", GRU_WEIGHTS), STATUS_BAD_MODEL,
                   "6 rows expected, 3 found");
    expect_refused(GUITARML("GRU", ", \"num_layers\": 2", GRU_WEIGHTS), STATUS_BAD_MODEL,
                   "rec.weight_ih_l1: an array of 3 rows expected, nothing found");
    expect_refused(GUITARML("GRU", ", \"hidden_size\": 1e9", GRU_WEIGHTS), STATUS_BAD_MODEL,
                   "\"hidden_size\" is 1e+09");
    expect_refused(GUITARML("GRU", ", \"output_size\": 2", GRU_WEIGHTS), STATUS_BAD_MODEL,
                   "\"output_size\"");
    expect_refused("{\"model_data\": {}}", STATUS_BAD_MODEL, "\"state_dict\" is missing");
    expect_refused("{\"state_dict\": {}}", STATUS_BAD_MODEL, "\"model_data\" is missing");
    expect_refused("{\"model_data\": {\"unit_type\": \"GRU\"}, \"state_dict\": {}}",
                   STATUS_BAD_MODEL, "\"hidden_size\" is missing");
    expect_refused("{\"model_data\": 1, \"state_dict\": {}}", STATUS_BAD_MODEL,
                   "\"model_data\" is a number");
}

// ---- NAM ----

// A .nam LSTM of one unit and one layer with `count` weights: 1, 2, 3, ...
static const char *nam(const char *architecture, const char *config, int count) {
    static char text[2000];
    int length = snprintf(text, sizeof text,
                          "{\"version\": \"0.5.4\", \"architecture\": \"%s\", \"config\": {%s}, "
                          "\"sample_rate\": null, \"metadata\": {\"name\": \"Box\", "
                          "\"loudness\": -12.5, \"input_level_dbu\": null, "
                          "\"output_level_dbu\": 7.25}, \"weights\": [",
                          architecture, config);
    for (int i = 0; i < count; i++) {
        length += snprintf(text + length, sizeof text - (size_t)length, "%s%d", i ? "," : "",
                           i + 1);
    }
    snprintf(text + length, sizeof text - (size_t)length, "]}");
    return text;
}

static const char nam_config[] = "\"input_size\": 1, \"hidden_size\": 1, \"num_layers\": 1";

static void test_nam_lstm(void **state) {
    (void)state;
    Model *model = parse(nam("LSTM", nam_config, 16));
    const Layer *lstm = &model->layers[0], *head = &model->layers[1];
    assert_int_equal(lstm->kind, LAYER_LSTM);
    assert_floats(lstm->kernel, (const float[]){1, 3, 5, 7}, 4);
    assert_floats(lstm->recurrent_kernel, (const float[]){2, 4, 6, 8}, 4);
    assert_floats(lstm->bias, (const float[]){9, 10, 11, 12}, 4);
    assert_floats(lstm->initial_state, (const float[]){13}, 1);
    assert_floats(lstm->initial_cell, (const float[]){14}, 1);
    assert_floats(head->kernel, (const float[]){15}, 1);
    assert_floats(head->bias, (const float[]){16}, 1);
    assert_near(model->sample_rate, 48000.0, 0.0);
    assert_int_equal(model->settling, 24000);
    assert_false(model->skip);
    assert_string_equal(model->info.name, "Box");
    assert_near(model->info.loudness, -12.5, 0.0);
    assert_true(isnan(model->info.input_level_dbu));
    assert_near(model->info.output_level_dbu, 7.25, 0.0);
    model_free(model);
    model = parse(nam("LSTM", "\"hidden_size\": 1, \"num_layers\": 2", 30));
    assert_int_equal(model->layer_count, 3);
    assert_floats(model->layers[1].kernel, (const float[]){15, 17, 19, 21}, 4);
    model_free(model);
}

static void test_nam_refused(void **state) {
    (void)state;
    expect_refused(nam("WaveNet", nam_config, 16), STATUS_UNSUPPORTED, "\"WaveNet\"");
    expect_refused(nam("LSTM", nam_config, 15), STATUS_BAD_MODEL, "16 numbers expected, 15 found");
    expect_refused(nam("LSTM", nam_config, 17), STATUS_BAD_MODEL, "16 numbers expected, 17 found");
    expect_refused(nam("LSTM", "", 16), STATUS_BAD_MODEL, "\"hidden_size\" is missing");
    expect_refused(nam("LSTM", "\"hidden_size\": 1000", 16), STATUS_BAD_MODEL,
                   "\"hidden_size\" is 1000");
    expect_refused("{\"architecture\": 7}", STATUS_UNSUPPORTED, "a number");
    expect_refused("{\"architecture\": \"LSTM\", \"config\": 7}", STATUS_BAD_MODEL,
                   "\"config\" is a number");
    expect_refused("{\"architecture\": \"LSTM\", \"config\": {\"hidden_size\": 1}}",
                   STATUS_BAD_MODEL, "weights: an array of 16 numbers expected, nothing found");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keras_lstm),
        cmocka_unit_test(test_keras_reset_before),
        cmocka_unit_test(test_keras_activations),
        cmocka_unit_test(test_keras_test_batch),
        cmocka_unit_test(test_gruff_keys),
        cmocka_unit_test(test_gruff_knobs),
        cmocka_unit_test(test_guitarml_gru),
        cmocka_unit_test(test_guitarml_lstm_with_knob),
        cmocka_unit_test(test_guitarml_two_layers),
        cmocka_unit_test(test_guitarml_refused),
        cmocka_unit_test(test_nam_lstm),
        cmocka_unit_test(test_nam_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
