// SPDX-License-Identifier: ISC
// A learner at its checks: what it keeps, when it goes back to its best and how it sets out again,
// when its learning rate is halved. The network adds a constant to its input, as the target does,
// so that each error is known: ESR = (offset - bias)^2 / energy.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/memory.h"
#include "tests/rig/chaotic_network.h"
#include "tests/rig/training_data.h"
#include "training/learning/learner.h"

enum { SEGMENT = 64, MOST_WEIGHTS = 1000 };

#define OFFSET 0.25
#define RATE_OF_STEPS 1e-3

static const NetworkShape shape = {.cell = LAYER_GRU, .layers = 1, .hidden = 2, .skip = true};

static Dataset dataset;
static Validation validations[2];
static ThreadPool *pool;
static double energy; // of the held-out target
static Learner learner;

static int make(void **state) {
    (void)state;
    float *input = memory_new(FRAMES, sizeof(float)), *target = memory_new(FRAMES, sizeof(float));
    make_pair(input, target);
    for (int i = 0; i < FRAMES; i++) {
        target[i] = input[i] + (float)OFFSET;
    }
    Status status = dataset_make(&dataset, input, target, FRAMES, RATE, NULL);
    memory_free(input);
    memory_free(target);
    for (int i = 0; i < 2 && status == STATUS_OK; i++) {
        status = validation_init(&validations[i], &dataset, NULL);
    }
    if (status != STATUS_OK || thread_pool_new(&pool, 1, NULL) != STATUS_OK) {
        return -1;
    }
    const Recording *recording = dataset.recordings;
    for (size_t i = 0; i < FRAMES; i++) {
        double value = (double)recording->target[i];
        if (ranges_hold(&recording->validation, i)) {
            energy += value * value / (double)dataset.validation_frames;
        }
    }
    return 0;
}

static int unmake(void **state) {
    (void)state;
    validation_clear(&validations[0]);
    validation_clear(&validations[1]);
    dataset_clear(&dataset);
    thread_pool_free(pool);
    return 0;
}

static int begin(void **state) {
    (void)state;
    return learner_init(&learner, &shape, OPTIMISER_ADAM, 5, NULL);
}

static int end(void **state) {
    (void)state;
    learner_clear(&learner);
    return 0;
}

// Weights whose output is `error` away from the target, and ones for their average.
static void put_errors(double error, double error_of_average) {
    memset(learner.network.weights, 0, learner.network.count * sizeof(double));
    learner_restart(&learner);
    learner.network.head_bias[0] = OFFSET - error;
    network_at(&shape, learner.adam.average).head_bias[0] = OFFSET - error_of_average;
}

static double bias_of(double *weights) {
    return network_at(&shape, weights).head_bias[0];
}

static bool check_at(double error, double error_of_average) {
    put_errors(error, error_of_average);
    return learner_check(&learner, validations, pool);
}

static void assert_close(double value, double wanted) {
    if (!(fabs(value - wanted) <= 1e-5 * fabs(wanted))) {
        fail_msg("%.9g, not %.9g", value, wanted);
    }
}

// Weights that are calm or chaotic, and the same for their average, with a bias as above. What the
// head makes of the chaos changes the error by less than 1e-3 of the target's energy.
static void put_chaos(double error, bool chaos, double error_of_average, bool chaos_of_average) {
    static const NetworkShape large = {.cell = LAYER_GRU, .layers = 1, .hidden = 12, .skip = true};
    learner_clear(&learner);
    assert_int_equal(learner_init(&learner, &large, OPTIMISER_ADAM, 5, NULL), STATUS_OK);
    make_chaotic(&learner.network);
    Network average = network_at(&large, learner.adam.average);
    memcpy(average.weights, learner.network.weights, average.count * sizeof(double));
    for (int unit = 0; unit < large.hidden; unit++) {
        learner.network.head[unit] = chaos ? 1e-3 : 0.0;
        average.head[unit] = chaos_of_average ? 1e-3 : 0.0;
    }
    learner.network.head_bias[0] = OFFSET - error;
    average.head_bias[0] = OFFSET - error_of_average;
}

// As the checks of one run, whose best goes on.
static bool check_chaos(double error, bool chaos, double error_of_average, bool chaos_of_average) {
    Learner before = learner;
    double best[MOST_WEIGHTS];
    assert_true(learner.network.count <= MOST_WEIGHTS);
    memcpy(best, learner.best, learner.network.count * sizeof *best);
    put_chaos(error, chaos, error_of_average, chaos_of_average);
    learner.best_esr = before.best_esr;
    learner.best_worth = before.best_worth;
    learner.prefer_calm = before.prefer_calm;
    memcpy(learner.best, best, learner.network.count * sizeof *best);
    return learner_check(&learner, validations, pool);
}

