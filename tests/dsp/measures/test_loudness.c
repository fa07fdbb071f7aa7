// SPDX-License-Identifier: ISC
// The loudness of models: its standard input, and what does and does not count.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dsp/base/fourier.h"
#include "dsp/base/memory.h"
#include "dsp/measures/loudness.h"
#include "tests/rig/near.h"
#include "tests/rig/sample_model.h"

enum { SPECTRUM = 480000 }; // frames

static double rms(const float *samples, size_t frames) {
    double sum = 0.0;
    for (size_t i = 0; i < frames; i++) {
        sum += (double)samples[i] * (double)samples[i];
    }
    return 10.0 * log10(sum / (double)frames);
}

static void test_loudness(void **state) {
    (void)state;
    enum { LENGTH = 3 * 48000 };
    float *input = memory_new(LENGTH, sizeof *input);
    loudness_input(input, LENGTH, 48000.0);
    assert_true(fabs(rms(input, LENGTH) - LOUDNESS_INPUT) < 1e-4);
    // A gain moves the loudness by itself, DC does nothing to it.
    double flat, loud, shifted;
    Model *model = sample_gain_new(0.0);
    assert_int_equal(loudness_measure(&flat, model, NULL), STATUS_OK);
    assert_true(fabs(flat - rms(input + 24000, LENGTH - 24000)) < 0.01);
    model->layers[1].bias[0] = 0.5f;
    assert_int_equal(loudness_measure(&shifted, model, NULL), STATUS_OK);
    assert_true(fabs(shifted - flat) < 1e-4);
    model_free(model);
    model = sample_gain_new(-7.5);
    assert_int_equal(loudness_measure(&loud, model, NULL), STATUS_OK);
    assert_true(fabs(loud - flat + 7.5) < 1e-4);
    model->skip = false; // nothing comes out
    assert_int_equal(loudness_measure(&loud, model, NULL), STATUS_OK);
    assert_true(isnan(loud));
    model_free(model);
    // The standard does not depend on the rate.
    float *coarse = memory_new(LENGTH, sizeof *coarse);
    loudness_input(coarse, 3 * 8000, 8000.0);
    assert_true(fabs(rms(coarse, 3 * 8000) - LOUDNESS_INPUT) < 1e-4);
    memory_free(coarse);
    memory_free(input);
}

// The power of `input` from `low` to `high` Hz, over all of it.
static double band(const Bin *bins, double width, double low, double high) {
    double power = 0.0, all = 0.0;
    for (int k = 1; k < SPECTRUM / 2; k++) {
        double one = (double)bins[k].re * (double)bins[k].re +
                     (double)bins[k].im * (double)bins[k].im;
        all += one;
        power += k * width >= low && k * width < high ? one : 0.0;
    }
    return power / all;
}

// What the filters that loudness.h names, fed with white noise, let through, as analog ones would.
static double theory(double low, double high) {
    double power = 0.0, all = 0.0;
    for (int hertz = 1; hertz < 24000; hertz++) {
        double f = hertz, one = f * f / (f * f + 100.0 * 100.0);
        one *= 1.0 / (1.0 + f * f / (400.0 * 400.0)) / (1.0 + f * f / (2500.0 * 2500.0));
        all += one;
        power += f >= low && f < high ? one : 0.0;
    }
    return power / all;
}

static void test_spectrum(void **state) {
    (void)state;
    static const double edges[] = {50.0, 100.0, 200.0, 400.0, 800.0, 1600.0, 3200.0};
    static float input[SPECTRUM];
    static Bin bins[SPECTRUM / 2 + 1];
    Fourier *fourier = NULL;
    assert_int_equal(fourier_new(&fourier, SPECTRUM, NULL), STATUS_OK);
    loudness_input(input, SPECTRUM, 48000.0);
    fourier_forward(fourier, input, bins);
    for (int i = 0; i + 1 < (int)(sizeof edges / sizeof *edges); i++) {
        double found = band(bins, 48000.0 / SPECTRUM, edges[i], edges[i + 1]);
        // The lowest band has 500 bins: a standard error of 0.2 dB.
        assert_near(10.0 * log10(found / theory(edges[i], edges[i + 1])), 0.0, 0.6);
    }
    fourier_free(fourier);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_loudness),
        cmocka_unit_test(test_spectrum),
    };
    return cmocka_run_group_tests_name("loudness", tests, NULL, NULL);
}
