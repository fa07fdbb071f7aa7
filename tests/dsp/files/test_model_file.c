// SPDX-License-Identifier: ISC
// Model files: what is read, what is refused and with which words, and that floats survive.
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <jansson.h>
#include <math.h>
#include <sys/resource.h>
#include <unistd.h>

#include "dsp/base/memory.h"
#include "dsp/files/models/model_file.h"
#include "tests/dsp/files/rich_model.h"
#include "tests/rig/near.h"
#include "tests/rig/scratch.h"
#include "tests/rig/tiny_model.h"

// ---- Helpers ----

static Model *parse(const char *text) {
    Model *model = NULL;
    Diagnostic diagnostic = {""};
    Status status = model_file_parse(&model, text, strlen(text), "test.json", &diagnostic);
    if (status != STATUS_OK) {
        fail_msg("%s", diagnostic.text);
    }
    return model;
}

static Model *parse_with(const char *from, const char *to) {
    char *text = tiny_model_with(from, to);
    Model *model = parse(text);
    free(text);
    return model;
}

static void assert_floats(const float *values, const float *expected, size_t count) {
    assert_memory_equal(values, expected, count * sizeof *values);
}

static void assert_same_weights(const Model *a, const Model *b) {
    assert_int_equal(a->layer_count, b->layer_count);
    for (int i = 0; i < a->layer_count; i++) {
        const Layer *x = &a->layers[i], *y = &b->layers[i];
        size_t rows = (size_t)(layer_gates(x->kind) * x->outputs);
        assert_int_equal(x->kind, y->kind);
        assert_int_equal(x->activation, y->activation);
        assert_int_equal(x->inputs, y->inputs);
        assert_int_equal(x->outputs, y->outputs);
        assert_floats(x->kernel, y->kernel, rows * (size_t)x->inputs);
        assert_floats(x->bias, y->bias, rows);
        if (x->recurrent_kernel) {
            assert_floats(x->recurrent_kernel, y->recurrent_kernel, rows * (size_t)x->outputs);
            assert_floats(x->recurrent_bias, y->recurrent_bias, rows);
            assert_floats(x->initial_state, y->initial_state, (size_t)x->outputs);
        }
        if (x->initial_cell) {
            assert_floats(x->initial_cell, y->initial_cell, (size_t)x->outputs);
        }
        if (x->slope) {
            assert_floats(x->slope, y->slope, (size_t)x->outputs);
        }
    }
}

// ---- Reading ----

static void test_reads_every_value_to_its_place(void **state) {
    (void)state;
    Model *model = parse(tiny_model);
    assert_near(model->sample_rate, 48000.0, 0.0);
    assert_true(model->skip);
    assert_near(model->input_gain, 3.5, 0.0);
    assert_near(model->output_gain, -2.0, 0.0);
    assert_int_equal(model->knobs, 0);
    assert_string_equal(model->info.name, "Tiny");
    assert_string_equal(model->info.author, "J\xc3\xb6rg");
    assert_string_equal(model->info.license, "ISC");
    assert_near(model->info.esr, 0.25, 0.0);
    assert_int_equal(model->layer_count, 2);
    const Layer *gru = &model->layers[0], *dense = &model->layers[1];
    assert_int_equal(gru->kind, LAYER_GRU);
    assert_floats(gru->kernel, (const float[]){1, 2, 3, 4, 5, 6}, 6);
    // A row of the file is an input; a row here is an output.
    assert_floats(gru->recurrent_kernel,
                  (const float[]){11, 21, 12, 22, 13, 23, 14, 24, 15, 25, 16, 26}, 12);
    assert_floats(gru->bias, (const float[]){31, 32, 33, 34, 35, 36}, 6);
    assert_floats(gru->recurrent_bias, (const float[]){41, 42, 43, 44, 45, 46}, 6);
    assert_int_equal(dense->kind, LAYER_DENSE);
    assert_floats(dense->kernel, (const float[]){51, 52}, 2);
    assert_floats(dense->bias, (const float[]){53.5f}, 1);
    model_free(model);
}

static void test_optional_keys(void **state) {
    (void)state;
    Model *model = parse_with("\"in_skip\": 1, \"in_gain\": 3.5, \"out_gain\": -2, "
                              "\"samplerate\": 48000,",
                              "");
    assert_false(model->skip);
    assert_near(model->input_gain, 0.0, 0.0);
    assert_near(model->output_gain, 0.0, 0.0);
    assert_near(model->sample_rate, 0.0, 0.0);
    model_free(model);
    model = parse_with("\"metadata\"", "\"other\"");
    assert_string_equal(model->info.name, "");
    assert_true(model->info.esr < 0.0);
    model_free(model);
}

