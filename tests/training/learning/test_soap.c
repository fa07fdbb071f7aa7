// SPDX-License-Identifier: ISC
// The optimiser's coordinates: there and back, what they do to a covariance, what Adam gains.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/memory.h"
#include "dsp/base/random.h"
#include "training/learning/adam.h"
#include "training/learning/matrix.h"
#include "training/learning/soap.h"

enum { MOST = 4096, SIDE = 24 };

static double gradient[MOST], carried[MOST], there[MOST], back[MOST];
static ThreadPool *pool;

static int start_team(void **state) {
    (void)state;
    return thread_pool_new(&pool, 3, NULL) == STATUS_OK ? 0 : -1;
}

static int end_team(void **state) {
    (void)state;
    thread_pool_free(pool);
    return 0;
}

static void fill(Random *random, double *values, size_t count) {
    for (size_t i = 0; i < count; i++) {
        values[i] = random_normal(random);
    }
}

static double squares(const double *values, size_t count) {
    double sum = 0.0;
    for (size_t i = 0; i < count; i++) {
        sum += values[i] * values[i];
    }
    return sum;
}

static void assert_near(const double *a, const double *b, size_t count, double bound) {
    for (size_t i = 0; i < count; i++) {
        assert_true(fabs(a[i] - b[i]) <= bound);
    }
}

static void test_orthonormalise(void **state) {
    (void)state;
    static double a[SIDE * SIDE], turned[SIDE * SIDE], product[SIDE * SIDE], one[SIDE * SIDE];
    Random random = {1};
    fill(&random, a, SIDE * SIDE);
    for (int i = 0; i < SIDE; i++) { // nearly dependent rows
        a[SIDE + i] = a[i] * 3.0 + 1e-9 * a[SIDE + i];
    }
    matrix_orthonormalise(a, SIDE);
    matrix_transpose(turned, a, SIDE, SIDE);
    matrix_multiply(product, a, turned, SIDE, SIDE, SIDE);
    matrix_identity(one, SIDE);
    assert_near(product, one, SIDE * SIDE, 1e-14);
}

// Every weight of every kind of network has one place in the coordinates, and lengths stay.
static void test_there_and_back(void **state) {
    (void)state;
    Random random = {2};
    for (int cell = LAYER_GRU; cell <= LAYER_LSTM; cell++) {
        const NetworkShape shape = {
            .cell = (LayerKind)cell, .layers = 2, .hidden = 7, .knobs = 1, .skip = true};
        Network network;
        Soap soap;
        assert_int_equal(network_init(&network, &shape, NULL), STATUS_OK);
        assert_true(network.count <= MOST);
        assert_int_equal(soap_init(&soap, &network, NULL), STATUS_OK);
        fill(&random, carried, network.count);
        double before = squares(carried, network.count);
        for (long update = 1; update <= 40; update++) {
            fill(&random, gradient, network.count);
            soap_update(&soap, pool, update, gradient, carried);
        }
        assert_true(fabs(squares(carried, network.count) / before - 1.0) < 1e-12);
        soap_project(&soap, pool, there, gradient);
        assert_true(fabs(squares(there, network.count) / squares(gradient, network.count) - 1.0) <
                    1e-12);
        assert_true(fabs(there[0] - gradient[0]) > 1e-6); // it does turn
        soap_project_back(&soap, pool, back, there);
        assert_near(back, gradient, network.count, 1e-12);
        soap_restart(&soap);
        soap_project(&soap, pool, there, gradient);
        assert_near(there, gradient, network.count, 0.0);
        soap_clear(&soap);
        network_clear(&network);
    }
}

// A bowl whose axes lie across the weights: sum_k curvature[k] (axis[k] . (w - w0))^2 / 2.
typedef struct Bowl {
    size_t count;
    const double *lowest;
    double *axes; // [hidden + 1][hidden + 1] of the head, in rows
    int side;
} Bowl;

static double curvature(int axis) {
    return pow(10.0, -0.3 * axis);
}

// Gradient and height at `weights`; only the head counts.
static double fall(const Bowl *bowl, const double *weights, double *slope) {
    double height = 0.0;
    memset(slope, 0, bowl->count * sizeof *slope);
    size_t first = bowl->count - (size_t)bowl->side;
    for (int k = 0; k < bowl->side; k++) {
        const double *axis = bowl->axes + k * bowl->side;
        double along = 0.0;
        for (int i = 0; i < bowl->side; i++) {
            along += axis[i] * (weights[first + (size_t)i] - bowl->lowest[first + (size_t)i]);
        }
        height += 0.5 * curvature(k) * along * along;
        for (int i = 0; i < bowl->side; i++) {
            slope[first + (size_t)i] += curvature(k) * along * axis[i];
        }
    }
    return height;
}

