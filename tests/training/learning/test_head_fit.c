// SPDX-License-Identifier: ISC
// The head by least squares: it finds the head that a target was made with, and leaves what it
// cannot judge.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/memory.h"
#include "dsp/base/random.h"
#include "tests/rig/reference_network.h"
#include "training/learning/head_fit.h"

enum { RATE = 8000, FRAMES = 96000, UNITS = 2, SIZE = UNITS + 1 };

#define RIDGE 1e-2 // of the mean square of the units and of the bias's one

static const double made_with[UNITS] = {0.7, -0.4};
static const double offset = 0.3;

static float input[FRAMES], target[FRAMES];
static double equations[SIZE][SIZE + 1]; // means of products of units and one; of these and target
static Dataset dataset;
static Network network;

static int unmake(void **state) {
    (void)state;
    dataset_clear(&dataset);
    network_clear(&network);
    return 0;
}

// A network with a random head, and a recording of what it gives with the head above.
static void make(bool skip, int knobs, int layers, Range trained) {
    const NetworkShape shape = {
        .cell = LAYER_GRU, .layers = layers, .hidden = UNITS, .skip = skip, .knobs = knobs};
    Random random = {3};
    ReferenceState reference = {0};
    double head[UNITS];
    unmake(NULL);
    assert_int_equal(network_init(&network, &shape, NULL), STATUS_OK);
    assert_int_equal(dataset_room(&dataset, 1, NULL), STATUS_OK);
    network_randomise(&network, 6, 4.0);
    memcpy(head, network.head, sizeof head);
    memcpy(network.head, made_with, sizeof made_with);
    network.head_bias[0] = offset;
    dataset.rate = RATE;
    dataset.knobs = knobs;
    Recording *recording = dataset.recordings;
    *recording = (Recording){
        .frames = FRAMES, .input = input, .target = target, .knobs = {knobs ? 1.5f : 0.0f}};
    recording->training = ranges_of(trained.begin, trained.end);
    memset(equations, 0, sizeof equations);
    for (int t = 0; t < FRAMES; t++) {
        input[t] = (float)random_within(&random, 0.8);
        double y = reference_step(&network, &reference, (double)input[t], recording->knobs);
        const double seen[SIZE] = {reference.h[layers - 1][0], reference.h[layers - 1][1], 1.0};
        target[t] = (float)y;
        for (int i = 0; i < SIZE; i++) {
            for (int k = 0; k < SIZE; k++) {
                equations[i][k] += seen[i] * seen[k] / FRAMES;
            }
            equations[i][SIZE] += seen[i] * (y - (skip ? (double)input[t] : 0.0)) / FRAMES;
        }
    }
    memcpy(network.head, head, sizeof head);
    network.head_bias[0] = -5.0;
}

// By elimination: solution[SIZE] of the equations with this ridge.
static void solve(double ridge, double *solution) {
    double rows[SIZE][SIZE + 1], trace = 0.0;
    memcpy(rows, equations, sizeof rows);
    for (int i = 0; i < SIZE; i++) {
        trace += equations[i][i];
    }
    for (int i = 0; i < SIZE; i++) {
        rows[i][i] += ridge * trace / SIZE;
    }
    for (int i = 0; i < SIZE; i++) {
        for (int other = 0; other < SIZE; other++) {
            double factor = other == i ? 0.0 : rows[other][i] / rows[i][i];
            for (int k = 0; k <= SIZE; k++) {
                rows[other][k] -= factor * rows[i][k];
            }
        }
    }
    for (int i = 0; i < SIZE; i++) {
        solution[i] = rows[i][SIZE] / rows[i][i];
    }
}

// The head is that of the equations: without a ridge the one that the target was made with.
static void test_finds_the_head(void **state) {
    (void)state;
    for (int kind = 0; kind < 8; kind++) {
        double wanted[SIZE];
        make(kind & 1, kind >> 1 & 1, 1 + (kind >> 2), (Range){0, FRAMES});
        double first = network.weights[0];
        solve(0.0, wanted);
        assert_true(fabs(wanted[0] - made_with[0]) < 1e-6 && fabs(wanted[2] - offset) < 1e-6);
        solve(RIDGE, wanted);
        assert_int_equal(head_fit(&network, &dataset, NULL), STATUS_OK);
        for (int i = 0; i < SIZE; i++) {
            double found = i < UNITS ? network.head[i] : network.head_bias[0];
            if (!(fabs(found - wanted[i]) < 2e-3)) {
                fail_msg("weight %d: %.5f, not %.5f", i, found, wanted[i]);
            }
        }
        assert_true(network.weights[0] == first);
    }
}

// Too little to judge by; and what cannot be explained at all.
static void test_leaves_it(void **state) {
    (void)state;
    make(true, 0, 1, (Range){FRAMES / 2, FRAMES / 2 + 1000});
    double head = network.head[0];
    assert_int_equal(head_fit(&network, &dataset, NULL), STATUS_OK);
    assert_true(network.head[0] == head && network.head_bias[0] == -5.0);
    make(true, 0, 1, (Range){0, FRAMES});
    target[FRAMES / 2] = NAN;
    assert_int_equal(head_fit(&network, &dataset, NULL), STATUS_OK);
    assert_true(network.head[0] == head && network.head_bias[0] == -5.0);
    for (int n = 0; n < 4; n++) {
        memory_fail_after(n);
        assert_int_equal(head_fit(&network, &dataset, NULL), STATUS_NO_MEMORY);
        memory_fail_after(-1);
        assert_true(network.head[0] == head && network.head_bias[0] == -5.0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_finds_the_head, unmake),
        cmocka_unit_test_teardown(test_leaves_it, unmake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
