// SPDX-License-Identifier: ISC
// What gruff-train says to scripts, read back: of recordings, of a failure, of a run.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "dsp/base/memory.h"
#include "training/data/coverage.h"
#include "training/report/record.h"

enum { RATE = 100, RECORDINGS = 4 };

static Dataset dataset;
static json_t *root;

// To train on and validate with, to train on, to validate with, and for tests: their names.
static const char *const uses[RECORDINGS] = {"training and validation", "training", "validation",
                                             "test"};

static int begin(void **state) {
    (void)state;
    if (dataset_room(&dataset, RECORDINGS, NULL) != STATUS_OK) {
        return -1;
    }
    dataset.count = RECORDINGS - 1;
    dataset.tests = 1;
    dataset.rate = RATE;
    dataset.knobs = 1;
    snprintf(dataset.knob[0].name, MODEL_TEXT, "Drive \"2\"");
    dataset.training_frames = 1250;
    dataset.validation_frames = 350;
    for (int i = 0; i < RECORDINGS; i++) {
        Recording *recording = &dataset.recordings[i];
        recording->frames = 1000 + (size_t)i;
        recording->latency = 10 * i - 10;
        recording->knobs[0] = 0.5f * (float)i;
        snprintf(recording->name, MODEL_TEXT, "%s.wav", uses[i]);
        recording->training = ranges_of(0, i < 2 ? 625 : 0);
        recording->validation = ranges_of(700, i == 0 || i == 2 ? 875 : 700);
        checks_add(&recording->checks, "rates", VERDICT_OK, RATE, "Hz", "both have %d Hz", RATE);
        if (i != 1) {
            checks_add(&recording->checks, "drift", VERDICT_OK, 0.25 * i, "samples", "no drift");
        }
    }
    return 0;
}

static int end(void **state) {
    (void)state;
    dataset_clear(&dataset);
    json_decref(root);
    root = NULL;
    return 0;
}

// Reads one line of JSON, and frees it.
static void take(char *text) {
    json_decref(root);
    json_error_t error;
    assert_non_null(text);
    assert_int_equal(strcspn(text, "\n") + 1, strlen(text));
    root = json_loads(text, 0, &error);
    assert_true(json_is_object(root));
    memory_free(text);
}

static double number(const json_t *object, const char *key) {
    const json_t *value = json_object_get(object, key);
    assert_true(json_is_number(value));
    return json_number_value(value);
}

static const char *text(const json_t *object, const char *key) {
    const json_t *value = json_object_get(object, key);
    assert_true(json_is_string(value));
    return json_string_value(value);
}

static bool is_null(const json_t *object, const char *key) {
    return json_is_null(json_object_get(object, key));
}

// All that stands under "recordings".
static void check_recordings(void) {
    const json_t *list = json_object_get(root, "recordings");
    assert_true(number(root, "rate") == RATE);
    assert_true(number(root, "seconds_to_train") == 12.5);
    assert_true(number(root, "seconds_held_out") == 3.5);
    assert_true(number(root, "stretches_held_out") == 2.0);
    assert_int_equal(json_array_size(list), RECORDINGS);
    for (int i = 0; i < RECORDINGS; i++) {
        const json_t *one = json_array_get(list, (size_t)i);
        char name[MODEL_TEXT];
        snprintf(name, sizeof name, "%s.wav", uses[i]);
        assert_string_equal(text(one, "name"), name);
        assert_string_equal(text(one, "use"), uses[i]);
        assert_true(number(one, "frames") == 1000 + i && number(one, "latency") == 10 * i - 10);
        if (i == 1) {
            assert_true(is_null(one, "drift")); // that was not looked for
        } else {
            assert_true(number(one, "drift") == 0.25 * i);
        }
        assert_true(number(json_object_get(one, "knobs"), "Drive \"2\"") == 0.5 * i);
        const json_t *held = json_object_get(one, "held_out"), *stretch = json_array_get(held, 0);
        assert_int_equal(json_array_size(held), i == 0 || i == 2 ? 1 : 0);
        if (stretch) { // from second to second of the file, whose first tenth is left out
            double early = i == 0 ? 0.1 : 0.0;
            assert_true(json_number_value(json_array_get(stretch, 0)) == 7.0 + early);
            assert_true(json_number_value(json_array_get(stretch, 1)) == 8.75 + early);
        }
        const json_t *check = json_array_get(json_object_get(one, "checks"), 0);
        assert_string_equal(text(check, "id"), "rates");
        assert_string_equal(text(check, "verdict"), "ok");
        assert_string_equal(text(check, "unit"), "Hz");
        assert_string_equal(text(check, "text"), "both have 100 Hz");
        assert_true(number(check, "value") == RATE);
    }
}

