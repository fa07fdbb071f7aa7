// SPDX-License-Identifier: ISC
// A network scored as its user will hear it, against one of the test's own in plain loops: on what
// is held out of several recordings, and on the recordings that are only for tests.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dsp/base/memory.h"
#include "dsp/base/random.h"
#include "tests/rig/reference_network.h"
#include "training/learning/score.h"
#include "training/learning/validation.h"

enum { RATE = 8000, TRAINED = 3, TESTS = 2, COUNT = TRAINED + TESTS, LENGTH = 6000 };

static const NetworkShape shape = {
    .cell = LAYER_GRU, .layers = 1, .hidden = 4, .knobs = 1, .skip = true};
// After and before half a second of the recording, with which the engine settles; at its start. The
// first one in two stretches, the second of which settles in part of the first.
static const Ranges held[TRAINED] = {
    {2, {{4500, 5100}, {5300, 5400}}}, {1, {{2500, 2600}}}, {1, {{0, 700}}}};

static float inputs[COUNT][LENGTH], targets[COUNT][LENGTH];
static double outputs[COUNT][LENGTH]; // the test's own
static Dataset dataset;
static Network network;
static Model *model;

static int make(void **state) {
    (void)state;
    Random random = {5};
    if (dataset_room(&dataset, COUNT, NULL) != STATUS_OK ||
        network_init(&network, &shape, NULL) != STATUS_OK) {
        return -1;
    }
    network_randomise(&network, 2, 4.0);
    dataset.rate = RATE;
    dataset.count = TRAINED;
    dataset.tests = TESTS;
    dataset.knobs = 1;
    for (int i = 0; i < COUNT; i++) {
        Recording *recording = &dataset.recordings[i];
        float level = 0.1f * (float)(1 << i);
        ReferenceState reference = {0};
        *recording = (Recording){.frames = LENGTH - 100 * (size_t)i,
                                 .input = inputs[i],
                                 .target = targets[i],
                                 .knobs = {0.3f * (float)i}};
        if (i < TRAINED) {
            recording->validation = held[i];
            dataset.validation_frames += ranges_frames(&held[i]);
        }
        for (int t = 0; t < LENGTH; t++) {
            inputs[i][t] = level * (float)random_within(&random, 1.0);
            outputs[i][t] = reference_step(&network, &reference, (double)inputs[i][t],
                                           recording->knobs);
            targets[i][t] = (float)(1.1 * outputs[i][t] + random_within(&random, 0.02));
        }
    }
    model = network_model(&network, RATE);
    return model ? 0 : -1;
}

static int unmake(void **state) {
    (void)state;
    model_free(model);
    network_clear(&network);
    dataset_clear(&dataset);
    return 0;
}

// Adds the squares of recording `i`, and of what the test's own network makes of it.
static void add_range(double *error, double *energy, int i, Range range) {
    for (size_t t = range.begin; t < range.end; t++) {
        double target = (double)targets[i][t];
        *error += (target - outputs[i][t]) * (target - outputs[i][t]);
        *energy += target * target;
    }
}

static void add(double *error, double *energy, int i, const Ranges *ranges) {
    for (int k = 0; k < ranges->count; k++) {
        add_range(error, energy, i, ranges->range[k]);
    }
}

static void test_held_out(void **state) {
    (void)state;
    Validation validation;
    double error = 0.0, energy = 0.0;
    assert_int_equal(validation_init(&validation, &dataset, NULL), STATUS_OK);
    for (int i = 0; i < TRAINED; i++) {
        add(&error, &energy, i, &held[i]);
    }
    for (int round = 0; round < 2; round++) { // as well the second time
        double esr = validation_esr(&validation, model);
        assert_true(fabs(esr / (error / energy) - 1.0) < 1e-5);
    }
    const float *output = validation.output;
    for (int i = 0; i < TRAINED; i++) {
        for (size_t t = 0; t < LENGTH; t++) {
            if (ranges_hold(&held[i], t)) {
                assert_true(fabs((double)*output++ - outputs[i][t]) < 1e-5);
            }
        }
    }
    validation_clear(&validation);
}

// What is no number scores as badly as can be, and so does what cannot be played.
static void test_no_number(void **state) {
    (void)state;
    Validation validation;
    assert_int_equal(validation_init(&validation, &dataset, NULL), STATUS_OK);
    float *target = &targets[0][held[0].range[0].begin + 10], kept = *target;
    *target = NAN;
    assert_true(validation_esr(&validation, model) == INFINITY);
    *target = kept;
    memory_fail_after(0);
    assert_true(validation_esr(&validation, model) == INFINITY);
    memory_fail_after(-1);
    assert_true(isfinite(validation_esr(&validation, model)));
    validation_clear(&validation);
}

// From the first sample to the last, each with its knobs; together by their energy.
static void test_scores(void **state) {
    (void)state;
    Scores scores;
    double all_error = 0.0, all_energy = 0.0;
    assert_int_equal(scores_make(&scores, model, &dataset, NULL), STATUS_OK);
    assert_int_equal(scores.count, TESTS);
    for (int i = 0; i < TESTS; i++) {
        const Recording *recording = &dataset.recordings[TRAINED + i];
        double error = 0.0, energy = 0.0;
        add_range(&error, &energy, TRAINED + i, (Range){0, recording->frames});
        assert_ptr_equal(scores.score[i].recording, recording);
        assert_true(fabs(scores.score[i].measure.esr / (error / energy) - 1.0) < 1e-5);
        all_error += error;
        all_energy += energy;
    }
    assert_true(fabs(scores.esr / (all_error / all_energy) - 1.0) < 1e-5);
    scores_clear(&scores);
    dataset.tests = 0;
    assert_int_equal(scores_make(&scores, model, &dataset, NULL), STATUS_OK);
    assert_true(scores.count == 0 && isnan(scores.esr));
    scores_clear(&scores);
    dataset.tests = TESTS;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_held_out),
        cmocka_unit_test(test_no_number),
        cmocka_unit_test(test_scores),
    };
    return cmocka_run_group_tests(tests, make, unmake);
}
