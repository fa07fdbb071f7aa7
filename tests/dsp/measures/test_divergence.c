// SPDX-License-Identifier: ISC
// That models which forget are told from those that do not, on nets whose verdict is known.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/decibels.h"
#include "dsp/measures/divergence.h"
#include "tests/rig/near.h"
#include "tests/rig/sample_model.h"

static Divergence measure(Model *model, const float *knobs, DivergenceSet set) {
    Divergence divergence;
    Diagnostic diagnostic = {""};
    if (divergence_measure(&divergence, model, knobs, set, &diagnostic) != STATUS_OK) {
        fail_msg("%s", diagnostic.text);
    }
    model_free(model);
    return divergence;
}

static void expect_text(const Divergence *divergence, const char *begin, const char *within) {
    Diagnostic text;
    divergence_describe(divergence, &text);
    if (strncmp(text.text, begin, strlen(begin)) != 0 || !strstr(text.text, within)) {
        fail_msg("%s", text.text);
    }
}

// ---- Nets by hand ----

enum { UPDATE, RESET, CANDIDATE }; // the gates' order in a Model

// One unit h' = (1 - keep) tanh(weight x + loop h + bias) + keep h, which is the output.
static Model *unit(float keep, float weight, float loop, float bias) {
    Model *model = model_new();
    assert_non_null(model);
    model->sample_rate = 48000.0;
    assert_int_equal(model_add_layer(model, LAYER_GRU, ACTIVATION_TANH, 1, 1, NULL), STATUS_OK);
    assert_int_equal(model_add_layer(model, LAYER_DENSE, ACTIVATION_LINEAR, 1, 1, NULL), STATUS_OK);
    const Layer *gru = &model->layers[0];
    gru->bias[UPDATE] = logf(keep / (1.0f - keep));
    gru->bias[RESET] = 30.0f;
    gru->bias[CANDIDATE] = bias;
    gru->kernel[CANDIDATE] = weight;
    gru->recurrent_kernel[CANDIDATE] = loop;
    model->layers[1].kernel[0] = 1.0f;
    return model;
}

// Chaotic once a sample has been above `level`: unit 0 goes from -1 to 1 there and stays, and
// resets what the others remember before.
static Model *sleeper(float level) {
    enum { HIDDEN = 17 };
    Model *model = sample_model_new(HIDDEN, 1, false);
    const Layer *gru = &model->layers[0];
    for (int u = 0; u < HIDDEN; u++) {
        int update = UPDATE * HIDDEN + u, reset = RESET * HIDDEN + u;
        int candidate = CANDIDATE * HIDDEN + u;
        gru->kernel[reset] = 0.0f;
        gru->bias[reset] = u == 0 ? 30.0f : 0.0f;
        for (int from = 0; from < HIDDEN; from++) {
            bool latch = u == 0 && from == 0;
            float *loop = &gru->recurrent_kernel[candidate * HIDDEN + from];
            *loop = latch ? 20.0f : u == 0 || from == 0 ? 0.0f : 16.0f * *loop;
            gru->recurrent_kernel[reset * HIDDEN + from] = u > 0 && from == 0 ? 30.0f : 0.0f;
            gru->recurrent_kernel[update * HIDDEN + from] *= from == 0 ? 0.0f : 1.0f;
        }
    }
    gru->kernel[UPDATE * HIDDEN] = 0.0f;
    gru->bias[UPDATE * HIDDEN] = -30.0f;
    // 20 h + 16 + w x turns over at w x = 1.3, and back at -33.
    gru->kernel[CANDIDATE * HIDDEN] = 1.3f / level;
    gru->bias[CANDIDATE * HIDDEN] = 16.0f;
    gru->recurrent_bias[CANDIDATE * HIDDEN] = 0.0f;
    gru->initial_state[0] = -1.0f;
    model->layers[1].kernel[0] = 0.0f;
    return model;
}

// ---- Verdicts ----

static void test_calm(void **state) {
    (void)state;
    Divergence divergence = measure(sample_model_new(8, 1, true), NULL, DIVERGENCE_ALL);
    for (int i = 0; i < divergence.count; i++) {
        assert_true(divergence_passes(&divergence.cases[i]));
        assert_true(divergence.cases[i].left < -100.0);
    }
    assert_true(divergence_margin(&divergence) > 0.0);
    assert_true(divergence_calm_to(&divergence) == 24.0);
    expect_text(&divergence, "calm to +24 dB, and in all else", "");
}