static void assert_best(double error, bool calm) {
    const NetworkShape *large = &learner.network.shape;
    double bias = network_at(large, learner.best).head_bias[0];
    assert_true(bias == OFFSET - error);
    if (learner.prefer_calm) {
        assert_int_equal(divergence_margin(&learner.calmness) >= 0.0, calm);
    } else {
        assert_int_equal(learner.calmness.count, 0);
    }
}

// Weights that are not calm count as if their error were twice as large; where nobody cares, as
// they are.
static void test_prefers_calm(void **state) {
    (void)state;
    put_chaos(0.06, true, 0.2, false);
    assert_true(learner_check(&learner, validations, pool));
    assert_best(0.06, false);
    learner_prefer_calm(&learner); // what nobody asked counts as not calm
    learner_prefer_calm(&learner);
    assert_false(check_chaos(0.09, false, 0.2, false));
    assert_true(check_chaos(0.08, false, 0.2, false));
    assert_best(0.08, true);
    put_chaos(0.1, false, 0.2, false);
    learner_prefer_calm(&learner);
    assert_true(learner_check(&learner, validations, pool));
    assert_best(0.1, true);
    assert_false(check_chaos(0.08, true, 0.2, false));
    assert_best(0.1, true);
    assert_true(check_chaos(0.05, true, 0.2, false));
    assert_best(0.05, false);
    assert_true(check_chaos(0.06, false, 0.2, false));
    assert_best(0.06, true);
    assert_true(check_chaos(0.02, true, 0.025, false)); // the average is calm
    assert_best(0.025, true);
    learner.prefer_calm = false;
    learner.calmness.count = 0;
    assert_true(check_chaos(0.02, true, 0.2, false));
    assert_best(0.02, false);
}

// The better of weights and average becomes the best when it beats the best so far.
static void test_keeps_the_best(void **state) {
    (void)state;
    assert_true(learner.best_esr < 0.0 && learner.last_esr < 0.0);
    assert_true(check_at(0.1, 0.08));
    assert_close(learner.best_esr, 0.08 * 0.08 / energy);
    assert_true(bias_of(learner.best) == OFFSET - 0.08);
    assert_true(check_at(0.05, 0.06));
    assert_close(learner.best_esr, 0.05 * 0.05 / energy);
    assert_true(bias_of(learner.best) == OFFSET - 0.05);
    assert_false(check_at(0.07, 0.06));
    assert_close(learner.last_esr, 0.06 * 0.06 / energy);
    assert_close(learner.best_esr, 0.05 * 0.05 / energy);
    assert_true(bias_of(learner.best) == OFFSET - 0.05);
    assert_true(bias_of(learner.network.weights) == OFFSET - 0.07); // worse, but not far worse
    assert_int_equal(learner.rollbacks, 0);
}

static void assert_went_back(double error, int rollbacks) {
    assert_int_equal(learner.rollbacks, rollbacks);
    assert_true(bias_of(learner.network.weights) == OFFSET - error);
    assert_memory_equal(learner.network.weights, learner.best,
                        learner.network.count * sizeof(double));
    assert_memory_equal(learner.adam.average, learner.best, learner.network.count * sizeof(double));
    assert_int_equal(learner.adam.updates, 0);
    for (size_t i = 0; i < learner.network.count; i++) {
        assert_true(learner.adam.first[i] == 0.0 && learner.adam.second[i] == 0.0);
    }
    assert_true(learner.redraw);
    assert_close(learner.rate_scale, pow(0.8, rollbacks));
}

// An error of four times the best's sends the run back, one just below it does not.
static void test_goes_back_from_a_jump(void **state) {
    (void)state;
    assert_true(check_at(0.1, 0.1));
    assert_false(check_at(0.199, 0.199));
    assert_int_equal(learner.rollbacks, 0);
    put_errors(0.201, 0.201);
    learner.redraw = false;
    learner.adam.first[0] = learner.adam.second[0] = 1.0;
    learner.adam.updates = 17;
    assert_false(learner_check(&learner, validations, pool));
    assert_went_back(0.1, 1);
    // A good average does not hide that the weights went astray.
    assert_false(check_at(-0.3, 0.11));
    assert_went_back(0.1, 2);
    // Nor is nothing a number to compare with.
    put_errors((double)NAN, (double)NAN);
    assert_false(learner_check(&learner, validations, pool));
    assert_true(learner.last_esr == INFINITY);
    assert_went_back(0.1, 3);
}