static void test_sample_rate_in_all_its_forms(void **state) {
    (void)state;
    const char *forms[] = {"\"samplerate\": \"44100\",", "\"samplerate\": \"44100.0\",",
                           "\"samplerate\": 44100.0,", "\"samplerate\": null,"};
    for (int i = 0; i < 4; i++) {
        Model *model = parse_with("\"samplerate\": 48000,", forms[i]);
        assert_near(model->sample_rate, i < 3 ? 44100.0 : 0.0, 0.0);
        model_free(model);
    }
    char *text = tiny_model_with("\"samplerate\": 48000,", "");
    char *place = strstr(text, "\"esr\": 0.25");
    char moved[2000];
    snprintf(moved, sizeof moved, "%.*s\"samplerate\": \"96000\"%s", (int)(place - text), text,
             place + strlen("\"esr\": 0.25"));
    free(text);
    Model *model = parse(moved);
    assert_near(model->sample_rate, 96000.0, 0.0);
    model_free(model);
}

static void test_knobs_and_other_spellings(void **state) {
    (void)state;
    char *text = tiny_model_with("[[1, 2, 3, 4, 5, 6]]",
                                 "[[1, 2, 3, 4, 5, 6], [7, 8, 9, 10, 11, 12]]");
    text[strcspn(text, "1")] = '2'; // in_shape
    Model *model = parse(text);
    free(text);
    assert_int_equal(model->knobs, 1);
    assert_floats(model->layers[0].kernel, (const float[]){1, 7, 2, 8, 3, 9, 4, 10}, 8);
    model_free(model);
    model = parse_with("\"dense\", \"activation\": \"\"",
                       "\"time-distributed-dense\", \"activation\": \"tanh\"");
    assert_int_equal(model->layers[1].activation, ACTIVATION_TANH);
    model_free(model);
    model = parse_with("\"activation\": \"\"", "\"activation\": \"softmax\""); // of the GRU
    assert_int_equal(model->layers[0].kind, LAYER_GRU);
    model_free(model);
    model = parse_with("\"in_skip\": 1", "\"in_skip\": false");
    assert_false(model->skip);
    model_free(model);
    model = parse_with("{\"in_shape\"", "\xef\xbb\xbf {\"in_shape\""); // byte order mark
    model_free(model);
}

static void test_long_texts_are_cut_between_characters(void **state) {
    (void)state;
    char name[400] = "";
    for (int i = 0; i < 190; i++) {
        strcat(name, "\xc3\xa9");
    }
    Model *model = parse_with("Tiny", name);
    assert_int_equal(strlen(model->info.name), 126);
    model_free(model);
    model = parse_with("Tiny", "a\\nb");
    assert_string_equal(model->info.name, "a b");
    model_free(model);
}

static void test_reads_and_names_the_file(void **state) {
    (void)state;
    Model *model = NULL;
    Diagnostic diagnostic = {""};
    scratch_write("good.json", tiny_model, strlen(tiny_model));
    assert_int_equal(model_file_read(&model, scratch_path("good.json"), &diagnostic), STATUS_OK);
    model_free(model);
    const struct {
        const char *name, *words;
    } bad[] = {{"missing.json", "No such file"}, {"", "folder"}, {"empty.json", "empty"}};
    scratch_write("empty.json", "", 0);
    for (int i = 0; i < 3; i++) {
        const char *path = scratch_path(bad[i].name);
        assert_int_equal(model_file_read(&model, path, &diagnostic), STATUS_CANNOT_READ);
        assert_null(model);
        assert_non_null(strstr(diagnostic.text, path));
        assert_non_null(strstr(diagnostic.text, bad[i].words));
    }
    scratch_write("huge.json", "{", 1);
    assert_int_equal(truncate(scratch_path("huge.json"), 1L << 30), 0);
    assert_int_equal(model_file_read(&model, scratch_path("huge.json"), &diagnostic),
                     STATUS_BAD_MODEL);
    assert_non_null(strstr(diagnostic.text, "far too many"));
}

// ---- Writing ----

