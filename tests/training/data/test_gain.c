// SPDX-License-Identifier: ISC
// The level that recordings are brought to: one gain for each side of all that is trained on, a
// power of two, or one that undoes what a mixer did to the whole numbers of a file.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/decibels.h"
#include "dsp/base/level.h"
#include "dsp/base/random.h"
#include "tests/rig/scratch.h"
#include "tests/rig/training_data.h"
#include "training/data/dataset_read.h"
#include "training/data/gain.h"

static float input[FRAMES], target[FRAMES], scaled[FRAMES], whole[FRAMES];

static int begin(void **state) {
    make_pair(input, target);
    return scratch_begin(state);
}

static void scale(const float *samples, double gain, double offset) {
    for (int i = 0; i < FRAMES; i++) {
        scaled[i] = (float)(gain * (double)samples[i] + offset);
    }
}

static void save(const char *name, const float *samples, double gain, double offset) {
    scale(samples, gain, offset);
    scratch_audio(name, RATE, 1, scaled, FRAMES);
}

static double rms(const float *samples) {
    return sqrt(level_variance(samples, FRAMES));
}

static bool is_power_of_two(double value) {
    int exponent;
    return frexp(value, &exponent) == 0.5;
}

static Gain find(double wanted) {
    const Audio file = {.rate = RATE, .channels = 1, .frames = FRAMES, .samples = scaled};
    return gain_find(&file, 1, wanted);
}

// Nearest to what is wanted, whatever the level and the offset.
static void test_powers_of_two(void **state) {
    (void)state;
    enum { GAINS = 39 };
    for (int i = 0; i < GAINS; i++) {
        double gain = 1e-4 * pow(1.37, i);
        scale(target, gain, 3.0 * gain);
        Gain found = find(0.1);
        assert_true(found.step == 0.0 && is_power_of_two(found.factor));
        double left = found.factor * gain * rms(target) / 0.1;
        assert_true(left > sqrt(0.5) * 0.999 && left < sqrt(2.0) * 1.001);
        float before = scaled[99];
        gain_apply(&found, scaled, FRAMES);
        assert_true(scaled[99] == before * (float)found.factor);
    }
}

// Files of 16 and 24 bits: as they are they are brought up by powers of two, and after any gain
// they come out as without it, to the bit.
static void test_whole_numbers(void **state) {
    (void)state;
    static const double gains[] = {1.0, 1.0 / 256.0, 0.1, 0.0031622776601683794,
                                   3.9810717055349722};
    static const double steps[] = {32768.0, 8388608.0};
    static float usual[FRAMES];
    for (size_t s = 0; s < 2; s++) {
        for (int i = 0; i < FRAMES; i++) {
            whole[i] = (float)(rint((double)target[i] * 0.99 * steps[s]) / steps[s]);
        }
        whole[7] = (float)(1.0 / steps[s]);
        for (size_t g = 0; g < sizeof gains / sizeof *gains; g++) {
            scale(whole, gains[g], 0.0);
            Gain found = find(0.1);
            assert_true(fabs(found.step * steps[s] / gains[g] - 1.0) < 1e-7);
            assert_true(is_power_of_two(rint(found.factor * gains[g] * 1e6) / 1e6));
            gain_apply(&found, scaled, FRAMES);
            if (g == 0) {
                assert_true(is_power_of_two(found.factor));
                memcpy(usual, scaled, sizeof usual);
            }
            assert_memory_equal(scaled, usual, sizeof usual);
        }
    }
    // One sample between two steps: no whole numbers.
    scaled[FRAMES / 2] = 3.3f * scaled[7];
    assert_true(find(0.1).step == 0.0);
}

static void test_silence(void **state) {
    (void)state;
    memset(scaled, 0, sizeof scaled);
    Gain found = find(0.1);
    assert_true(found.factor == 1.0 && found.step == 0.0);
}

// Two settings of a knob, one of them soft, the other with an offset; and a test that is far
// louder and counts for nothing.
static void test_one_gain(void **state) {
    (void)state;
    static const char list[] = "input,target,split,Drive\n"
                               "dry.wav,soft.wav,,1\n"
                               "dry.wav,loud.wav,,2\n"
                               "test-dry.wav,test.wav,test,2\n";
    Dataset dataset;
    DatasetOptions options = {.threads = 1, .latency_given = true, .force = true};
    scratch_write("list.csv", list, sizeof list - 1);
    save("dry.wav", input, 0.02, 0.0);
    save("soft.wav", target, 0.001, 0.0);
    save("loud.wav", target, 0.007, 0.003);
    save("test-dry.wav", input, 2.0, 0.0);
    save("test.wav", target, 1.0, 0.0);
    const char *path = scratch_path("list.csv");
    assert_int_equal(dataset_read(&dataset, &path, 1, &options, NULL), STATUS_OK);
    const Recording *recordings = dataset.recordings;
    double in = decibels_to_amplitude(dataset.input_gain);
    double out = decibels_to_amplitude(dataset.target_gain);
    assert_true(fabs(rms(recordings[0].input) / (in * 0.02 * rms(input)) - 1.0) < 1e-6);
    assert_true(fabs(rms(recordings[2].input) / (in * 2.0 * rms(input)) - 1.0) < 1e-6);
    assert_true(fabs(log2(rms(recordings[0].input) / GAIN_INPUT)) < 0.501);
    double soft = rms(recordings[0].target), loud = rms(recordings[1].target);
    assert_true(fabs(log2((soft * soft + loud * loud) / 2.0 / pow(GAIN_TARGET, 2.0))) < 1.001);
    assert_true(fabs(loud / soft - 7.0) < 1e-4);
    assert_true(fabs(soft / (out * 0.001 * rms(target)) - 1.0) < 1e-6);
    assert_true(fabs(rms(recordings[2].target) / (out * rms(target)) - 1.0) < 1e-6);
    // Back at the recorded level, each once.
    double energy = dataset.energy;
    dataset_undo_gains(&dataset);
    assert_true(dataset.input_gain == 0.0 && dataset.target_gain == 0.0);
    assert_true(fabs(dataset.energy * out * out / energy - 1.0) < 1e-9);
    for (int i = 0; i < FRAMES; i++) {
        assert_true(fabsf(recordings[1].input[i] - 0.02f * input[i]) <= 1e-6f * fabsf(input[i]));
        float loudly = 0.007f * target[i] + 0.003f;
        assert_true(fabsf(recordings[1].target[i] - loudly) <= 1e-6f * fabsf(loudly) + 1e-9f);
        assert_true(fabsf(recordings[2].target[i] - target[i]) <= 1e-6f * fabsf(target[i]));
    }
    dataset_clear(&dataset);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_powers_of_two),
        cmocka_unit_test(test_whole_numbers),
        cmocka_unit_test(test_silence),
        cmocka_unit_test(test_one_gain),
    };
    return cmocka_run_group_tests(tests, begin, scratch_end);
}
