// SPDX-License-Identifier: ISC
// The loss on pairs of sequences that hear the same: its value and its gradient against central
// differences of an independent reference in double precision, the float kernels of every ISA of
// this machine against the double ones, and which pairs it counts.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/network/isa_choice.h"
#include "tests/rig/reference_network.h"
#include "training/network/network.h"
#include "training/network/pass.h"

// The second segment begins where the first left the pair.
enum { FIRST = 3, SECOND = 5, LENGTH = FIRST + SECOND, MOST_PAIRS = PASS_MAX_LANES / 2 };

// A rate at which every pair counts.
static const ContractionScale all = {.factor = 0.7, .distance = 0.1, .rate = 3.0, .rise = 1e9};
static Network network;
static float input[MOST_PAIRS][LENGTH], knobs[MOST_PAIRS][MODEL_MAX_KNOBS];

static void make_network(NetworkShape shape, uint64_t seed) {
    Random random = {seed};
    assert_int_equal(network_init(&network, &shape, NULL), STATUS_OK);
    network_randomise(&network, seed, 2.0);
    for (size_t i = 0; i < network.count; i++) {
        network.weights[i] += random_within(&random, 0.1); // no weight is zero
    }
    for (int pair = 0; pair < MOST_PAIRS; pair++) {
        for (int k = 0; k < MODEL_MAX_KNOBS; k++) {
            knobs[pair][k] = (float)random_uniform(&random);
        }
        for (int t = 0; t < LENGTH; t++) {
            input[pair][t] = (float)random_within(&random, 2.0);
        }
    }
}

// ---- The reference ----

typedef struct Pair {
    ReferenceState one, other;
} Pair;

// The states' numbers, one after the other: layer by layer, h before the cells.
static double *number_of(ReferenceState *state, int index) {
    const int hidden = network.shape.hidden, parts = network.shape.cell == LAYER_LSTM ? 2 : 1;
    int layer = index / (parts * hidden), part = index / hidden % parts, unit = index % hidden;
    return part ? &state->cell[layer][unit] : &state->h[layer][unit];
}

static int number_count(void) {
    return network.shape.layers * network.shape.hidden * (network.shape.cell == LAYER_LSTM ? 2 : 1);
}

static double distance_of(Pair *pair) {
    double square = 0.0;
    for (int i = 0; i < number_count(); i++) {
        square += pow(*number_of(&pair->one, i) - *number_of(&pair->other, i), 2.0);
    }
    return sqrt(square);
}

static void reference_apart(Pair *pair, Random *random) {
    double was = distance_of(pair), direction[2 * NETWORK_MAX_LAYERS * MODEL_MAX_HIDDEN];
    double square = 0.0;
    for (int i = 0; i < number_count(); i++) {
        direction[i] = was > 0.0 ? *number_of(&pair->one, i) - *number_of(&pair->other, i)
                                 : random_normal(random);
        square += direction[i] * direction[i];
    }
    for (int i = 0; i < number_count(); i++) {
        *number_of(&pair->other, i) = *number_of(&pair->one, i) -
                                      all.distance * direction[i] / sqrt(square);
    }
}

static void reference_run(Pair *pair, int index, int begin, int end) {
    for (int t = begin; t < end; t++) {
        reference_step(&network, &pair->one, (double)input[index][t], knobs[index]);
        reference_step(&network, &pair->other, (double)input[index][t], knobs[index]);
    }
}

// Of the second segment, from where it begins.
static double reference_loss(const Pair *start) {
    Pair pair = *start;
    reference_run(&pair, 0, FIRST, LENGTH);
    return all.factor * (log(distance_of(&pair) / all.distance) + all.rate * SECOND);
}

// ---- The kernels ----

typedef struct Rig {
    const PassKernels *kernels;
    Pass *pass;
    PassWeights *weights;
    Network gradient;
    PairGrowth growth[MOST_PAIRS];
} Rig;

static Rig rig_new(const PassKernels *kernels) {
    Rig rig = {.kernels = kernels,
               .pass = kernels->pass_new(&network.shape, LENGTH, false),
               .weights = kernels->weights_new(&network.shape)};
    assert_true(rig.pass && rig.weights);
    assert_int_equal(network_init(&rig.gradient, &network.shape, NULL), STATUS_OK);
    kernels->weights_pack(rig.weights, &network);
    return rig;
}

static void rig_free(Rig *rig) {
    rig->kernels->pass_free(rig->pass);
    rig->kernels->weights_free(rig->weights);
    network_clear(&rig->gradient);
}

// As many pairs as fit, from number `first` on.
static void start(Rig *rig, int first) {
    const float *at[PASS_MAX_LANES];
    for (int lane = 0; lane < rig->kernels->lanes; lane++) {
        at[lane] = knobs[first + lane % (rig->kernels->lanes / 2)];
    }
    rig->kernels->start(rig->pass, at, NULL);
    memset(rig->growth, 0, sizeof rig->growth);
}

