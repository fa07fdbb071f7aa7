// SPDX-License-Identifier: ISC
// What is put together from the measures: knobs, and what the file is to say.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/measures/behaviour.h"
#include "tests/rig/near.h"
#include "tests/rig/sample_model.h"

static Behaviour measure(Model *model) {
    Behaviour behaviour;
    Diagnostic diagnostic = {""};
    if (behaviour_measure(&behaviour, model, &diagnostic) != STATUS_OK) {
        fail_msg("%s", diagnostic.text);
    }
    model_free(model);
    return behaviour;
}

// ---- Knobs ----

// Chaotic where its knob is above `from`, and forgetful below. (Without the knob, see
// test_divergence.)
static Model *with_knob(float from) {
    enum { RESET = 1, CANDIDATE = 2, HIDDEN = 16 };
    Model *model = sample_model_with_knobs_new(HIDDEN, 3, 1);
    const Layer *gru = &model->layers[0];
    for (int row = 0; row < HIDDEN; row++) {
        gru->kernel[2 * (RESET * HIDDEN + row) + 1] = 60.0f;
        gru->bias[RESET * HIDDEN + row] = -60.0f * from;
        for (int to = 0; to < HIDDEN; to++) {
            gru->recurrent_kernel[(RESET * HIDDEN + row) * HIDDEN + to] = 0.0f;
            gru->recurrent_kernel[(CANDIDATE * HIDDEN + row) * HIDDEN + to] *= 16.0f;
        }
    }
    model->knob[0].initial = 0.25f;
    return model;
}

static void test_knobs_at_their_ends(void **state) {
    (void)state;
    Behaviour calm = measure(with_knob(1.5f)), wild = measure(with_knob(0.5f));
    assert_true(divergence_margin(&calm.divergence) > 0.0);
    assert_true(divergence_margin(&wild.divergence) < -20.0);
}

static void test_merge(void **state) {
    (void)state;
    Divergence one = {.count = 2}, other = {.count = 2};
    for (int i = 0; i < 2; i++) {
        one.cases[i] = (DivergenceCase){.level = 6.0 * i, .left = -120.0 + 100.0 * i, .fall = NAN};
        other.cases[i] = (DivergenceCase){.level = 6.0 * i, .left = -50.0, .fall = NAN};
    }
    divergence_merge(&one, &other);
    assert_near(one.cases[0].left, -50.0, 0.0);
    assert_near(one.cases[1].left, -20.0, 0.0);
}

// ---- The record ----

static void test_record(void **state) {
    (void)state;
    Behaviour behaviour = measure(sample_gain_new(-6.0));
    ModelBehaviour record;
    behaviour_record(&record, &behaviour);
    assert_true(record.known && record.calm && record.steady);
    assert_near(record.calm_to, 24.0, 0.0);
    assert_near(record.gain, -6.0, 0.0);
    assert_near(record.aliasing_loud, behaviour.aliasing.loud, 0.051);
    assert_near(record.aliasing_soft, behaviour.aliasing.soft, 0.051);
    assert_string_equal(record.calm_verdict, "calm to +24 dB");
    assert_string_equal(record.levels_verdict, "gain -6.0 dB, steady from -60 to +24 dB");
    // As if louder guitar and noise were not forgotten.
    for (int i = 0; i < behaviour.divergence.count; i++) {
        DivergenceCase *one = &behaviour.divergence.cases[i];
        one->left = one->kind == DIVERGENCE_NOISE                          ? -59.04
                    : one->kind == DIVERGENCE_GUITAR && one->level >= 18.0 ? -30.0 - one->level
                                                                           : -150.0;
    }
    behaviour_record(&record, &behaviour);
    assert_false(record.calm);
    assert_near(record.calm_to, 12.0, 0.0);
    assert_near(record.guitar[2], -150.0, 0.0);
    assert_near(record.guitar[4], -54.0, 0.0);
    assert_near(record.noise[1], -59.0, 0.0);
    assert_string_equal(record.calm_verdict, "calm to +12 dB; not on louder guitar, noise");
    behaviour.divergence.cases[0].left = NAN;
    behaviour_record(&record, &behaviour);
    assert_true(isnan(record.calm_to) && isnan(record.guitar[0]));
    assert_string_equal(record.calm_verdict, "not calm on guitar at 0 dB, nor on noise");
}

// The longest verdict is whole.
static void test_longest(void **state) {
    (void)state;
    Divergence all = {.count = DIVERGENCE_KINDS};
    Diagnostic text;
    for (int kind = 0; kind < DIVERGENCE_KINDS; kind++) {
        all.cases[kind] = (DivergenceCase){.kind = (DivergenceKind)kind,
                                           .level = kind == DIVERGENCE_PAST ? -INFINITY : 12.0,
                                           .past = "DC",
                                           .left = 0.0,
                                           .fall = NAN};
    }
    divergence_summarise(&all, &text);
    assert_true(strlen(text.text) < MODEL_TEXT);
    assert_non_null(strstr(text.text, "silence, what comes after loud sound"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_knobs_at_their_ends),
        cmocka_unit_test(test_merge),
        cmocka_unit_test(test_record),
        cmocka_unit_test(test_longest),
    };
    return cmocka_run_group_tests_name("behaviour", tests, NULL, NULL);
}
