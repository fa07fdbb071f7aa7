// SPDX-License-Identifier: ISC
// What models make of sines, on models whose figures are known.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dsp/measures/sines.h"
#include "tests/rig/sample_model.h"

// ---- Models that are known ----

// y = |x|: as nonlinear as can be, and every harmonic of a sine is known.
static Model *rectifier(void) {
    Model *model = model_new();
    assert_non_null(model);
    model->sample_rate = 48000.0;
    assert_int_equal(model_add_layer(model, LAYER_DENSE, ACTIVATION_RELU, 1, 2, NULL), STATUS_OK);
    assert_int_equal(model_add_layer(model, LAYER_DENSE, ACTIVATION_LINEAR, 2, 1, NULL), STATUS_OK);
    model->layers[0].kernel[0] = 1.0f;
    model->layers[0].kernel[1] = -1.0f;
    model->layers[1].kernel[0] = model->layers[1].kernel[1] = 1.0f;
    return model;
}

// ---- Sines ----

static void test_linear(void **state) {
    (void)state;
    SineLevels levels;
    SineAliasing aliasing;
    Model *model = sample_gain_new(-6.0);
    assert_int_equal(sines_levels(&levels, model, 0.0, 1000.0, NULL), STATUS_OK);
    assert_true(fabs(levels.hertz - 1000.0) < 48000.0 / SINES_SIZE);
    for (int i = 0; i < SINES_LEVELS; i++) {
        assert_true(fabs(levels.output[i] - levels.input[i] + 6.0) < 1e-3);
    }
    assert_true(levels.input[0] == -60.0 && levels.input[SINES_LEVELS - 1] == 0.0);
    assert_int_equal(sines_aliasing(&aliasing, model, 0.0, NULL), STATUS_OK);
    assert_true(aliasing.ratio < -100.0);
    for (int i = 0; i < aliasing.tones; i++) {
        assert_true(aliasing.full[i] < -100.0 && aliasing.soft[i] < -100.0);
    }
    assert_true(aliasing.hertz[0] > 990.0 && aliasing.hertz[aliasing.tones - 1] > 5990.0);
    model->skip = false; // silence has nothing inharmonic in it
    assert_int_equal(sines_aliasing(&aliasing, model, 0.0, NULL), STATUS_OK);
    assert_true(aliasing.ratio == SINES_FLOOR);
    model_free(model);
}

// Inharmonic to harmonic power of a rectified sine of `hertz`, in dB, from its Fourier series:
// harmonic 2m has the amplitude 4 / (pi (4 m^2 - 1)); those above half the rate are aliases.
static double rectified(double hertz) {
    double below = 0.0, above = 0.0;
    for (int m = 1; m < 4000; m++) {
        double amplitude = 4.0 / (M_PI * (4.0 * m * m - 1.0));
        *(2.0 * m * hertz < 24000.0 ? &below : &above) += amplitude * amplitude;
    }
    return 10.0 * log10(above / below);
}

static void test_rectifier(void **state) {
    (void)state;
    SineAliasing aliasing;
    Model *model = rectifier();
    assert_int_equal(sines_aliasing(&aliasing, model, 0.0, NULL), STATUS_OK);
    for (int i = 0; i < aliasing.tones; i++) {
        assert_true(fabs(aliasing.full[i] - rectified(aliasing.hertz[i])) < 0.5);
        assert_true(fabs(aliasing.soft[i] - aliasing.full[i]) < 0.5);
    }
    assert_true(aliasing.ratio > -50.0 && aliasing.ratio < -20.0);
    // The tone that is shown in full: the second harmonic, and nothing at the sine itself.
    int sine = (int)lround(aliasing.hertz[aliasing.shown] / aliasing.bin);
    double second = 20.0 * log10(4.0 / (3.0 * M_PI));
    assert_true(fabs(aliasing.harmonic[2 * sine] - second) < 0.1);
    assert_true(aliasing.harmonic[sine] < -100.0);
    assert_true(isnan(aliasing.harmonic[sine + 1]) && isnan(aliasing.other[sine]));
    assert_true(isnan(aliasing.other[0]) && isnan(aliasing.harmonic[0]));
    model_free(model);
}

// A model that does not tell its rate is taken to have that of the recordings.
static void test_rates(void **state) {
    (void)state;
    SineAliasing aliasing;
    Model *model = rectifier();
    model->sample_rate = 0.0;
    assert_int_equal(sines_aliasing(&aliasing, model, 8000.0, NULL), STATUS_OK);
    assert_true(aliasing.bin == 8000.0 / SINES_SIZE);
    assert_true(aliasing.hertz[aliasing.tones - 1] < 0.41 * 8000.0);
    model_free(model);
}