static double descend(const Bowl *bowl, const Network *network, bool turned) {
    Adam adam;
    Soap soap;
    double slope[MOST], weights[MOST] = {0};
    assert_int_equal(adam_init(&adam, weights, network->count, NULL), STATUS_OK);
    assert_int_equal(soap_init(&soap, network, NULL), STATUS_OK);
    for (int i = 0; i < 100; i++) {
        fall(bowl, weights, slope);
        if (turned) {
            soap_update(&soap, pool, adam.updates + 1, slope, adam.first);
            soap_project(&soap, pool, slope, slope);
        }
        assert_true(adam_accumulate(&adam, slope));
        if (turned) {
            soap_project_back(&soap, pool, adam.step, adam.step);
        }
        adam_apply(&adam, weights, 0.1 * (1.0 - i / 100.0), 0.0);
    }
    adam_clear(&adam);
    soap_clear(&soap);
    return fall(bowl, weights, slope);
}

static void test_gains(void **state) {
    (void)state;
    const NetworkShape shape = {.cell = LAYER_GRU, .layers = 1, .hidden = 11, .skip = true};
    Network network;
    Random random = {5};
    assert_int_equal(network_init(&network, &shape, NULL), STATUS_OK);
    static double axes[12 * 12], lowest[MOST];
    fill(&random, axes, 12 * 12);
    matrix_orthonormalise(axes, 12);
    fill(&random, lowest, network.count);
    Bowl bowl = {network.count, lowest, axes, 12};
    double plain = descend(&bowl, &network, false), turned = descend(&bowl, &network, true);
    assert_true(turned < 0.01 * plain);
    network_clear(&network);
}

// The same bytes from a pool as from one thread.
static void test_teams(void **state) {
    (void)state;
    const NetworkShape shape = {
        .cell = LAYER_GRU, .layers = 2, .hidden = 9, .knobs = 2, .skip = true};
    static double other[MOST], slope[MOST];
    Network network;
    Soap alone, shared;
    ThreadPool *one;
    Random random = {7};
    assert_int_equal(thread_pool_new(&one, 1, NULL), STATUS_OK);
    assert_int_equal(network_init(&network, &shape, NULL), STATUS_OK);
    assert_int_equal(soap_init(&alone, &network, NULL), STATUS_OK);
    assert_int_equal(soap_init(&shared, &network, NULL), STATUS_OK);
    fill(&random, carried, network.count);
    memcpy(other, carried, sizeof other);
    for (long update = 1; update <= 48; update++) {
        fill(&random, slope, network.count);
        soap_update(&alone, one, update, slope, carried);
        soap_update(&shared, pool, update, slope, other);
        soap_project(&alone, one, there, slope);
        soap_project(&shared, pool, back, slope);
        assert_memory_equal(there, back, network.count * sizeof *there);
    }
    assert_memory_equal(carried, other, network.count * sizeof *other);
    assert_memory_equal(alone.state, shared.state, alone.count * sizeof *alone.state);
    soap_clear(&alone);
    soap_clear(&shared);
    network_clear(&network);
    thread_pool_free(one);
}

static void test_without_memory(void **state) {
    (void)state;
    const NetworkShape shape = {.cell = LAYER_LSTM, .layers = 2, .hidden = 3, .skip = true};
    Network network;
    Soap soap;
    assert_int_equal(network_init(&network, &shape, NULL), STATUS_OK);
    Status status = STATUS_NO_MEMORY;
    int n = 0;
    for (; n < 50 && status != STATUS_OK; n++) {
        memory_fail_after(n);
        status = soap_init(&soap, &network, NULL);
        memory_fail_after(-1);
        assert_true(status == STATUS_OK || soap.count == 0);
    }
    assert_int_equal(status, STATUS_OK);
    assert_true(n > 9);
    soap_clear(&soap);
    network_clear(&network);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_orthonormalise), cmocka_unit_test(test_there_and_back),
        cmocka_unit_test(test_gains),          cmocka_unit_test(test_teams),
        cmocka_unit_test(test_without_memory),
    };
    return cmocka_run_group_tests(tests, start_team, end_team);
}
