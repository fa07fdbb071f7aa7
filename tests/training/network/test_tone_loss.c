// SPDX-License-Identifier: ISC
// The loss on what a network adds to a sine: its value where that is known, its gradient against
// central differences of an independent reference in double precision, and the float kernels of
// every ISA of this machine against the double ones.
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
#include "training/network/pass.h"
#include "training/network/tone.h"

enum { WINDOW = 389, PERIODS = 40, FRAMES = 512 };

static float waves[2 * TONE_LONGEST];
static float output[FRAMES], slope[FRAMES];

// A harmonic of the tone, or any other number of periods in its window, from the segment's start.
static void add(int periods, double amplitude) {
    for (int t = 0; t < FRAMES; t++) {
        output[t] += (float)(amplitude * sin(2.0 * M_PI * periods * t / WINDOW + periods));
    }
}

static double loss_of(void) {
    tone_waves(waves, WINDOW);
    return tone_loss(&(Tone){WINDOW, PERIODS, waves}, output, FRAMES, slope);
}

// Harmonics and a mean are what is wanted: the loss is that of the least share, 1e-6.
static void test_harmonics(void **state) {
    (void)state;
    memset(output, 0, sizeof output);
    for (int t = 0; t < FRAMES; t++) {
        output[t] = 0.2f;
    }
    for (int harmonic = 1; harmonic * PERIODS < WINDOW / 2; harmonic++) {
        add(harmonic * PERIODS, 0.5 / harmonic);
    }
    assert_true(fabs(loss_of() - 0.5 * log(1e-6)) < 1e-3);
    for (int t = 0; t < FRAMES; t++) {
        assert_true(fabs((double)slope[t]) < 1.0); // of 1 / (389 * 1e-6 * power)
    }
    memset(output, 0, sizeof output);
    assert_true(isfinite(loss_of()));
}

// What folds back counts by its share of the power, and only the window's part of the segment.
static void test_alias(void **state) {
    (void)state;
    memset(output, 0, sizeof output);
    add(PERIODS, 0.5);
    add(WINDOW - 5 * PERIODS, 0.05); // the fifth harmonic, folded
    for (int t = 0; t < FRAMES - WINDOW; t++) {
        output[t] = 100.0f;
    }
    assert_true(fabs(loss_of() - 0.5 * log(0.01 / 1.01 + 1e-6)) < 1e-4);
    // The way down is to take it out: the slope is what is to go, over its power.
    double power = WINDOW * 0.5 * 0.05 * 0.05;
    for (int t = 0; t < FRAMES; t++) {
        double folded = 0.05 * sin(2.0 * M_PI * (WINDOW - 5 * PERIODS) * t / WINDOW + WINDOW -
                                   5 * PERIODS);
        double wanted = t < FRAMES - WINDOW ? 0.0 : folded / power;
        assert_true(fabs((double)slope[t] - wanted) < 1e-3 / power * 0.05);
    }
}

// ---- Through the network ----

// Short ones, each lane's another.
enum { LENGTH = 20 };
static const int windows[PASS_MAX_LANES] = {13, 17, 19, 11, 13, 17, 19, 11,
                                            13, 17, 19, 11, 13, 17, 19, 11};

static Network network;
static Tone tones[PASS_MAX_LANES];
static float tone_tables[PASS_MAX_LANES][2 * TONE_LONGEST];
static float input[PASS_MAX_LANES][LENGTH], knobs[PASS_MAX_LANES][MODEL_MAX_KNOBS];

static void make_network(NetworkShape shape, uint64_t seed) {
    Random random = {seed};
    assert_int_equal(network_init(&network, &shape, NULL), STATUS_OK);
    network_randomise(&network, seed, 2.0);
    for (size_t i = 0; i < network.count; i++) {
        network.weights[i] += random_within(&random, 0.3); // no weight is zero
    }
    for (int lane = 0; lane < PASS_MAX_LANES; lane++) {
        tone_waves(tone_tables[lane], windows[lane]);
        tones[lane] = (Tone){windows[lane], 2 + lane % 3, tone_tables[lane]};
        for (int k = 0; k < MODEL_MAX_KNOBS; k++) {
            knobs[lane][k] = (float)random_uniform(&random);
        }
        for (int t = 0; t < LENGTH; t++) {
            input[lane][t] =
                (float)(1.5 * sin(2.0 * M_PI * tones[lane].periods * t / tones[lane].window));
        }
    }
}

// The part of y[window] that is neither mean nor harmonic, by a Fourier sum of its own; the power
// of all but the mean goes to *all.
static double rest_of(const double *y, const Tone *tone, double *all) {
    double sum = 0.0, rest = 0.0;
    for (int k = 1; k < tone->window; k++) {
        double re = 0.0, im = 0.0;
        for (int n = 0; n < tone->window; n++) {
            double angle = 2.0 * M_PI * k * n / tone->window;
            re += y[n] * cos(angle);
            im += y[n] * sin(angle);
        }
        int bin = 2 * k > tone->window ? tone->window - k : k;
        double power = (re * re + im * im) / tone->window;
        sum += power;
        rest += bin % tone->periods == 0 ? 0.0 : power;
    }
    *all = sum;
    return rest;
}

