// SPDX-License-Identifier: ISC
// What SOAP's coordinates are: the eigenvectors of both covariances of each matrix of weights, of
// all gradients so far at first and then of the last few; and that a learner steps in them.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/random.h"
#include "tests/rig/largest.h"
#include "tests/rig/training_data.h"
#include "training/learning/learner.h"
#include "training/learning/matrix.h"

enum { MOST = 256, SIDE = 8, SEGMENT = 64 };

static const NetworkShape shape = {.cell = LAYER_GRU, .layers = 1, .hidden = 4, .skip = true};

static double gradient[MOST], carried[MOST], turned[MOST];
static ThreadPool *pool;
static Network network;
static Soap soap;

static int begin(void **state) {
    (void)state;
    memset(gradient, 0, sizeof gradient);
    memset(carried, 0, sizeof carried);
    bool made = thread_pool_new(&pool, 1, NULL) == STATUS_OK &&
                network_init(&network, &shape, NULL) == STATUS_OK && network.count <= MOST &&
                soap_init(&soap, &network, NULL) == STATUS_OK;
    return made ? 0 : -1;
}

static int end(void **state) {
    (void)state;
    soap_clear(&soap);
    network_clear(&network);
    thread_pool_free(pool);
    return 0;
}

static void randomise(Random *random, double *values, size_t count) {
    for (size_t i = 0; i < count; i++) {
        values[i] = random_normal(random);
    }
}

// Puts U S V^T into the gradient of a matrix, U and V random and orthonormal, S[i] = 4^-i.
static void put_gradient(const SoapBlock *block, uint64_t seed) {
    double u[SIDE * SIDE], v[SIDE * SIDE];
    Random random = {seed};
    assert_true(block->rows <= SIDE && block->columns <= SIDE);
    randomise(&random, u, SIDE * SIDE);
    randomise(&random, v, SIDE * SIDE);
    matrix_orthonormalise(u, block->rows);
    matrix_orthonormalise(v, block->columns);
    for (int row = 0; row < block->rows; row++) {
        for (int column = 0; column < block->columns; column++) {
            double sum = 0.0;
            for (int i = 0; i < block->rows; i++) {
                sum += u[i * block->rows + row] * pow(0.25, i) * v[i * block->columns + column];
            }
            gradient[block->index[row * block->columns + column]] = sum;
        }
    }
}

// In its own coordinates that gradient is S.
static void assert_diagonal(const SoapBlock *block, double tolerance) {
    soap_project(&soap, pool, turned, gradient);
    for (int row = 0; row < block->rows; row++) {
        for (int column = 0; column < block->columns; column++) {
            double value = fabs(turned[block->index[row * block->columns + column]]);
            double wanted = row == column ? pow(0.25, row) : 0.0;
            if (!(fabs(value - wanted) <= tolerance)) {
                fail_msg("[%d][%d]: %g, not %g", row, column, value, wanted);
            }
        }
    }
}

// Each gate is a matrix, the head another; the coordinates find each gate's own, and find them anew
// when the gradients become others, however late.
static void test_finds_eigenvectors(void **state) {
    (void)state;
    long update = 0;
    assert_int_equal(soap.blocks, 3 + 1);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 3; i++) {
            put_gradient(&soap.block[i], (uint64_t)(10 * round + i));
        }
        for (int n = 0; n < (round ? 600 : 30); n++) {
            soap_update(&soap, pool, ++update, gradient, carried);
        }
        for (int i = 0; i < 3; i++) {
            assert_diagonal(&soap.block[i], 1e-6);
        }
    }
}

// covariance - wanted, the largest: of G G^T, or G^T G for columns, over the matrices in `all`.
static double covariance_error(const double *covariance, const SoapBlock *block, bool columns,
                               double (*const all)[MOST], const double *shares, int count) {
    int side = columns ? block->columns : block->rows;
    int inner = columns ? block->rows : block->columns;
    double worst = 0.0;
    for (int a = 0; a < side; a++) {
        for (int b = 0; b < side; b++) {
            double sum = 0.0;
            for (int n = 0; n < count; n++) {
                for (int k = 0; k < inner; k++) {
                    const size_t *index = block->index;
                    int first = columns ? k * side + a : a * inner + k;
                    int second = columns ? k * side + b : b * inner + k;
                    sum += shares[n] * all[n][index[first]] * all[n][index[second]];
                }
            }
            worst = largest_of(worst, fabs(covariance[a * side + b] - sum));
        }
    }
    return worst;
}