static double in_map(const json_t *coverage, const char *map, size_t row, size_t band) {
    const json_t *rows = json_object_get(coverage, map);
    assert_int_equal(json_array_size(rows), COVERAGE_ROWS);
    assert_int_equal(json_array_size(json_array_get(rows, row)), MOMENTS_BANDS);
    return json_number_value(json_array_get(json_array_get(rows, row), band));
}

// What is trained on covers, with a verdict of its own.
static void test_coverage(void **state) {
    (void)state;
    char *line = NULL;
    assert_int_equal(record_checks(&line, &dataset, NULL), STATUS_OK);
    take(line);
    assert_true(is_null(root, "coverage")); // was not measured
    Coverage *covered = dataset.coverage = memory_new(1, sizeof *covered);
    covered->silent = 1.5;
    covered->struck = 2.5;
    covered->sustained = 8.5;
    covered->ringing = 0.5;
    covered->likeness = 0.75;
    covered->struck_map[3][5] = 1.25;
    covered->sustained_map[4][6] = 2.25;
    checks_add(&covered->missing, "low", VERDICT_WARN, 70.5, "Hz", "hardly any");
    assert_int_equal(record_checks(&line, &dataset, NULL), STATUS_OK);
    take(line);
    const json_t *coverage = json_object_get(root, "coverage");
    assert_string_equal(text(root, "verdict"), "warn");
    assert_true(number(coverage, "silent") == 1.5 && number(coverage, "struck") == 2.5);
    assert_true(number(coverage, "sustained") == 8.5 && number(coverage, "ringing") == 0.5);
    assert_true(number(coverage, "likeness") == 0.75);
    assert_true(number(coverage, "lowest_level") == -78.0 && number(coverage, "level_step") == 6.0);
    assert_true(in_map(coverage, "struck_map", 3, 5) == 1.25);
    assert_true(in_map(coverage, "struck_map", 4, 6) == 0.0);
    assert_true(in_map(coverage, "sustained_map", 4, 6) == 2.25);
    const json_t *hertz = json_object_get(coverage, "hertz");
    assert_int_equal(json_array_size(hertz), MOMENTS_BANDS);
    assert_true(fabs(json_number_value(json_array_get(hertz, 17)) - 1000.0) < 0.01);
    const json_t *lack = json_array_get(json_object_get(coverage, "missing"), 0);
    assert_string_equal(text(lack, "id"), "low");
    assert_true(number(lack, "value") == 70.5);
}

// The worst verdict of all, and the first refusal.
static void test_checks(void **state) {
    (void)state;
    char *line = NULL;
    assert_int_equal(record_checks(&line, &dataset, NULL), STATUS_OK);
    take(line);
    assert_string_equal(text(root, "verdict"), "ok");
    assert_true(is_null(root, "message"));
    check_recordings();
    checks_add(&dataset.recordings[3].checks, "dc", VERDICT_WARN, (double)NAN, "%", "some DC");
    assert_int_equal(record_checks(&line, &dataset, NULL), STATUS_OK);
    take(line);
    assert_string_equal(text(root, "verdict"), "warn");
    assert_true(is_null(root, "message"));
    const json_t *last = json_array_get(json_object_get(root, "recordings"), 3);
    assert_string_equal(text(last, "verdict"), "warn");
    assert_true(is_null(json_array_get(json_object_get(last, "checks"), 2), "value"));
    checks_add(&dataset.recordings[1].checks, "silent", VERDICT_REFUSE, -90.0, "dBFS", "the first");
    checks_add(&dataset.recordings[2].checks, "short", VERDICT_REFUSE, 1.0, "s", "the second");
    assert_int_equal(record_checks(&line, &dataset, NULL), STATUS_OK);
    take(line);
    assert_string_equal(text(root, "verdict"), "refuse");
    assert_string_equal(text(root, "message"), "the first");
    const json_t *first = json_array_get(json_object_get(root, "recordings"), 0);
    assert_string_equal(text(first, "verdict"), "ok"); // each has its own
}