static Batch *new_batch(void) {
    const LossMix mix = {.plain = 1.0};
    Batch *batch = NULL;
    assert_int_equal(
        batch_new(&batch, &shape, &dataset, &mix, &(Regularisation){0}, SEGMENT, pool, NULL),
        STATUS_OK);
    return batch;
}

// Before the first check, too, there are weights to go back to: those that it started with.
static void test_goes_back_to_the_start(void **state) {
    (void)state;
    Batch *batch = new_batch();
    put_errors(0.2, 0.2);
    learner_start(&learner, validations);
    assert_close(learner.best_esr, 0.2 * 0.2 / energy);
    learner.network.head_bias[0] = NAN; // at the very first update
    learner_update(&learner, batch, SEGMENT, RATE_OF_STEPS, 0.0);
    assert_went_back(0.2, 1);
    assert_false(check_at(1e4, 1e4)); // at the first check, which is no best
    assert_went_back(0.2, 2);
    assert_true(check_at(0.1, 0.1));
    assert_close(learner.best_esr, 0.1 * 0.1 / energy);
    // A start that gives no number is none to go back to.
    put_errors((double)NAN, (double)NAN);
    learner.best_esr = -1.0;
    learner_start(&learner, validations);
    assert_true(learner.best_esr < 0.0);
    batch_free(batch);
}

// A gradient that is no number does not reach the weights.
static void test_goes_back_from_no_number(void **state) {
    (void)state;
    Batch *batch = new_batch();
    // Without a start there is no best before the first check: other initial weights.
    Network other;
    assert_int_equal(network_init(&other, &shape, NULL), STATUS_OK);
    network_randomise(&other, learner.seed, 4.0);
    assert_memory_equal(learner.network.weights, other.weights, other.count * sizeof(double));
    learner.network.head_bias[0] = INFINITY;
    learner_update(&learner, batch, SEGMENT, RATE_OF_STEPS, 0.0);
    assert_int_equal(learner.rollbacks, 1);
    assert_true(memcmp(learner.network.weights, other.weights, other.count * sizeof(double)) != 0);
    for (size_t i = 0; i < other.count; i++) {
        assert_true(isfinite(learner.network.weights[i]));
    }
    network_clear(&other);

    learner.rollbacks = 0;
    learner.rate_scale = 1.0;
    assert_true(check_at(0.1, 0.1));
    learner.network.head_bias[0] = NAN;
    double samples = learner.samples;
    long updates = learner.loss_count;
    learner_update(&learner, batch, SEGMENT, RATE_OF_STEPS, 0.0);
    assert_went_back(0.1, 1);
    assert_true(learner.loss_count == updates && isfinite(learner.loss_sum));
    assert_true(learner.samples == samples + (double)SEGMENT * BATCH_SEQUENCES);
    batch_free(batch);
}

// Adam's first step is as long as the learning rate. After a step back the rate is four fifths of
// it and rises from nothing over 200 updates: here each step's length is known, since the gradient
// of the bias keeps its sign.
static void test_sets_out_again(void **state) {
    (void)state;
    Batch *batch = new_batch();
    put_errors(0.2, 0.2);
    learner_update(&learner, batch, SEGMENT, RATE_OF_STEPS, 0.0);
    double before = bias_of(learner.network.weights);
    assert_close(before - (OFFSET - 0.2), RATE_OF_STEPS);
    assert_true(check_at(0.2, 0.2));
    assert_false(check_at(0.5, 0.5));
    assert_went_back(0.2, 1);
    learner_update(&learner, batch, SEGMENT, RATE_OF_STEPS, 0.0);
    before = bias_of(learner.network.weights);
    assert_close(before - (OFFSET - 0.2), 0.8 * RATE_OF_STEPS / 200.0);
    learner_update(&learner, batch, SEGMENT, RATE_OF_STEPS, 0.0);
    double step = bias_of(learner.network.weights) - before;
    assert_true(fabs(step / (0.8 * RATE_OF_STEPS * 2.0 / 200.0) - 1.0) < 1e-3);
    learner.adam.updates = 5000; // long after it
    before = bias_of(learner.network.weights);
    learner_update(&learner, batch, SEGMENT, RATE_OF_STEPS, 0.0);
    step = bias_of(learner.network.weights) - before;
    // The moments are those of three gradients, taken for settled ones.
    double expected = (1.0 - pow(0.9, 3.0)) / sqrt(1.0 - pow(0.95, 3.0));
    assert_true(fabs(step / (0.8 * RATE_OF_STEPS * expected) - 1.0) < 1e-3);
    batch_free(batch);
}

