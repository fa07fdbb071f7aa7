// SPDX-License-Identifier: ISC
// Fourier transforms against their sum, random numbers against what is published, levels.
#include <complex.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dsp/base/fourier.h"
#include "dsp/base/level.h"
#include "dsp/base/random.h"
#include "tests/rig/near.h"

enum { LARGEST = 1000 };

static float samples[LARGEST], again[LARGEST];
static Bin bins[LARGEST / 2 + 1];

static void transforms_are_the_sum_and_undo_it(void **state) {
    (void)state;
    static const int sizes[] = {4, 6, 12, 64, 250, LARGEST, 30, 128};
    Random random = {3};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        int size = sizes[s];
        Fourier *fourier = NULL;
        assert_int_equal(fourier_new(&fourier, size, NULL), STATUS_OK);
        for (int i = 0; i < size; i++) {
            samples[i] = (float)random_within(&random, 1.0);
        }
        fourier_forward(fourier, samples, bins);
        for (int k = 0; k <= size / 2; k++) {
            double complex sum = 0.0;
            for (int i = 0; i < size; i++) {
                sum += (double)samples[i] * cexp(-2.0 * M_PI * I * ((double)k * i / size));
            }
            assert_near(bins[k].re, creal(sum), 1e-4);
            assert_near(bins[k].im, cimag(sum), 1e-4);
        }
        fourier_inverse(fourier, bins, again);
        for (int i = 0; i < size; i++) {
            assert_near(again[i], samples[i], 1e-5);
        }
        fourier_free(fourier);
    }
}

static void other_sizes_are_refused(void **state) {
    (void)state;
    static const int sizes[] = {-2, 0, 1, 2, 3, 14, 22, 1001, 1 << 25, (1 << 24) + 2};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        Fourier *fourier = NULL;
        assert_int_equal(fourier_new(&fourier, sizes[s], NULL), STATUS_BAD_ARGUMENT);
        assert_null(fourier);
    }
    fourier_free(NULL);
}

// Of one period: with a copy half a period later it adds up to 1.
static void a_hann_window_has_one_period(void **state) {
    (void)state;
    fourier_hann(samples, 100);
    assert_near(samples[0], 0.0, 0.0);
    assert_near(samples[50], 1.0, 1e-7);
    assert_near(samples[25], 0.5, 1e-7);
    for (int i = 0; i < 50; i++) {
        assert_near(samples[i] + samples[i + 50], 1.0, 1e-6);
    }
}

// The numbers that Vigna's splitmix64.c gives from 0.
static void random_numbers_are_splitmix64(void **state) {
    (void)state;
    static const uint64_t published[] = {0xe220a8397b1dcdafu, 0x6e789e6aa1b965f4u,
                                         0x06c45d188009454fu, 0xf88bb8a8724c81ecu};
    Random random = {0};
    for (int i = 0; i < 4; i++) {
        assert_true(random_bits(&random) == published[i]);
    }
}

static void random_numbers_have_their_distribution(void **state) {
    (void)state;
    enum { COUNT = 200000 };
    Random random = {1};
    double sum = 0.0, squares = 0.0, least = 1.0, most = 0.0, beyond = 0.0;
    for (int i = 0; i < COUNT; i++) {
        double u = random_uniform(&random), x = random_normal(&random);
        least = fmin(least, u);
        most = fmax(most, u);
        sum += x;
        squares += x * x;
        beyond += fabs(x) > 1.959964; // one in twenty
        assert_true(fabs(random_within(&random, 3.0)) <= 3.0);
    }
    assert_true(least >= 0.0 && least < 1e-3 && most < 1.0 && most > 0.999);
    assert_near(sum / COUNT, 0.0, 0.01); // four standard errors
    assert_near(squares / COUNT, 1.0, 0.013);
    assert_near(beyond / COUNT, 0.05, 0.002);
}

static void levels_are_peak_and_mean_square(void **state) {
    (void)state;
    const float signal[] = {0.5f, -2.0f, 1.0f, 0.0f};
    assert_true(level_peak(signal, 4) == 2.0f);
    assert_true(level_peak(signal, 0) == 0.0f);
    assert_near(level_mean_square(signal, 4), 5.25 / 4.0, 1e-12);
    assert_true(level_mean_square(signal, 0) == 0.0);
}

static void the_loudest_stretch_is_found(void **state) {
    (void)state;
    const float signal[] = {0.0f, 3.0f, -2.0f, 2.0f, 0.0f, 3.0f, 2.0f, -2.0f, 0.0f};
    assert_int_equal(level_loudest(signal, 9, 3, 1), 1); // the first of two
    assert_int_equal(level_loudest(signal, 9, 3, 5), 5);
    assert_int_equal(level_loudest(signal, 9, 1, 5), 5);
    assert_int_equal(level_loudest(signal, 9, 9, 9), 0);
    assert_int_equal(level_loudest(signal, 2, 3, 1), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transforms_are_the_sum_and_undo_it),
        cmocka_unit_test(other_sizes_are_refused),
        cmocka_unit_test(a_hann_window_has_one_period),
        cmocka_unit_test(random_numbers_are_splitmix64),
        cmocka_unit_test(random_numbers_have_their_distribution),
        cmocka_unit_test(levels_are_peak_and_mean_square),
        cmocka_unit_test(the_loudest_stretch_is_found),
    };
    return cmocka_run_group_tests_name("fourier", tests, NULL, NULL);
}