// What is tried is what the header says: levels in their order, each kind.
static void test_cases(void **state) {
    (void)state;
    Divergence divergence = measure(sample_model_new(4, 1, true), NULL, DIVERGENCE_ALL);
    int counts[DIVERGENCE_KINDS] = {0};
    for (int i = 0; i < divergence.count; i++) {
        const DivergenceCase *one = &divergence.cases[i];
        assert_true(i == 0 || one->kind >= one[-1].kind);
        assert_true(isnan(one->fall) == (one->kind != DIVERGENCE_PAST));
        counts[one->kind]++;
    }
    assert_int_equal(counts[DIVERGENCE_GUITAR], 5);
    assert_true(divergence.cases[0].level == 0.0 && divergence.cases[4].level == 24.0);
    for (int kind = 0; kind < DIVERGENCE_KINDS; kind++) {
        assert_true(counts[kind] > 0);
    }
    divergence = measure(sample_model_new(4, 1, true), NULL, DIVERGENCE_QUICK);
    assert_true(divergence.count < 20);
    const double *hertz = divergence_worst(&divergence, DIVERGENCE_TONES)->hertz;
    assert_true(hertz[0] > 0.0 && hertz[1] > hertz[0]);
    assert_null(divergence_worst(&divergence, DIVERGENCE_PAST));
    assert_non_null(divergence_worst(&divergence, DIVERGENCE_SINE));
}

// Guitar has peaks of 1 at 0 dB, of 2 at +6 dB, of 4 at +12 dB.
static void test_calm_to_a_level(void **state) {
    (void)state;
    Divergence divergence = measure(sleeper(2.5f), NULL, DIVERGENCE_QUICK);
    const DivergenceCase *guitar = divergence.cases;
    assert_true(guitar[0].left < -100.0 && guitar[1].left < -100.0);
    for (int i = 2; i < 5; i++) {
        assert_true(guitar[i].left > -20.0);

        assert_false(divergence_passes(&guitar[i]));
    }
    assert_true(divergence_calm_to(&divergence) == 6.0);
    assert_true(divergence_margin(&divergence) < -70.0);
    expect_text(&divergence, "calm to +6 dB; not on guitar at +12 dB (-", " dB left)");
    divergence = measure(sleeper(1.5f), NULL, DIVERGENCE_QUICK);
    assert_true(divergence_calm_to(&divergence) == 0.0);
    expect_text(&divergence, "calm to +0 dB; not on guitar at +6 dB (-", " dB left)");
}

// Bistable: no click turns it over, DC of -4 does, guitar at 0 dB does not turn it back.
static void test_two_answers(void **state) {
    (void)state;
    Divergence divergence = measure(unit(1e-6f, 0.4f, 3.0f, 0.01f), NULL, DIVERGENCE_ALL);
    for (int kind = 0; kind < DIVERGENCE_PAST; kind++) {
        assert_true(divergence_passes(divergence_worst(&divergence, (DivergenceKind)kind)));
    }
    const DivergenceCase *past = divergence_worst(&divergence, DIVERGENCE_PAST);
    assert_false(divergence_passes(past));
    assert_non_null(past->past);
    assert_true(past->left > 0.0);
    assert_near(past->fall, 0.0, 0.1);
    assert_true(divergence_calm_to(&divergence) == -INFINITY);
    expect_text(&divergence, "not calm: ", " after ");
}

// Two answers in silence: the click of 1e-4 turns over what takes 6e-5, and not what takes 3e-3.
// (At this rate loud guitar ends on the side that a click can turn over.)
static void test_click(void **state) {
    (void)state;
    const float weights[] = {1e3f, 5e4f};
    for (int i = 0; i < 2; i++) {
        Model *model = unit(1e-6f, weights[i], 3.0f, 0.0f);
        model->sample_rate = 16000.0;
        Divergence divergence = measure(model, NULL, DIVERGENCE_ALL);
        double left = divergence_worst(&divergence, DIVERGENCE_SILENCE)->left;
        assert_true(i == 0 ? left < -100.0 : left > -10.0);
    }
}

