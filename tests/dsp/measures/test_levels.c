// SPDX-License-Identifier: ISC
// What models make of soft and loud, on models whose curve is known.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/decibels.h"
#include "dsp/measures/levels.h"
#include "tests/rig/near.h"
#include "tests/rig/sample_model.h"

static Levels measure(Model *model) {
    Levels levels;
    Diagnostic diagnostic = {""};
    if (levels_measure(&levels, model, 48000.0, &diagnostic) != STATUS_OK) {
        fail_msg("%s", diagnostic.text);
    }
    model_free(model);
    return levels;
}

static void expect_text(const Levels *levels, const char *part) {
    Diagnostic text;
    levels_describe(levels, &text);
    if (!strstr(text.text, part)) {
        fail_msg("%s", text.text);
    }
}

// Two units of `activation` and what they add up to: without memory.
static Model *curve(Activation activation, const float kernel[2], const float bias[2],
                    const float gain[2]) {
    Model *model = model_new();
    assert_non_null(model);
    assert_int_equal(model_add_layer(model, LAYER_DENSE, activation, 1, 2, NULL), STATUS_OK);
    assert_int_equal(model_add_layer(model, LAYER_DENSE, ACTIVATION_LINEAR, 2, 1, NULL), STATUS_OK);
    memcpy(model->layers[0].kernel, kernel, 2 * sizeof *kernel);
    memcpy(model->layers[0].bias, bias, 2 * sizeof *bias);
    memcpy(model->layers[1].kernel, gain, 2 * sizeof *gain);
    return model;
}

// ---- Models ----

static void test_amplifier(void **state) {
    (void)state;
    Levels levels = measure(sample_gain_new(-6.0));
    for (int i = 0; i < LEVELS_COUNT; i++) {
        assert_near(levels.input[i], -60.0 + 3.0 * i, 0.0);
        assert_near(levels.sine.output[i], levels.input[i] - 6.0, 0.01);
    }
    assert_near(levels.input[LEVELS_COUNT - 1], 24.0, 0.0);
    assert_near(levels.gain, -6.0, 0.01);
    assert_near(levels.guitar.output[0] - levels.guitar.output[20], -60.0, 0.01);
    assert_near(levels.guitar.hole, 0.0, 0.0);
    assert_near(levels.guitar.jump, 3.0, 0.01);
    assert_true(levels_pass(&levels));
    expect_text(&levels, "gain -6.0 dB, steady from -60 to +24 dB");
}

// Two tanh that cancel for all that is loud: the output falls to nothing.
static void test_hole(void **state) {
    (void)state;
    Levels levels = measure(curve(ACTIVATION_TANH, (float[]){10.0f, 5.0f}, (float[]){0.0f, 0.0f},
                                  (float[]){1.0f, -1.0f}));
    assert_false(levels_pass(&levels));
    assert_true(levels.sine.hole > LEVELS_HOLE);
    assert_near(levels.sine.hole_at, 24.0, 0.0); // deepest where it is loudest
    assert_near(levels.sine.output[0], -60.0 + 20.0 * log10(5.0), 0.1);
    expect_text(&levels, "a sine falls by ");
    expect_text(&levels, "at +24 dB");
}

// Nothing up to 0.2, and all that is above.
static void test_jump(void **state) {
    (void)state;
    Levels levels = measure(curve(ACTIVATION_RELU, (float[]){1.0f, -1.0f}, (float[]){-0.2f, -0.2f},
                                  (float[]){1.0f, -1.0f}));
    assert_false(levels_pass(&levels));
    assert_near(levels.sine.jump_at, -12.0, 0.0); // the first peak above it: 0.25
    assert_near(levels.sine.hole, 0.0, 0.0);
    expect_text(&levels, "a sine jumps by ");
    expect_text(&levels, "at -12 dB");
}

// Two units that drive each other, and the input beside them.
static void test_limit_cycle(void **state) {
    (void)state;
    for (int cycling = 0; cycling < 2; cycling++) {
        Model *model = model_new();
        assert_non_null(model);
        assert_int_equal(model_add_layer(model, LAYER_GRU, ACTIVATION_TANH, 1, 2, NULL), STATUS_OK);
        assert_int_equal(model_add_layer(model, LAYER_DENSE, ACTIVATION_LINEAR, 2, 1, NULL),
                         STATUS_OK);
        const Layer *gru = &model->layers[0];
        for (int u = 0; u < 2; u++) {
            gru->bias[u] = 2.0f;      // update
            gru->bias[2 + u] = 10.0f; // reset
            gru->bias[4 + u] = u ? 0.0f : 0.01f;
            gru->recurrent_kernel[(4 + u) * 2 + u] = cycling ? 1.5f : 0.5f;
        }
        gru->recurrent_kernel[4 * 2 + 1] = 1.0f;
        gru->recurrent_kernel[5 * 2 + 0] = -1.0f;
        model->layers[1].kernel[0] = 0.01f;
        model->skip = true;
        Levels levels = measure(model);
        assert_int_equal(levels_pass(&levels), !cycling);
        assert_int_equal(levels.rest > -60.0, cycling);
        if (cycling) {
            expect_text(&levels, "silence goes on at -");
        }
    }
}

static void test_no_numbers(void **state) {
    (void)state;
    Model *model = sample_gain_new(120.0);
    model->layers[1].kernel[0] = 3e38f;
    Levels levels = measure(model);
    assert_false(levels_pass(&levels));
    expect_text(&levels,
                "a sine gives no numbers, guitar gives no numbers, silence gives no numbers");
    Diagnostic text;
    levels_describe(&levels, &text);
    assert_null(strstr(text.text, "gain"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_amplifier),  cmocka_unit_test(test_hole),
        cmocka_unit_test(test_jump),       cmocka_unit_test(test_limit_cycle),
        cmocka_unit_test(test_no_numbers),
    };
    return cmocka_run_group_tests_name("levels", tests, NULL, NULL);
}