// The mean of all gradients' at first, each as much as the others.
static void test_covariances(void **state) {
    (void)state;
    static double all[3][MOST];
    static const double shares[3][3] = {{1.0}, {0.5, 0.5}, {1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0}};
    Random random = {4};
    for (int n = 0; n < 3; n++) {
        randomise(&random, all[n], network.count);
        soap_update(&soap, pool, n + 1, all[n], carried);
        for (int i = 0; i < soap.blocks; i++) {
            const SoapBlock *block = &soap.block[i];
            assert_true(covariance_error(block->row_covariance, block, false, all, shares[n],
                                         n + 1) < 1e-12);
            assert_true(covariance_error(block->column_covariance, block, true, all, shares[n],
                                         n + 1) < 1e-12);
        }
    }
    // Much later a new gradient has a twentieth.
    memset(gradient, 0, sizeof gradient);
    for (int i = 0; i < 1000; i++) {
        soap_update(&soap, pool, 1000 + i, gradient, carried);
    }
    soap_update(&soap, pool, 2000, all[0], carried);
    assert_true(covariance_error(soap.block[0].row_covariance, &soap.block[0], false, all,
                                 (const double[]){0.05}, 1) < 1e-12);
}

// A restart leaves nothing of what was learnt.
static void test_restart(void **state) {
    (void)state;
    static double kept[8 * MOST];
    assert_true(soap.count <= sizeof kept / sizeof *kept);
    memcpy(kept, soap.state, soap.count * sizeof *kept);
    Random random = {6};
    randomise(&random, gradient, network.count);
    soap_update(&soap, pool, 1, gradient, carried);
    assert_true(memcmp(kept, soap.state, soap.count * sizeof *kept) != 0);
    soap_restart(&soap);
    assert_memory_equal(kept, soap.state, soap.count * sizeof *kept);
}

// A learner's update is Adam's in these coordinates: the step is that of the turned gradient,
// turned back. With OPTIMISER_ADAM it is that of the gradient as it is.
static void test_learner_steps_in_them(void **state) {
    (void)state;
    const LossMix mix = {.plain = 1.0};
    Dataset dataset;
    Batch *batch;
    make_dataset(&dataset);
    assert_int_equal(
        batch_new(&batch, &shape, &dataset, &mix, &(Regularisation){0}, SEGMENT, pool, NULL),
        STATUS_OK);
    for (int optimiser = OPTIMISER_SOAP; optimiser <= OPTIMISER_ADAM; optimiser++) {
        Learner learner;
        Adam adam;
        double weights[MOST];
        Random random;
        assert_int_equal(learner_init(&learner, &shape, (Optimiser)optimiser, 3, NULL), STATUS_OK);
        memcpy(weights, learner.network.weights, network.count * sizeof *weights);
        assert_int_equal(adam_init(&adam, weights, network.count, NULL), STATUS_OK);
        soap_restart(&soap);
        for (int i = 0; i < 4; i++) {
            Network own = network_at(&shape, weights);
            random = learner.random;
            batch_draw(batch, &random);
            batch_train(batch, &own, SEGMENT, gradient);
            if (optimiser == OPTIMISER_SOAP) {
                soap_update(&soap, pool, i + 1, gradient, adam.first);
                soap_project(&soap, pool, gradient, gradient);
            }
            assert_true(adam_accumulate(&adam, gradient));
            if (optimiser == OPTIMISER_SOAP) {
                soap_project_back(&soap, pool, adam.step, adam.step);
            }
            adam_apply(&adam, weights, 0.01, 0.1);
            learner.redraw = true;
            learner_update(&learner, batch, SEGMENT, 0.01, 0.1);
            assert_memory_equal(weights, learner.network.weights, network.count * sizeof *weights);
        }
        assert_int_equal(learner.soap.count > 0, optimiser == OPTIMISER_SOAP);
        learner_restart(&learner); // forgets them
        soap_restart(&soap);
        assert_memory_equal(learner.soap.state, soap.state,
                            learner.soap.count * sizeof *soap.state);
        adam_clear(&adam);
        learner_clear(&learner);
    }
    batch_free(batch);
    dataset_clear(&dataset);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_finds_eigenvectors, begin, end),
        cmocka_unit_test_setup_teardown(test_covariances, begin, end),
        cmocka_unit_test_setup_teardown(test_restart, begin, end),
        cmocka_unit_test_setup_teardown(test_learner_steps_in_them, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