static void assert_same_behaviour(const ModelBehaviour *one, const ModelBehaviour *other) {
    assert_true(one->known == other->known && one->calm == other->calm);
    assert_true(one->steady == other->steady && one->calm_to == other->calm_to);
    for (int i = 0; i < MODEL_GUITARS; i++) {
        bool unknown = isnan(one->guitar[i]) && isnan(other->guitar[i]);
        assert_true(unknown || one->guitar[i] == other->guitar[i]);
    }
    assert_memory_equal(one->noise, other->noise, sizeof one->noise);
    assert_near(one->aliasing_loud, other->aliasing_loud, 0.0);
    assert_near(one->aliasing_soft, other->aliasing_soft, 0.0);
    assert_near(one->gain, other->gain, 0.0);
    assert_string_equal(one->calm_verdict, other->calm_verdict);
    assert_string_equal(one->aliasing_verdict, other->aliasing_verdict);
    assert_string_equal(one->levels_verdict, other->levels_verdict);
}

// What a program does not understand of it is as if it were not there.
static void test_behaviour_of_others(void **state) {
    (void)state;
    static const char *const others[] = {
        "\"gruff\": {\"behaviour\": []}, ",
        "\"gruff\": {\"behaviour\": {\"calm\": \"very\", \"guitar\": 3}}, ",
        "\"gruff\": {\"behaviour\": {\"calm\": false, \"guitar\": [-1, \"x\"], \"gain\": []}}, ",
    };
    for (int i = 0; i < 3; i++) {
        char insert[200], *text;
        snprintf(insert, sizeof insert, "%s\"layers\"", others[i]);
        text = tiny_model_with("\"layers\"", insert);
        Model *model = parse(text);
        const ModelBehaviour *behaviour = &model->info.behaviour;
        assert_int_equal(behaviour->known, i == 2);
        assert_true(isnan(behaviour->calm_to) && isnan(behaviour->gain));
        assert_true(isnan(behaviour->guitar[1]));
        assert_string_equal(behaviour->calm_verdict, "");
        assert_true(i < 2 || behaviour->guitar[0] == -1.0);
        model_free(model);
        free(text);
    }
}

static void test_round_trip_keeps_every_bit(void **state) {
    (void)state;
    Model *model = rich_model_new(), *again = NULL;
    Diagnostic diagnostic = {""};
    const char *path = scratch_path("rich.json");
    assert_int_equal(model_file_write(model, path, &diagnostic), STATUS_OK);
    assert_int_equal(model_file_read(&again, path, &diagnostic), STATUS_OK);
    assert_same_weights(model, again);
    assert_near(again->sample_rate, model->sample_rate, 0.0);
    assert_near(again->input_gain, model->input_gain, 0.0);
    assert_near(again->output_gain, model->output_gain, 0.0);
    assert_int_equal(again->skip, model->skip);
    assert_int_equal(again->knobs, model->knobs);
    assert_string_equal(again->info.name, model->info.name);
    assert_string_equal(again->info.author, model->info.author);
    assert_string_equal(again->info.license, model->info.license);
    assert_string_equal(again->info.gear, model->info.gear);
    assert_near(again->info.esr, model->info.esr, 1e-9);
    assert_near(again->info.esr_seconds, 19.5, 0.0);
    assert_int_equal(again->info.esr_stretches, 10);
    assert_near(again->info.loudness, -18.25, 0.0);
    assert_near(again->info.input_level_dbu, 12.5, 0.0);
    assert_near(again->info.output_level_dbu, 3.75, 0.0);
    assert_near(again->info.latency, 14.0, 0.0);
    assert_near(again->info.trained_epochs, 12.5, 0.0);
    assert_near(again->info.trained_seconds, 60.0, 0.0);
    assert_true(again->info.trained_seed == 4000000001ul);
    assert_same_behaviour(&again->info.behaviour, &model->info.behaviour);
    assert_int_equal(again->settling, 4800);
    assert_memory_equal(again->knob, model->knob, sizeof model->knob);
    assert_int_equal(again->test.frames, 3);
    assert_floats(again->test.input, model->test.input, 9);
    assert_floats(again->test.output, model->test.output, 3);
    model_free(model);
    model_free(again);
}