// A sine, and a constant that comes up in so many frames: once it is there it is no more than DC.
static void test_settled(void **state) {
    (void)state;
    enum { FRAMES = 1500 };
    double keep = exp(-1.0 / FRAMES);
    SineAliasing aliasing;
    Model *model = model_new();
    assert_int_equal(model_add_layer(model, LAYER_GRU, ACTIVATION_LINEAR, 1, 1, NULL), STATUS_OK);
    assert_int_equal(model_add_layer(model, LAYER_DENSE, ACTIVATION_LINEAR, 1, 1, NULL), STATUS_OK);
    model->sample_rate = 48000.0;
    model->skip = true;
    model->layers[0].bias[0] = (float)log(keep / (1.0 - keep)); // the update gate: h' = keep h
    model->layers[0].bias[2] = 1.0f;
    model->layers[1].kernel[0] = 1.0f;
    assert_int_equal(sines_aliasing(&aliasing, model, 0.0, NULL), STATUS_OK);
    assert_true(aliasing.ratio < -90.0); // 16384 frames: a rest of -95 dB
    model_free(model);
}

// ---- The map ----

static SineMap map_of(Model *model, double rate) {
    SineMap map;
    assert_int_equal(sines_map(&map, model, rate, NULL), STATUS_OK);
    model_free(model);
    return map;
}

static void expect_words(const SineMap *map, const char *words) {
    Diagnostic text;
    sines_map_describe(map, &text);
    assert_string_equal(text.text, words);
}

// Of all power, not of the harmonic: rectified() / (1 + rectified()).
static void test_map(void **state) {
    (void)state;
    SineMap map = map_of(rectifier(), 0.0);
    double sum = 0.0;
    int count = 0;
    assert_true(map.level[0] == -40.0 && map.level[4] == -20.0 && map.level[8] == 0.0);
    assert_true(fabs(map.hertz[0] - 40.0) < 3.0);
    assert_true(fabs(map.hertz[SINES_MAP_TONES - 1] - 8000.0) < 3.0);
    for (int i = 0; i < SINES_MAP_TONES; i++) {
        assert_true(i == 0 || map.hertz[i] > map.hertz[i - 1]);
        double ratio = pow(10.0, rectified(map.hertz[i]) / 10.0);
        double expected = 10.0 * log10(ratio / (1.0 + ratio));
        for (int k = 0; k < SINES_MAP_LEVELS; k++) {
            assert_true(fabs(map.inharmonic[k][i] - expected) < 0.7);
        }
        if (map.hertz[i] > 450.0 && map.hertz[i] < 5100.0) {
            sum += expected;
            count++;
        }
    }
    assert_true(fabs(map.loud - sum / count) < 0.5 && fabs(map.soft - map.loud) < 0.5);
    map = map_of(rectifier(), 8000.0);
    assert_true(map.hertz[SINES_MAP_TONES - 1] > 7900.0); // the model's own rate counts
}

// A rectifier that begins at 0.3: a sine of -20 dB does not reach it.
static void test_map_levels(void **state) {
    (void)state;
    Model *model = rectifier();
    model->skip = true;
    model->layers[0].bias[0] = model->layers[0].bias[1] = -0.3f;
    SineMap map = map_of(model, 0.0);
    assert_true(map.soft < -100.0 && map.loud > -60.0);
}

static void test_map_in_words(void **state) {
    (void)state;
    SineMap map = map_of(sample_gain_new(-6.0), 0.0);
    assert_true(map.loud < -100.0 && map.soft < -100.0);
    map.loud = -80.0;
    map.soft = -79.0;
    expect_words(&map, "none at 0 dB (-80 dB), little at -20 dB (-79 dB)");
    map.loud = -39.0;
    map.soft = -59.0;
    expect_words(&map, "strong at 0 dB (-39 dB), some at -20 dB (-59 dB)");
    // Silence has nothing inharmonic in it; what gives no numbers has nothing else.
    Model *model = sample_gain_new(0.0);
    model->skip = false;
    map = map_of(model, 0.0);
    assert_true(map.loud == SINES_FLOOR);
    model = sample_gain_new(120.0);
    model->layers[1].kernel[0] = 3e38f;
    map = map_of(model, 0.0);
    assert_true(map.loud == 0.0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_linear),       cmocka_unit_test(test_rectifier),
        cmocka_unit_test(test_rates),        cmocka_unit_test(test_settled),
        cmocka_unit_test(test_map),          cmocka_unit_test(test_map_levels),
        cmocka_unit_test(test_map_in_words),
    };
    return cmocka_run_group_tests_name("sines", tests, NULL, NULL);
}