// Memory that fades by 43 dB a second may be; by 9 it is too slow.
static void test_slow_memory(void **state) {
    (void)state;
    const double times[] = {0.2, 1.0};
    for (int i = 0; i < 2; i++) {
        float keep = (float)exp(-1.0 / (48000.0 * times[i]));
        Divergence divergence = measure(unit(keep, 1.0f, 0.0f, 0.0f), NULL, DIVERGENCE_ALL);
        const DivergenceCase *past = divergence_worst(&divergence, DIVERGENCE_PAST);
        assert_true(past->left > DIVERGENCE_BOUND);
        double fall = 20.0 / log(10.0) / times[i];
        assert_near(past->fall, fall, 0.2 * fall);
        assert_int_equal(divergence_passes(past), i == 0);
    }
}

// What is gone within a second does not count at all.
static void test_quick_memory(void **state) {
    (void)state;
    float keep = (float)exp(-1.0 / (48000.0 * 0.02));
    Divergence divergence = measure(unit(keep, 10.0f, 0.0f, 0.0f), NULL, DIVERGENCE_QUICK);
    for (int i = 0; i < divergence.count; i++) {
        assert_true(divergence.cases[i].left < -150.0);
    }
}

// Noise is asked for less than guitar.
static void test_bounds(void **state) {
    (void)state;
    DivergenceCase one = {.kind = DIVERGENCE_NOISE, .left = -70.0, .fall = NAN};
    assert_near(divergence_excess(&one), -10.0, 0.0);
    one.kind = DIVERGENCE_GUITAR;
    assert_near(divergence_excess(&one), 20.0, 0.0);
    one.left = -90.0;
    assert_true(divergence_passes(&one));
    one.left = NAN;
    assert_false(divergence_passes(&one));
    one = (DivergenceCase){.kind = DIVERGENCE_PAST, .left = -70.0, .fall = 19.0};
    assert_false(divergence_passes(&one));
    one.fall = 20.0;
    assert_true(divergence_passes(&one));
}

static void test_no_numbers(void **state) {
    (void)state;
    Model *model = sample_model_new(4, 1, false);
    for (int i = 0; i < 4; i++) {
        model->layers[1].kernel[i] = i % 2 ? 3e38f : -3e38f;
    }
    model->output_gain = 120.0;
    Divergence divergence = measure(model, NULL, DIVERGENCE_QUICK);
    assert_true(isnan(divergence.cases[0].left));
    assert_true(divergence_margin(&divergence) == -INFINITY);
    expect_text(&divergence, "not calm: guitar at +0 dB (no numbers)", "");
}

// ---- Knobs, rates ----

// A knob that wakes: what is calm at one end of it is not at the other.
static void test_knobs(void **state) {
    (void)state;
    float calm[] = {0.0f}, wild[] = {1.0f};
    for (int i = 0; i < 3; i++) {
        Model *model = sample_model_with_knobs_new(16, 3, 1);
        const Layer *gru = &model->layers[0];
        for (int row = 0; row < 16; row++) {
            gru->kernel[2 * (RESET * 16 + row) + 1] = 40.0f;
            gru->bias[RESET * 16 + row] = -20.0f;
            for (int from = 0; from < 16; from++) {
                gru->recurrent_kernel[(RESET * 16 + row) * 16 + from] = 0.0f;
                gru->recurrent_kernel[(CANDIDATE * 16 + row) * 16 + from] *= 16.0f;
            }
        }
        model->knob[0].initial = 0.0f;
        Divergence divergence = measure(model,
                                        i == 0   ? NULL
                                        : i == 1 ? calm
                                                 : wild,
                                        DIVERGENCE_QUICK);
        assert_int_equal(divergence_margin(&divergence) >= 0.0, i < 2);
    }
}

static void test_repeats_at_any_rate(void **state) {
    (void)state;
    const double rates[] = {0.0, 1.0, 44100.0, 1e6};
    for (int i = 0; i < 4; i++) {
        Divergence results[2];
        for (int round = 0; round < 2; round++) {
            Model *model = sample_model_new(4, 1, true);
            model->sample_rate = rates[i];
            results[round] = measure(model, NULL, DIVERGENCE_QUICK);
        }
        assert_int_equal(results[0].count, results[1].count);
        for (int k = 0; k < results[0].count; k++) {
            assert_true(results[0].cases[k].left == results[1].cases[k].left);
        }
        assert_true(divergence_margin(&results[0]) > 0.0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calm),
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_calm_to_a_level),
        cmocka_unit_test(test_two_answers),
        cmocka_unit_test(test_click),
        cmocka_unit_test(test_slow_memory),
        cmocka_unit_test(test_quick_memory),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_no_numbers),
        cmocka_unit_test(test_knobs),
        cmocka_unit_test(test_repeats_at_any_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