static void test_written_keys(void **state) {
    (void)state;
    Model *model = parse(tiny_model);
    model->layers[0].kernel[0] = 0.1f;
    assert_int_equal(model_file_write(model, scratch_path("keys.json"), NULL), STATUS_OK);
    model_free(model);
    json_t *root = json_load_file(scratch_path("keys.json"), 0, NULL);
    assert_true(json_is_integer(json_object_get(root, "in_skip")));
    assert_true(json_is_number(json_object_get(root, "samplerate")));
    json_t *metadata = json_object_get(root, "metadata");
    assert_true(json_is_number(json_object_get(metadata, "samplerate")));
    assert_string_equal(json_string_value(json_object_get(metadata, "name")), "Tiny");
    json_decref(root);
    size_t length = 0;
    char *text = scratch_read("keys.json", &length);
    assert_non_null(strstr(text, "[[[0.1, 2.0, ")); // the shortest form of the float 0.1
    free(text);
}

static void test_refuses_to_write_nonsense(void **state) {
    (void)state;
    Model *model = parse(tiny_model);
    Diagnostic diagnostic = {""};
    int count = scratch_count();
    model->layers[1].bias[0] = NAN;
    assert_int_equal(model_file_write(model, scratch_path("nan.json"), &diagnostic),
                     STATUS_BAD_MODEL);
    assert_non_null(strstr(diagnostic.text, "nan.json"));
    assert_int_equal(scratch_count(), count);
    // Nor what could not be read again.
    model->layers[1].bias[0] = 0.0f;
    model->output_gain = 121.0;
    assert_int_equal(model_file_write(model, scratch_path("loud.json"), &diagnostic),
                     STATUS_BAD_MODEL);
    assert_non_null(strstr(diagnostic.text, "loud.json: \"out_gain\" is 121"));
    assert_int_equal(scratch_count(), count);
    model_free(model);
}

// ---- Without memory ----

static void test_read_without_memory(void **state) {
    (void)state;
    Model *rich = rich_model_new();
    assert_int_equal(model_file_write(rich, scratch_path("short.json"), NULL), STATUS_OK);
    model_free(rich);
    long allowed = 0;
    for (;; allowed++) {
        Model *model = NULL;
        memory_fail_after(allowed);
        Status status = model_file_read(&model, scratch_path("short.json"), NULL);
        memory_fail_after(-1);
        assert_true((status == STATUS_OK) == (model != NULL));
        model_free(model);
        if (status == STATUS_OK) {
            break;
        }
        assert_int_equal(status, STATUS_NO_MEMORY);
    }
    assert_true(allowed >= 30); // text, model, arrays of eight layers, test
}

static long jansson_allowed;

static void *limited_malloc(size_t size) {
    return jansson_allowed-- > 0 ? malloc(size) : NULL;
}

// The same for jansson's own allocations, in reading and in writing. Its parser may take a token
// that found no memory for a wrong one; tokens beyond 15 bytes even make it abort, so that there
// are none here.
static void test_jansson_without_memory(void **state) {
    (void)state;
    Model *model = rich_model_new();
    scratch_write("old.json", "old", 3);
    int count = scratch_count();
    bool read = false, written = false;
    for (long allowed = 0; !read || !written; allowed += 1 + allowed / 16) {
        Model *again = NULL;
        json_set_alloc_funcs(limited_malloc, free);
        jansson_allowed = allowed;
        Status reading = model_file_parse(&again, tiny_model, strlen(tiny_model), "x", NULL);
        jansson_allowed = allowed;
        Status writing = written ? STATUS_OK
                                 : model_file_write(model, scratch_path("old.json"), NULL);
        json_set_alloc_funcs(malloc, free);
        model_free(again);
        read = reading == STATUS_OK;
        written = writing == STATUS_OK;
        assert_true(read || reading == STATUS_NO_MEMORY || reading == STATUS_BAD_MODEL);
        assert_true(written || writing == STATUS_NO_MEMORY);
        assert_true(written || scratch_holds("old.json", "old"));
        assert_int_equal(scratch_count(), count);
    }
    model_free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_every_value_to_its_place),
        cmocka_unit_test(test_optional_keys),
        cmocka_unit_test(test_sample_rate_in_all_its_forms),
        cmocka_unit_test(test_knobs_and_other_spellings),
        cmocka_unit_test(test_long_texts_are_cut_between_characters),
        cmocka_unit_test(test_reads_and_names_the_file),
        cmocka_unit_test(test_round_trip_keeps_every_bit),
        cmocka_unit_test(test_behaviour_of_others),
        cmocka_unit_test(test_written_keys),
        cmocka_unit_test(test_refuses_to_write_nonsense),
        cmocka_unit_test(test_read_without_memory),
        cmocka_unit_test(test_jansson_without_memory),
    };
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
