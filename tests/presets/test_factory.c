// SPDX-License-Identifier: ISC
// The models that Gruff comes with, whose files are the arguments: they pass their own test, say
// what they are, and are what AIDA-X loads: without our own keys they sound the same.
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include <math.h>

#include "dsp/base/random.h"
#include "dsp/files/models/model_file.h"
#include "dsp/network/engine.h"
#include "dsp/network/isa_choice.h"
#include "dsp/network/selftest.h"

enum {
    RATE = 48000,
    FRAMES = RATE / 4,
    AIDA_X_KNOBS = 2, // at most (formats of the field: in_shape up to 3)
};

// The GRUs that AIDA-X has code for.
static const int aida_x_sizes[] = {8, 12, 16, 20, 24, 32, 40, 64, 80};

static Model *parse(const char *text, const char *name) {
    Model *model = NULL;
    Diagnostic diagnostic = {""};
    if (model_file_parse(&model, text, strlen(text), name, &diagnostic) != STATUS_OK) {
        fail_msg("%s", diagnostic.text);
    }
    return model;
}

// The file with the keys of RTNeural and AIDA-X alone.
static Model *as_aida_x(const char *path) {
    json_error_t error;
    json_t *root = json_load_file(path, 0, &error);
    assert_non_null(root);
    assert_int_equal(json_object_del(root, "gruff"), 0);
    char *text = json_dumps(root, 0);
    Model *model = parse(text, path);
    free(text);
    json_decref(root);
    return model;
}

// Noise at these settings of the knobs.
static void play(const Model *model, float share, float *out) {
    Engine *engine = NULL;
    Random random = {7};
    Diagnostic diagnostic = {""};
    assert_int_equal(engine_new(&engine, model, isa_best(), 1, &diagnostic), STATUS_OK);
    for (int i = 0; i < model->knobs; i++) {
        engine_set_knob(engine, i, share);
    }
    for (int i = 0; i < FRAMES; i++) {
        out[i] = (float)random_within(&random, 0.2);
    }
    engine_run(engine, &out, (const float *const *)&out, FRAMES);
    engine_free(engine);
}

static void assert_same_sound(const Model *ours, const Model *theirs, const char *path) {
    static float a[FRAMES], b[FRAMES];
    for (int half = 0; half <= 2; half++) {
        float share = 0.5f * (float)half;
        double error = 0.0, energy = 0.0;
        play(ours, share, a);
        play(theirs, share, b);
        // They start from other states, which are forgotten.
        for (int i = FRAMES / 2; i < FRAMES; i++) {
            double difference = (double)a[i] - (double)b[i];
            error += difference * difference;
            energy += (double)a[i] * (double)a[i];
        }
        if (!(error < 1e-6 * energy)) {
            fail_msg("%s: knobs at %g: ESR %g", path, (double)share, error / energy);
        }
    }
}

static void test_aida_x(void **state) {
    const char *path = *state;
    Model *ours = NULL, *theirs = as_aida_x(path);
    Diagnostic diagnostic = {""};
    bool known = false;
    assert_int_equal(model_file_read(&ours, path, &diagnostic), STATUS_OK);
    assert_in_range(ours->knobs, 0, AIDA_X_KNOBS);
    assert_int_equal(ours->layer_count, 2);
    assert_int_equal(ours->layers[0].kind, LAYER_GRU);
    assert_int_equal(ours->layers[1].kind, LAYER_DENSE);
    assert_int_equal(ours->layers[1].activation, ACTIVATION_LINEAR);
    for (size_t i = 0; i < sizeof aida_x_sizes / sizeof *aida_x_sizes; i++) {
        known = known || ours->layers[0].outputs == aida_x_sizes[i];
    }
    assert_true(known);
    assert_int_equal(theirs->knobs, ours->knobs);
    assert_same_sound(ours, theirs, path);
    model_free(ours);
    model_free(theirs);
}

static void test_what_it_says(void **state) {
    Model *model = NULL;
    Diagnostic diagnostic = {""};
    assert_int_equal(model_file_read(&model, *state, &diagnostic), STATUS_OK);
    const ModelInfo *info = &model->info;
    assert_true(info->name[0] && info->author[0] && info->gear[0]);
    assert_string_equal(info->license, "ISC");
    assert_true(info->esr > 0.0 && info->esr < 0.03);
    assert_true(isfinite(info->loudness) && isfinite(info->input_level_dbu));
    assert_true(model->sample_rate == RATE);
    assert_in_range(model->knobs, 1, AIDA_X_KNOBS);
    for (int i = 0; i < model->knobs; i++) {
        assert_true(model->knob[i].name[0] && model->knob[i].minimum == 0.0f &&
                    model->knob[i].maximum == 1.0f);
    }
    model_free(model);
}

static void test_own_test(void **state) {
    Model *model = NULL;
    Selftest result;
    Diagnostic diagnostic = {""};
    assert_int_equal(model_file_read(&model, *state, &diagnostic), STATUS_OK);
    assert_int_equal(selftest_run(&result, model, ISA_SCALAR, &diagnostic), STATUS_OK);
    assert_true(result.frames > 0);
    assert_true(result.passed);
    model_free(model);
}

int main(int argc, char **argv) {
    int failures = argc < 2; // no model is none too few
    for (int i = 1; i < argc; i++) {
        const struct CMUnitTest tests[] = {
            cmocka_unit_test_prestate(test_own_test, argv[i]),
            cmocka_unit_test_prestate(test_what_it_says, argv[i]),
            cmocka_unit_test_prestate(test_aida_x, argv[i]),
        };
        failures += cmocka_run_group_tests_name(argv[i], tests, NULL, NULL);
    }
    return failures;
}