// The loss of the first `lanes`, or, with powers of all that stand still, what its gradient is of.
static double reference_loss(int lanes, const double *still, double *powers) {
    double loss = 0.0;
    for (int lane = 0; lane < lanes; lane++) {
        const Tone *tone = &tones[lane];
        ReferenceState state = {0};
        double y[LENGTH], all;
        for (int t = 0; t < LENGTH; t++) {
            y[t] = reference_step(&network, &state, (double)input[lane][t], knobs[lane]);
        }
        double rest = rest_of(y + LENGTH - tone->window, tone, &all);
        if (powers) {
            powers[lane] = all;
        }
        all = still ? still[lane] : all;
        loss += 0.5 * log((rest + 1e-6 * all) / all);
    }
    return loss;
}

static double purify(const PassKernels *kernels, int first, double factor, Network *gradient) {
    Pass *pass = kernels->pass_new(&network.shape, LENGTH, false);
    PassWeights *weights = kernels->weights_new(&network.shape);
    const float *at[PASS_MAX_LANES], *turned[PASS_MAX_LANES];
    assert_true(pass && weights);
    kernels->weights_pack(weights, &network);
    for (int lane = 0; lane < kernels->lanes; lane++) {
        at[lane] = input[first + lane];
        turned[lane] = knobs[first + lane];
    }
    kernels->start(pass, turned, NULL);
    double loss = kernels->purify(pass, weights, tones + first, factor, at, LENGTH);
    kernels->gradient(pass, gradient);
    kernels->pass_free(pass);
    kernels->weights_free(weights);
    return loss;
}

static void check_numeric(NetworkShape shape, uint64_t seed) {
    enum { BOTH = 2 };
    const double at[4] = {-2.0, -1.0, 1.0, 2.0}, step = 5e-4, factor = 0.7;
    double powers[BOTH], worst = 0.0, largest = 0.0;
    Network gradient;
    make_network(shape, seed);
    assert_int_equal(network_init(&gradient, &shape, NULL), STATUS_OK);
    memset(gradient.weights, 0, gradient.count * sizeof(double));
    assert_int_equal(pass_double.lanes, BOTH);
    double loss = purify(&pass_double, 0, factor, &gradient);
    assert_true(fabs(loss / (factor * reference_loss(BOTH, NULL, powers)) - 1.0) < 1e-6);
    for (size_t i = 0; i < network.count; i++) {
        double *w = &network.weights[i], kept = *w, there[4];
        for (int k = 0; k < 4; k++) {
            *w = kept + at[k] * step;
            there[k] = factor * reference_loss(BOTH, powers, NULL);
        }
        *w = kept;
        double numeric = (there[0] - 8.0 * there[1] + 8.0 * there[2] - there[3]) / (12.0 * step);
        worst = fmax(worst, fabs(gradient.weights[i] - numeric));
        largest = fmax(largest, fabs(numeric));
    }
    printf("%s, %d x %d, %d knobs: the largest gradient %.2g, largest error %.2g\n",
           layer_kind_title(shape.cell), shape.layers, shape.hidden, shape.knobs, largest, worst);
    assert_true(worst < 2e-4 * largest); // outputs and slopes are rounded to floats on the way
    assert_true(largest > 0.01);
    network_clear(&gradient);
    network_clear(&network);
}

static void test_against_differences(void **state) {
    (void)state;
    each_small_network(check_numeric);
}

// Loss and gradient of all lanes.
static double all_lanes(const PassKernels *kernels, Network *gradient) {
    double loss = 0.0;
    memset(gradient->weights, 0, gradient->count * sizeof(double));
    for (int first = 0; first < PASS_MAX_LANES; first += kernels->lanes) {
        loss += purify(kernels, first, 1.0, gradient);
    }
    return loss;
}

static void test_float_kernels(void **state) {
    (void)state;
    static const int sizes[] = {1, 3, 16, 17, 32};
    for (Isa isa = ISA_SSE2; isa < ISA_COUNT; isa++) {
        double worst = 0.0;
        for (int i = 0; isa_available(isa) && i < 3 * 5; i++) {
            Network exact, gradient;
            NetworkShape shape = {.cell = recurrent_cells[i % 3],
                                  .layers = 1 + i % 2,
                                  .hidden = sizes[i / 3],
                                  .knobs = i % 4};
            make_network(shape, 40 + (uint64_t)i);
            assert_int_equal(network_init(&exact, &shape, NULL), STATUS_OK);
            assert_int_equal(network_init(&gradient, &shape, NULL), STATUS_OK);
            double exact_loss = all_lanes(&pass_double, &exact);
            double loss = all_lanes(pass_kernels(isa), &gradient);
            double error = 0.0, norm = 0.0;
            for (size_t k = 0; k < network.count; k++) {
                error += pow(gradient.weights[k] - exact.weights[k], 2.0);
                norm += pow(exact.weights[k], 2.0);
            }
            assert_true(fabs(loss / exact_loss - 1.0) < 1e-3);
            worst = fmax(worst, sqrt(error / norm));
            network_clear(&exact);
            network_clear(&gradient);
            network_clear(&network);
        }
        printf("%s: %s, largest relative gradient error %.2g\n", isa_name(isa),
               isa_available(isa) ? "checked" : "skipped, not available here", worst);
        assert_true(worst < 5e-3);
    }
}

// test_tone_loss [PATTERN]: the tests whose names match, all without one.
int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_harmonics),
        cmocka_unit_test(test_alias),
        cmocka_unit_test(test_against_differences),
        cmocka_unit_test(test_float_kernels),
    };
    cmocka_set_test_filter(argc > 1 ? argv[1] : NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
