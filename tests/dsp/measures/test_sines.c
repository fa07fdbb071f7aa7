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

static SineSpectrum spectrum_of(const Model *model, double rate, double hertz) {
    SineSpectrum spectrum;
    assert_int_equal(sines_spectrum(&spectrum, model, rate, hertz, NULL), STATUS_OK);
    return spectrum;
}

// Inharmonic to harmonic power, in dB.
static double ratio_of(const SineSpectrum *spectrum) {
    double harmonic = 0.0, other = 0.0;
    for (int k = 1; k < SINES_BINS; k++) {
        bool among = !isnan(spectrum->harmonic[k]);
        assert_true(among == isnan(spectrum->other[k]));
        *(among ? &harmonic
                : &other) += pow(10.0, (among ? spectrum->harmonic[k] : spectrum->other[k]) / 10.0);
    }
    assert_true(isnan(spectrum->other[0]) && isnan(spectrum->harmonic[0]));
    return 10.0 * log10(other / harmonic);
}

static void test_linear(void **state) {
    (void)state;
    SineLevels levels;
    Model *model = sample_gain_new(-6.0);
    assert_int_equal(sines_levels(&levels, model, 0.0, 1000.0, NULL), STATUS_OK);
    assert_true(fabs(levels.hertz - 1000.0) < 48000.0 / SINES_SIZE);
    for (int i = 0; i < SINES_LEVELS; i++) {
        assert_true(fabs(levels.output[i] - levels.input[i] + 6.0) < 1e-3);
    }
    assert_true(levels.input[0] == -60.0 && levels.input[SINES_LEVELS - 1] == 0.0);
    SineSpectrum spectrum = spectrum_of(model, 0.0, 1000.0);
    assert_true(ratio_of(&spectrum) < -100.0);
    assert_true(fabs(spectrum.harmonic[lround(spectrum.hertz / spectrum.bin)] + 6.0) < 1e-3);
    model->skip = false; // silence
    spectrum = spectrum_of(model, 0.0, 1000.0);
    for (int k = 1; k < SINES_BINS; k++) {
        assert_true(spectrum.harmonic[k] == SINES_FLOOR || spectrum.other[k] == SINES_FLOOR);
    }
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
    Model *model = rectifier();
    for (int i = 0; i < 10; i++) {
        double hertz = 1000.0 * pow(1.2, i);
        SineSpectrum spectrum = spectrum_of(model, 0.0, hertz);
        assert_true(fabs(spectrum.hertz - hertz) <= 48000.0 / SINES_SIZE);
        assert_true(fabs(ratio_of(&spectrum) - rectified(spectrum.hertz)) < 0.5);
        // The second harmonic, and nothing at the sine itself.
        int sine = (int)lround(spectrum.hertz / spectrum.bin);
        double second = 20.0 * log10(4.0 / (3.0 * M_PI));
        assert_true(fabs(spectrum.harmonic[2 * sine] - second) < 0.1);
        assert_true(spectrum.harmonic[sine] < -100.0);
        assert_true(isnan(spectrum.harmonic[sine + 1]) && isnan(spectrum.other[sine]));
    }
    model_free(model);
}

// A model that does not tell its rate is taken to have that of the recordings.
static void test_rates(void **state) {
    (void)state;
    Model *model = rectifier();
    model->sample_rate = 0.0;
    SineSpectrum spectrum = spectrum_of(model, 8000.0, 1000.0);
    assert_true(spectrum.bin == 8000.0 / SINES_SIZE);
    assert_true(fabs(spectrum.hertz - 1000.0) <= 8000.0 / SINES_SIZE); // an odd number of periods
    model_free(model);
}

// A sine, and a constant that comes up in so many frames: once it is there it is no more than DC.
static void test_settled(void **state) {
    (void)state;
    enum { FRAMES = 1500 };
    double keep = exp(-1.0 / FRAMES);
    Model *model = model_new();
    assert_int_equal(model_add_layer(model, LAYER_GRU, ACTIVATION_LINEAR, 1, 1, NULL), STATUS_OK);
    assert_int_equal(model_add_layer(model, LAYER_DENSE, ACTIVATION_LINEAR, 1, 1, NULL), STATUS_OK);
    model->sample_rate = 48000.0;
    model->skip = true;
    model->layers[0].bias[0] = (float)log(keep / (1.0 - keep)); // the update gate: h' = keep h
    model->layers[0].bias[2] = 1.0f;
    model->layers[1].kernel[0] = 1.0f;
    SineSpectrum spectrum = spectrum_of(model, 0.0, 1000.0);
    assert_true(ratio_of(&spectrum) < -90.0); // 16384 frames: a rest of -95 dB
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
    Model *slow = rectifier();
    slow->sample_rate = 0.0;
    map = map_of(slow, 8000.0);
    assert_true(fabs(map.hertz[SINES_MAP_TONES - 1] - 0.4 * 8000.0) < 1.0);
}

// Oversampled, only those harmonics fold back that are above half of the higher rate, and of those
// only the ones that come below half of the model's.
static double rectified_oversampled(double hertz, int factor) {
    double rate = 48000.0 * factor, harmonic = 0.0, other = 0.0;
    for (int m = 1; m < 40000; m++) {
        double amplitude = 4.0 / (M_PI * (4.0 * m * m - 1.0));
        double folded = fmod(2.0 * m * hertz, rate);
        folded = folded > rate / 2.0 ? rate - folded : folded;
        if (folded < 24000.0) {
            *(2.0 * m * hertz < rate / 2.0 ? &harmonic : &other) += amplitude * amplitude;
        }
    }
    return 10.0 * log10(other / (harmonic + other));
}

static void test_map_oversampled(void **state) {
    (void)state;
    SineMap map = map_of(rectifier(), 0.0);
    for (int f = 0; f < SINES_FACTORS; f++) {
        double sum = 0.0;
        int count = 0;
        assert_int_equal(map.oversampled[f].factor, 2 << f);
        for (int i = 0; i < SINES_MAP_TONES; i++) {
            if (map.hertz[i] > 450.0 && map.hertz[i] < 5100.0) {
                sum += rectified_oversampled(map.hertz[i], 2 << f);
                count++;
            }
        }
        assert_true(fabs(map.oversampled[f].loud - sum / count) < 1.0);
        assert_true(fabs(map.oversampled[f].soft - map.oversampled[f].loud) < 0.5);
    }
}

// A rectifier that begins at 0.3: a sine of -20 dB does not reach it.
static void test_map_levels(void **state) {
    (void)state;
    Model *model = rectifier();
    model->skip = true;
    model->layers[0].bias[0] = model->layers[0].bias[1] = -0.3f;
    SineMap map = map_of(model, 0.0);
    assert_true(map.soft < -100.0 && map.loud > -60.0);
    assert_true(map.oversampled[0].soft < -100.0 && map.oversampled[0].loud > -80.0);
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
        cmocka_unit_test(test_linear),
        cmocka_unit_test(test_rectifier),
        cmocka_unit_test(test_rates),
        cmocka_unit_test(test_settled),
        cmocka_unit_test(test_map),
        cmocka_unit_test(test_map_levels),
        cmocka_unit_test(test_map_oversampled),
        cmocka_unit_test(test_map_in_words),
    };
    return cmocka_run_group_tests_name("sines", tests, NULL, NULL);
}