static void test_weight_decay(void **state) {
    (void)state;
    Batch *batch = new_batch();
    put_errors(0.2, 0.2);
    learner_update(&learner, batch, SEGMENT, RATE_OF_STEPS, 3.0);
    double bias = OFFSET - 0.2;
    assert_close(bias_of(learner.network.weights) - bias, RATE_OF_STEPS * (1.0 - 3.0 * bias));
    batch_free(batch);
}

// Halved after this many checks without a gain, and again after as many; a gain starts the count
// anew.
static void test_halves_on_a_plateau(void **state) {
    (void)state;
    static const struct {
        double error, rate_scale;
    } checks[] = {{0.1, 1.0},  {0.1, 1.0},  {0.12, 1.0},  {0.09, 1.0}, {0.09, 1.0},
                  {0.11, 1.0}, {0.1, 0.5},  {0.1, 0.5},   {0.1, 0.5},  {0.1, 0.25},
                  {0.1, 0.25}, {0.1, 0.25}, {0.08, 0.25}, {0.08, 0.25}};
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        check_at(checks[i].error, checks[i].error);
        learner_halve_on_plateau(&learner, 3);
        assert_true(learner.rate_scale == checks[i].rate_scale);
    }
    // It is the rate of the steps that is halved.
    Batch *batch = new_batch();
    put_errors(0.2, 0.2);
    learner_update(&learner, batch, SEGMENT, RATE_OF_STEPS, 0.0);
    assert_close(bias_of(learner.network.weights) - (OFFSET - 0.2), 0.25 * RATE_OF_STEPS);
    batch_free(batch);
}

// The loss of these weights is their ESR on what is trained on.
static void test_mean_loss(void **state) {
    (void)state;
    Batch *batch = new_batch();
    assert_true(learner_take_loss(&learner) == 0.0);
    put_errors(0.1, 0.1);
    learner_update(&learner, batch, SEGMENT, 1e-300, 0.0);
    put_errors(0.3, 0.3);
    learner_update(&learner, batch, SEGMENT, 1e-300, 0.0);
    assert_close(learner_take_loss(&learner), (0.1 * 0.1 + 0.3 * 0.3) / 2.0 / dataset.energy);
    learner_update(&learner, batch, SEGMENT, 1e-300, 0.0);
    assert_close(learner_take_loss(&learner), 0.3 * 0.3 / dataset.energy);
    batch_free(batch);
}

// Sequences are drawn anew when they are at their end, and no sooner; by the seed.
static void test_draws(void **state) {
    (void)state;
    Batch *batch = new_batch();
    uint64_t at = learner.random.state;
    int draws = 0;
    for (int i = 0; i < 2 * BATCH_LENGTH / SEGMENT + 1; i++) {
        learner_update(&learner, batch, SEGMENT, RATE_OF_STEPS, 0.0);
        if (learner.random.state != at) {
            assert_int_equal(i % (BATCH_LENGTH / SEGMENT), 0);
            at = learner.random.state;
            draws++;
        }
    }
    assert_int_equal(draws, 3);
    Learner other;
    uint64_t places = learner.random.state;
    for (uint64_t seed = 5; seed < 7; seed++) {
        assert_int_equal(learner_init(&other, &shape, OPTIMISER_ADAM, seed, NULL), STATUS_OK);
        assert_true(other.redraw && other.random.state != places);
        places = other.random.state;
        learner_clear(&other);
    }
    batch_free(batch);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_keeps_the_best, begin, end),
        cmocka_unit_test_setup_teardown(test_prefers_calm, begin, end),
        cmocka_unit_test_setup_teardown(test_goes_back_from_a_jump, begin, end),
        cmocka_unit_test_setup_teardown(test_goes_back_to_the_start, begin, end),
        cmocka_unit_test_setup_teardown(test_goes_back_from_no_number, begin, end),
        cmocka_unit_test_setup_teardown(test_sets_out_again, begin, end),
        cmocka_unit_test_setup_teardown(test_weight_decay, begin, end),
        cmocka_unit_test_setup_teardown(test_halves_on_a_plateau, begin, end),
        cmocka_unit_test_setup_teardown(test_mean_loss, begin, end),
        cmocka_unit_test_setup_teardown(test_draws, begin, end),
    };
    return cmocka_run_group_tests(tests, make, unmake);
}
