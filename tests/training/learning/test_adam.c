// SPDX-License-Identifier: ISC
// Adam, step by step: the length of its steps, the bound on the gradient, what a bad gradient
// leaves, the average that follows the weights.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "training/learning/adam.h"

static const double start[2] = {3.0, -2.0};
static double weights[2];
static Adam adam;

static int begin(void **state) {
    (void)state;
    memcpy(weights, start, sizeof weights);
    return adam_init(&adam, weights, 2, NULL) == STATUS_OK ? 0 : -1;
}

static int end(void **state) {
    (void)state;
    adam_clear(&adam);
    return 0;
}

static void assert_close(double value, double wanted) {
    if (!(fabs(value - wanted) <= 1e-6 * fabs(wanted))) {
        fail_msg("%.9g, not %.9g", value, wanted);
    }
}

// The moments are freed of their start from zero: each step of a gradient that stays the same is as
// long as the rate, from the first one on, however long the gradient.
static void test_steps(void **state) {
    (void)state;
    const double gradient[2] = {0.3, -2e-4};
    for (int i = 0; i < 100; i++) {
        double before[2] = {weights[0], weights[1]};
        assert_true(adam_update(&adam, weights, gradient, 0.01, 0.0));
        assert_true(fabs((before[0] - weights[0]) / 0.01 - 1.0) < 1e-3);
        assert_true(fabs((before[1] - weights[1]) / 0.01 + 1.0) < 1e-3);
    }
    assert_int_equal(adam.updates, 100);
}

// Mean over root of mean square: of a gradient that came once, 0.1 and 0.05 of which were taken
// in, and then of nothing for n updates.
static void test_moments(void **state) {
    (void)state;
    double gradient[2] = {0.5, 0.0};
    assert_true(adam_accumulate(&adam, gradient));
    gradient[0] = 0.0;
    for (int n = 2; n < 20; n++) {
        assert_true(adam_accumulate(&adam, gradient));
        double mean = 0.1 * pow(0.9, n - 1) / (1.0 - pow(0.9, n));
        double square = 0.05 * pow(0.95, n - 1) / (1.0 - pow(0.95, n));
        assert_close(adam.step[0], mean / sqrt(square));
        assert_true(adam.step[1] == 0.0);
    }
}

// A gradient longer than 1 counts as one of the same direction that is 1 long.
static void test_bound(void **state) {
    (void)state;
    const double lengths[] = {0.5, 1.0, 7000.0};
    double second[3];
    for (int i = 0; i < 3; i++) {
        const double gradient[2] = {0.6 * lengths[i], -0.8 * lengths[i]};
        adam_restart(&adam, weights);
        assert_true(adam_accumulate(&adam, gradient));
        assert_close(adam.first[1] / adam.first[0], -0.8 / 0.6);
        second[i] = sqrt(adam.second[0] + adam.second[1]);
    }
    assert_close(second[1], 2.0 * second[0]);
    assert_close(second[2], second[1]);
}

static void test_bad_gradients(void **state) {
    (void)state;
    const double good[2] = {0.1, 0.2};
    const double bad[][2] = {{NAN, 0.0}, {0.0, -INFINITY}, {1e200, 1.0}};
    assert_true(adam_update(&adam, weights, good, 0.01, 0.1));
    double kept[10];
    const double *const places[] = {weights, adam.first, adam.second, adam.average, adam.step};
    for (int i = 0; i < 5; i++) {
        memcpy(kept + 2 * i, places[i], 2 * sizeof(double));
    }
    for (int k = 0; k < 3; k++) {
        assert_false(adam_update(&adam, weights, bad[k], 0.01, 0.1));
        assert_int_equal(adam.updates, 1);
        for (int i = 0; i < 5; i++) {
            assert_memory_equal(kept + 2 * i, places[i], 2 * sizeof(double));
        }
    }
}

// Of weights that move by the same step for long the average lags 99 steps behind (a share of 0.99
// of it stays each time), and a young one less than a quarter of the way.
static void test_average(void **state) {
    (void)state;
    const double gradient[2] = {1.0, 0.0};
    double step = 0.0;
    for (int n = 1; n <= 3000; n++) {
        assert_true(adam_accumulate(&adam, gradient));
        step = adam.step[0];
        adam_apply(&adam, weights, 1e-3, 0.0);
        double lag = (adam.average[0] - weights[0]) / (1e-3 * step);
        assert_true(lag > 0.0 && (n > 50 || lag < 0.25 * n));
    }
    assert_close((adam.average[0] - weights[0]) / (1e-3 * step), 99.0);
    assert_true(adam.average[1] == start[1] && weights[1] == start[1]);
    adam_restart(&adam, weights);
    assert_memory_equal(adam.average, weights, sizeof weights);
}

// A quadratic bowl with very different curvatures; and what decays without any gradient.
static void test_bowl(void **state) {
    (void)state;
    double gradient[2];
    for (int i = 0; i < 4000; i++) {
        gradient[0] = 100.0 * (weights[0] - 1.0);
        gradient[1] = 0.01 * (weights[1] - 2.0);
        assert_true(adam_update(&adam, weights, gradient, 0.01 * (1.0 - i / 4000.0), 0.0));
    }
    assert_true(fabs(weights[0] - 1.0) < 1e-3 && fabs(weights[1] - 2.0) < 1e-2);
    assert_true(fabs(adam.average[0] - 1.0) < 1e-2);
    double before = weights[0];
    gradient[0] = gradient[1] = 0.0;
    adam_restart(&adam, weights);
    assert_true(adam_update(&adam, weights, gradient, 0.01, 0.5));
    assert_true(fabs(weights[0] / (before * 0.995) - 1.0) < 1e-12);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_steps, begin, end),
        cmocka_unit_test_setup_teardown(test_moments, begin, end),
        cmocka_unit_test_setup_teardown(test_bound, begin, end),
        cmocka_unit_test_setup_teardown(test_bad_gradients, begin, end),
        cmocka_unit_test_setup_teardown(test_average, begin, end),
        cmocka_unit_test_setup_teardown(test_bowl, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