static void test_failure(void **state) {
    (void)state;
    char *line = NULL;
    assert_int_equal(record_failure(&line, "a \"b\" cannot be read", NULL), STATUS_OK);
    take(line);
    assert_string_equal(text(root, "verdict"), "refuse");
    assert_string_equal(text(root, "message"), "a \"b\" cannot be read");
    assert_int_equal(json_array_size(json_object_get(root, "recordings")), 0);
    assert_int_equal(record_failure(&line, "\xff", NULL), STATUS_NO_MEMORY); // it is no text
    assert_null(line);
}

static void test_run(void **state) {
    (void)state;
    TrainerOptions options = trainer_defaults();
    options.shape = (NetworkShape){.cell = LAYER_LSTM, .layers = 2, .hidden = 5};
    options.threads = 3;
    TrainerResult result = {
        .seed = 4294967295u, .epoch = 2.5, .seconds = 8.0, .samples = 4e6, .rollbacks = 6};
    Score score = {.recording = &dataset.recordings[3]};
    score.measure.esr = 0.125;
    score.measure.esr_preemphasis = (double)NAN;
    score.measure.max_abs = 0.75;
    const Scores scores = {.count = 1, .score = &score, .esr = 0.0625};
    const Agreement agreement = {.isa = ISA_AVX2, .test = {.passed = true, .max_abs = 1e-5}};
    const ModelBehaviour behaviour = {
        .known = true, .calm_to = 12.0, .calm_verdict = "calm to +12 dB; not on noise"};
    Record record = {.model_path = "amp.json",
                     .report_path = "amp.report/index.html",
                     .options = &options,
                     .result = &result,
                     .dataset = &dataset,
                     .scores = &scores,
                     .agreement = &agreement,
                     .behaviour = &behaviour,
                     .esr = 0.25,
                     .peak_memory = 1e8};
    char *line = NULL;
    assert_int_equal(record_run(&line, &record, NULL), STATUS_OK);
    take(line);
    check_recordings();
    assert_string_equal(text(root, "model"), "amp.json");
    assert_string_equal(text(root, "report"), "amp.report/index.html");
    assert_true(number(root, "esr") == 0.25 && number(root, "test_esr") == 0.0625);
    assert_string_equal(text(root, "cell"), "lstm");
    assert_true(number(root, "layers") == 2 && number(root, "hidden") == 5);
    assert_true(number(root, "seed") == 4294967295.0 && number(root, "threads") == 3);
    assert_true(number(root, "epochs") == 2.5 && number(root, "seconds") == 8.0);
    assert_true(number(root, "samples") == 4e6 && number(root, "rollbacks") == 6);
    assert_true(fabs(number(root, "ns_per_sample") - 2000.0) < 1e-6);
    assert_true(number(root, "peak_memory") == 1e8);
    assert_true(json_is_false(json_object_get(root, "stopped")));
    const json_t *test = json_object_get(root, "self_test");
    assert_true(json_is_true(json_object_get(test, "passed")));
    assert_string_equal(text(test, "isa"), "avx2");
    assert_true(number(test, "max_abs") == 1e-5);
    const json_t *away = json_object_get(root, "behaviour");
    assert_true(json_is_false(json_object_get(away, "calm")) && number(away, "calm_to") == 12.0);
    assert_string_equal(text(away, "calm_verdict"), "calm to +12 dB; not on noise");
    const json_t *scored = json_array_get(json_object_get(root, "tests"), 0);
    assert_string_equal(text(scored, "name"), "test.wav");
    assert_true(number(scored, "esr") == 0.125 && number(scored, "max_abs") == 0.75);
    assert_true(is_null(scored, "esr_preemphasis"));
    assert_true(number(json_object_get(scored, "knobs"), "Drive \"2\"") == 1.5);
    // Nothing was tested, and nothing came of it.
    result.stopped = true;
    record.esr = INFINITY;
    record.scores = &(Scores){.esr = (double)NAN};
    assert_int_equal(record_run(&line, &record, NULL), STATUS_OK);
    take(line);
    assert_true(is_null(root, "esr") && is_null(root, "test_esr"));
    assert_true(json_is_true(json_object_get(root, "stopped")));
    assert_int_equal(json_array_size(json_object_get(root, "tests")), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_checks, begin, end),
        cmocka_unit_test_setup_teardown(test_coverage, begin, end),
        cmocka_unit_test_setup_teardown(test_failure, begin, end),
        cmocka_unit_test_setup_teardown(test_run, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