static double contract(Rig *rig, const ContractionScale *scale, int first, int begin, int frames,
                       Random *random) {
    const float *at[PASS_MAX_LANES];
    for (int lane = 0; lane < rig->kernels->lanes; lane++) {
        at[lane] = input[first + lane % (rig->kernels->lanes / 2)] + begin;
    }
    double loss = rig->kernels->contract(rig->pass, rig->weights, scale, at, frames, rig->growth,
                                         random);
    memset(rig->gradient.weights, 0, rig->gradient.count * sizeof(double));
    rig->kernels->gradient(rig->pass, &rig->gradient);
    return loss;
}

// ---- Tests ----

// Difference quotient of fourth order.
static double numeric_gradient(const Pair *begin, size_t i) {
    const double at[4] = {-2.0, -1.0, 1.0, 2.0}, step = 5e-4;
    double *w = &network.weights[i], kept = *w, loss[4];
    for (int k = 0; k < 4; k++) {
        *w = kept + at[k] * step;
        loss[k] = reference_loss(begin);
    }
    *w = kept;
    return (loss[0] - 8.0 * loss[1] + 8.0 * loss[2] - loss[3]) / (12.0 * step);
}

static void check_numeric(NetworkShape shape, uint64_t seed) {
    make_network(shape, seed);
    Random random = {seed}, same = {seed};
    Pair pair = {0};
    reference_apart(&pair, &same);
    reference_run(&pair, 0, 0, FIRST);
    double first = all.factor * (log(distance_of(&pair) / all.distance) + all.rate * FIRST);
    reference_apart(&pair, &same);
    assert_int_equal(pass_double.lanes, 2); // one pair
    Rig rig = rig_new(&pass_double);
    start(&rig, 0);
    double loss = contract(&rig, &all, 0, 0, FIRST, &random);
    assert_true(fabs(loss / first - 1.0) < 1e-9);
    loss = contract(&rig, &all, 0, FIRST, SECOND, &random);
    double expected = reference_loss(&pair), worst = 0.0, largest = 0.0;
    assert_true(fabs(loss / expected - 1.0) < 1e-9);
    assert_true(random.state == same.state);
    for (size_t i = 0; i < network.count; i++) {
        double numeric = numeric_gradient(&pair, i);
        double error = fabs(rig.gradient.weights[i] - numeric) / (fabs(numeric) + 1e-4 * expected);
        worst = fmax(worst, error);
        largest = fmax(largest, fabs(numeric));
    }
    printf("%s, %d x %d, %d knobs: %zu gradients, the largest %.2g, largest relative error %.2g\n",
           layer_kind_title(shape.cell), shape.layers, shape.hidden, shape.knobs, network.count,
           largest, worst);
    assert_true(worst < 1e-6);
    assert_true(largest > 0.01);
    rig_free(&rig);
    network_clear(&network);
}

static void test_against_differences(void **state) {
    (void)state;
    each_small_network(check_numeric);
}

// The sum over MOST_PAIRS pairs of what the second segment gives, into `gradient`.
static double all_pairs(const PassKernels *kernels, double *gradient) {
    Random random = {7};
    Rig rig = rig_new(kernels);
    double loss = 0.0;
    memset(gradient, 0, network.count * sizeof *gradient);
    for (int first = 0; first < MOST_PAIRS; first += kernels->lanes / 2) {
        start(&rig, first);
        contract(&rig, &all, first, 0, FIRST, &random);
        loss += contract(&rig, &all, first, FIRST, SECOND, &random);
        for (size_t i = 0; i < network.count; i++) {
            gradient[i] += rig.gradient.weights[i];
        }
    }
    rig_free(&rig);
    return loss;
}

// States of about 1 that are a thousandth or so apart at the end: four digits are left.
static void test_float_kernels(void **state) {
    (void)state;
    enum { MOST_WEIGHTS = 30000 };
    static double exact[MOST_WEIGHTS], gradient[MOST_WEIGHTS];
    static const int sizes[] = {1, 3, 8, 16, 17, 24, 32, 40};
    for (Isa isa = ISA_SSE2; isa < ISA_COUNT; isa++) {
        double worst = 0.0;
        for (int i = 0; isa_available(isa) && i < 3 * 8; i++) {
            make_network((NetworkShape){.cell = recurrent_cells[i % 3],
                                        .layers = 1 + i % 2,
                                        .hidden = sizes[i / 3],
                                        .knobs = i % 4},
                         20 + (uint64_t)i);
            assert_true(network.count <= MOST_WEIGHTS);
            double exact_loss = all_pairs(&pass_double, exact);
            double loss = all_pairs(pass_kernels(isa), gradient);
            double error = 0.0, norm = 0.0;
            for (size_t k = 0; k < network.count; k++) {
                error += (gradient[k] - exact[k]) * (gradient[k] - exact[k]);
                norm += exact[k] * exact[k];
            }
            assert_true(fabs(loss / exact_loss - 1.0) < 1e-3);
            worst = fmax(worst, sqrt(error / norm));
            network_clear(&network);
        }
        printf("%s: %s, largest relative gradient error %.2g\n", isa_name(isa),
               isa_available(isa) ? "checked" : "skipped, not available here", worst);
        assert_true(worst < 5e-3);
    }
}

