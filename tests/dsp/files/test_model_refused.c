// SPDX-License-Identifier: ISC
// Model files that are refused, and with which words.
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/random.h"
#include "dsp/files/models/model_file.h"
#include "tests/rig/tiny_model.h"

static void expect_refused(const char *text, size_t length, Status expected, const char *words) {
    Model *model = (Model *)&model;
    Diagnostic diagnostic = {""};
    Status status = model_file_parse(&model, text, length, "test.json", &diagnostic);
    if (status != expected || !strstr(diagnostic.text, words) ||
        strncmp(diagnostic.text, "test.json: ", 11) != 0 || strchr(diagnostic.text, '\n')) {
        fail_msg("%s: '%s'; expected %s and '%s' in:\n%.300s", status_name(status), diagnostic.text,
                 status_name(expected), words, text);
    }
    assert_null(model);
}

static void test_refuses_with_the_cause(void **state) {
    (void)state;
    const struct {
        const char *from, *to;
        Status status;
        const char *words;
    } cases[] = {
        {"13, 14", "13 14", STATUS_BAD_MODEL, "line 7, column"},
        {"35, 36]", "35]", STATUS_BAD_MODEL, "layer 1 (gru), bias: 6 numbers expected, 5 found"},
        {"15, 16]", "15, 16, 17]", STATUS_BAD_MODEL,
         "layer 1 (gru), recurrent kernel: 6 numbers expected, 7 found"},
        {", [21, 22, 23, 24, 25, 26]", "", STATUS_BAD_MODEL,
         "layer 1 (gru), recurrent kernel: 2 rows expected, 1 found"},
        {"[[1, 2, 3, 4, 5, 6]]", "[[1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6]]", STATUS_BAD_MODEL,
         "layer 1 (gru), kernel: 1 rows expected, 2 found"},
        {"[[1, 2, 3, 4, 5, 6]]", "7", STATUS_BAD_MODEL, "an array of 1 rows expected, a number"},
        {"[[51], [52]], [53.5]", "[[51], [52]]", STATUS_BAD_MODEL,
         "layer 2 (dense), weights: 2 arrays expected, 1 found"},
        {"[53.5]", "[]", STATUS_BAD_MODEL, "layer 2 (dense), bias: 1 numbers expected, 0 found"},
        {"[[51], [52]]", "[[51], [\"52\"]]", STATUS_BAD_MODEL, "item 1 is a text"},
        {"[[51], [52]]", "[[51], [null]]", STATUS_BAD_MODEL, "item 1 is null"},
        {"53.5", "NaN", STATUS_BAD_MODEL, "not JSON"},
        {"53.5", "1e39", STATUS_BAD_MODEL, "too large"},
        {"53.5", "1e999", STATUS_BAD_MODEL, "not JSON"},
        {"53.5", "123456789012345678901234567890", STATUS_BAD_MODEL, "not JSON"},
        {"\"gru\"", "\"lstm\"", STATUS_BAD_MODEL,
         "layer 1 (lstm), kernel: 8 numbers expected, 6 found"},
        {"\"gru\"", "\"conv1d\"", STATUS_UNSUPPORTED, "layer 1 is of type \"conv1d\""},
        {"\"gru\"", "\"conv\\n\\u001b[2J\"", STATUS_UNSUPPORTED, "of type \"conv  [2J\""},
        {"\"gru\",", "\"gru\", \"reset_after\": 2,", STATUS_BAD_MODEL, "\"reset_after\" is 2"},
        {"\"gru\"", "3", STATUS_BAD_MODEL, "\"type\" is a number"},
        {"\"type\": \"gru\", ", "", STATUS_BAD_MODEL, "\"type\" is nothing"},
        {"\"dense\", \"activation\": \"\"", "\"dense\", \"activation\": \"gelu\"",
         STATUS_UNSUPPORTED, "gelu"},
        {"\"dense\", \"activation\": \"\"", "\"dense\", \"activation\": 1", STATUS_BAD_MODEL,
         "\"activation\" is a number"},
        {"[null, null, 2]", "[null, null, 0]", STATUS_BAD_MODEL, "layer 1: \"shape\""},
        {"[null, null, 2]", "[null, null, 1.5]", STATUS_BAD_MODEL, "layer 1: \"shape\""},
        {"[null, null, 2]", "[null, null, 1000000000]", STATUS_BAD_MODEL, "layer 1: \"shape\""},
        {"[null, null, 2]", "[null, null, -2]", STATUS_BAD_MODEL, "layer 1: \"shape\""},
        {"[null, null, 2]", "2", STATUS_BAD_MODEL, "layer 1: \"shape\""},
        {"[null, null, 1]", "[null, null, 99]", STATUS_BAD_MODEL, "\"in_shape\""},
        {"[null, null, 1]", "{}", STATUS_BAD_MODEL, "\"in_shape\""},
        {"\"in_shape\": [null, null, 1],", "", STATUS_BAD_MODEL, "\"in_shape\""},
        {"\"in_skip\": 1", "\"in_skip\": 2", STATUS_BAD_MODEL,
         "\"in_skip\" is 2; it must be from 0 to 1"},
        {"\"in_skip\": 1", "\"in_skip\": 0.5", STATUS_BAD_MODEL, "instead of a whole number"},
        {"\"in_skip\": 1", "\"in_skip\": []", STATUS_BAD_MODEL, "\"in_skip\" is an array"},
        {"3.5", "\"loud\"", STATUS_BAD_MODEL, "\"in_gain\" is a text"},
        {"-2,", "1000,", STATUS_BAD_MODEL, "\"out_gain\" is 1000; it must"},
        {"48000", "0", STATUS_BAD_MODEL, "\"samplerate\""},
        {"48000", "\"fast\"", STATUS_BAD_MODEL, "\"samplerate\""},
        {"48000", "\"48 kHz\"", STATUS_BAD_MODEL, "\"samplerate\""},
        {"48000", "[48000]", STATUS_BAD_MODEL, "\"samplerate\""},
        {"\"metadata\": {\"name\"", "\"metadata\": 3, \"x\": {\"name\"", STATUS_BAD_MODEL,
         "\"metadata\" is a number"},
        {"\"layers\": [", "\"layers\": [7, ", STATUS_BAD_MODEL, "layer 1 is a number"},
        {"\"layers\"", "\"nothing\"", STATUS_BAD_MODEL, "no model"},
        {"\"layers\": [", "\"layers\": [], \"x\": [", STATUS_BAD_MODEL, "\"layers\" is empty"},
        {"\"layers\": [", "\"layers\": {}, \"x\": [", STATUS_BAD_MODEL, "\"layers\" is an object"},
        {"[null, null, 1], \"weights\": [\n   [[51], [52]], [53.5]]",
         "[null, null, 2], \"weights\": [[[51, 1], [52, 1]], [53.5, 1]]", STATUS_BAD_MODEL,
         "last layer gives 2"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = tiny_model_with(cases[i].from, cases[i].to);
        expect_refused(text, strlen(text), cases[i].status, cases[i].words);
        free(text);
    }
}

static void test_refuses_what_is_not_json(void **state) {
    (void)state;
    expect_refused("", 0, STATUS_BAD_MODEL, "not JSON");
    expect_refused("7", 1, STATUS_BAD_MODEL, "not JSON");
    expect_refused("[]", 2, STATUS_BAD_MODEL, "no model");
    expect_refused("{\"\n\": 1}", 8, STATUS_BAD_MODEL, "not JSON");
    expect_refused("{\"a\0b\": 1}", 10, STATUS_BAD_MODEL, "not JSON");
    expect_refused("RIFF\x01\x02\x03\x04WAVE", 12, STATUS_BAD_MODEL, "not JSON");
    static char deep[200000];
    memset(deep, '[', sizeof deep);
    expect_refused(deep, sizeof deep, STATUS_BAD_MODEL, "nested");
    for (size_t length = 0; length < strlen(tiny_model) - 2; length++) { // cut anywhere
        expect_refused(tiny_model, length, STATUS_BAD_MODEL, "not JSON");
    }
}

static void test_refuses_too_many_layers(void **state) {
    (void)state;
    char text[4000] = "{\"in_shape\": [1], \"layers\": [";
    for (int i = 0; i < 9; i++) {
        strcat(text, i ? "," : "");
        strcat(text, "{\"type\": \"dense\", \"shape\": [1], \"weights\": [[[1]], [0]]}");
    }
    strcat(text, "]}");
    expect_refused(text, strlen(text), STATUS_UNSUPPORTED, "more than 8 layers");
}

// Any single changed byte gives a model or a refusal, never a crash (run under sanitizers).
static void test_survives_changed_bytes(void **state) {
    (void)state;
    Random random = {3};
    const size_t length = strlen(tiny_model);
    char *text = malloc(length);
    assert_non_null(text);
    int refused = 0;
    for (int round = 0; round < 20000; round++) {
        memcpy(text, tiny_model, length);
        for (int i = 0; i < 1 + round % 3; i++) {
            text[random_bits(&random) % length] = (char)random_bits(&random);
        }
        Model *model = NULL;
        Status status = model_file_parse(&model, text, length, "x", NULL);
        assert_true((status == STATUS_OK) == (model != NULL));
        refused += status != STATUS_OK;
        model_free(model);
    }
    free(text);
    assert_true(refused > 10000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refuses_with_the_cause),
        cmocka_unit_test(test_refuses_what_is_not_json),
        cmocka_unit_test(test_refuses_too_many_layers),
        cmocka_unit_test(test_survives_changed_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