static bool is_zero(const Network *gradient) {
    for (size_t i = 0; i < gradient->count; i++) {
        if (gradient->weights[i] != 0.0) {
            return false;
        }
    }
    return true;
}

// A pair that has come closer since its start counts for nothing, even in a segment over which it
// comes apart.
static void test_only_what_grows(void **state) {
    (void)state;
    ContractionScale lenient = all, strict = all;
    lenient.rate = 0.0;
    Random random = {5};
    make_network((NetworkShape){.cell = LAYER_GRU, .layers = 1, .hidden = 6}, 4);
    for (int i = 0; i < 36 * 3; i++) {
        network.layer[0].recurrent_kernel[i] *= 0.1; // it forgets fast
    }
    Rig rig = rig_new(&pass_double);
    start(&rig, 0);
    assert_true(contract(&rig, &lenient, 0, 0, FIRST, &random) == 0.0);
    assert_true(is_zero(&rig.gradient));
    strict.rate = 1.0;
    double debt = contract(&rig, &strict, 0, FIRST, 1, &random); // a neper more than it fell
    assert_true(debt == 0.0 && is_zero(&rig.gradient));
    start(&rig, 0);
    assert_true(contract(&rig, &strict, 0, FIRST, 1, &random) > 0.0);
    assert_false(is_zero(&rig.gradient));
    // Nothing of it stays for those that are trained.
    static const LossScale plain = {.plain = 1.0};
    const float *zero[2] = {(const float[LENGTH]){0}, (const float[LENGTH]){0}};
    start(&rig, 0);
    double loss = rig.kernels->train(rig.pass, rig.weights, &plain, zero, zero, 1);
    Rig fresh = rig_new(&pass_double);
    start(&fresh, 0);
    assert_true(loss == fresh.kernels->train(fresh.pass, fresh.weights, &plain, zero, zero, 1));
    memset(rig.gradient.weights, 0, rig.gradient.count * sizeof(double));
    rig.kernels->gradient(rig.pass, &rig.gradient);
    fresh.kernels->gradient(fresh.pass, &fresh.gradient);
    assert_memory_equal(rig.gradient.weights, fresh.gradient.weights,
                        rig.gradient.count * sizeof(double));
    rig_free(&rig);
    rig_free(&fresh);
    network_clear(&network);
}

// Whatever it fell before, a pair counts while it rises from where it was closest by more than is
// allowed. The same growth comes without a gradient.
static void test_rises(void **state) {
    (void)state;
    static const struct {
        double rate;
        bool counts;
    } segments[] = {{10.0, false},   {10.0, true},  {-1.0, false}, {10.0, true},
                    {-100.0, false}, {10.0, false}, {10.0, true}};
    ContractionScale scale = all;
    Random random = {5};
    make_network((NetworkShape){.cell = LAYER_GRU, .layers = 1, .hidden = 6}, 4);
    for (int i = 0; i < 36 * 3; i++) {
        network.layer[0].recurrent_kernel[i] *= 0.1; // it forgets fast
    }
    Rig rig = rig_new(&pass_double), other = rig_new(&pass_double);
    start(&rig, 0);
    start(&other, 0);
    rig.growth[0].sum = other.growth[0].sum = -1000.0;
    scale.rise = 12.0;
    for (size_t i = 0; i < sizeof segments / sizeof *segments; i++) {
        Random same = random;
        const float *at[2] = {&input[0][i], &input[0][i]};
        scale.rate = segments[i].rate;
        rig.growth[0].counted = false;
        double loss = contract(&rig, &scale, 0, (int)i, 1, &random);
        assert_int_equal(loss > 0.0, segments[i].counts);
        assert_int_equal(is_zero(&rig.gradient), !segments[i].counts);
        assert_int_equal(rig.growth[0].counted, segments[i].counts);
        other.growth[0].counted = false;
        other.kernels->grow(other.pass, other.weights, &scale, at, 1, other.growth, &same);
        assert_memory_equal(&other.growth[0], &rig.growth[0], sizeof rig.growth[0]);
    }
    assert_true(rig.growth[0].most > 12.0 && rig.growth[0].most < 30.0);
    memset(other.gradient.weights, 0, other.gradient.count * sizeof(double));
    other.kernels->gradient(other.pass, &other.gradient);
    assert_true(is_zero(&other.gradient));
    rig_free(&rig);
    rig_free(&other);
    network_clear(&network);
}

// test_contraction [PATTERN]: the tests whose names match, all without one.
int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_differences),
        cmocka_unit_test(test_float_kernels),
        cmocka_unit_test(test_only_what_grows),
        cmocka_unit_test(test_rises),
    };
    cmocka_set_test_filter(argc > 1 ? argv[1] : NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
