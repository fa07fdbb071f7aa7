// SPDX-License-Identifier: ISC
// What the sines that are to have harmonics alone make of a network that aliases, and how much of
// that goes into the gradient.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/memory.h"
#include "tests/rig/reference_network.h"
#include "tests/rig/training_data.h"
#include "training/learning/batch.h"

enum { SEGMENT = 512, HIDDEN = 8, UPDATES = 2000, WINDOW = 509, MOST = 2000 };

#define STEP 0.01

static const LossMix plain = {.plain = 1.0}, faint = {.plain = 1e-6};

static void make(Network *network, LayerKind cell) {
    const NetworkShape shape = {.cell = cell, .layers = 1, .hidden = HIDDEN};
    assert_int_equal(network_init(network, &shape, NULL), STATUS_OK);
    network_randomise(network, 3, 4.0);
    for (int i = 0; i < HIDDEN; i++) {
        network->layer[0].kernel[i] *= 8.0; // loud enough to distort
        network->head[i] = i % 2 ? 0.3 : -0.2;
    }
    assert_true(network->count <= MOST);
}

static Batch *batch_for(const Network *network, const LossMix *mix, double share, int pool) {
    const Regularisation with = {.antialias = true};
    Batch *batch = NULL;
    assert_int_equal(batch_new(&batch, &network->shape, &training_dataset, mix, &with, SEGMENT,
                               training_pools[pool], NULL),
                     STATUS_OK);
    batch_set_antialias(batch, share);
    return batch;
}

// Mean inharmonic share of sines of 500 to 1500 Hz at `level` dB, in dB.
static double aliases(const Network *network, double level) {
    const float knobs[MODEL_MAX_KNOBS] = {0};
    double mean = 0.0;
    for (int periods = 31; periods < 94; periods += 6) {
        ReferenceState state = {0};
        double y[WINDOW], harmonic = 0.0, other = 0.0;
        for (int t = 0; t < 5 * WINDOW; t++) {
            double x = pow(10.0, level / 20.0) * sin(2.0 * M_PI * periods * t / WINDOW);
            y[t % WINDOW] = reference_step(network, &state, x, knobs);
        }
        for (int k = 1; 2 * k < WINDOW; k++) {
            double re = 0.0, im = 0.0;
            for (int t = 0; t < WINDOW; t++) {
                re += y[t] * cos(2.0 * M_PI * k * t / WINDOW);
                im += y[t] * sin(2.0 * M_PI * k * t / WINDOW);
            }
            *(k % periods == 0 ? &harmonic : &other) += re * re + im * im;
        }
        mean += 10.0 * log10(other / (harmonic + other)) / 11.0;
    }
    return mean;
}

// Goes against the gradient in small steps of one length. The recording is heard, but faintly.
static void descend(Network *network, double share) {
    Batch *batch = batch_for(network, &faint, share, 0);
    double *gradient = memory_new(network->count, sizeof(double));
    Random random = {6};
    for (int i = 0; i < UPDATES; i++) {
        if (!batch_has(batch, SEGMENT)) {
            batch_draw(batch, &random);
        }
        batch_train(batch, network, SEGMENT, gradient);
        double length = length_of(gradient, network->count);
        for (size_t k = 0; k < network->count; k++) {
            network->weights[k] -= STEP * gradient[k] / length;
        }
    }
    memory_free(gradient);
    batch_free(batch);
}

static void test_aliases_go(void **state) {
    (void)state;
    for (int i = 0; i < RECURRENT_CELLS; i++) {
        double left[3][2];
        for (int run = 0; run < 3; run++) {
            Network network;
            make(&network, recurrent_cells[i]);
            if (run > 0) {
                descend(&network, run == 1 ? 0.0 : 1e6);
            }
            left[run][0] = aliases(&network, -18.0);
            left[run][1] = aliases(&network, 0.0);
            network_clear(&network);
        }
        printf(
            "%s, soft and loud: %.0f and %.0f dB before, %.0f and %.0f trained without the term, "
            "%.0f and %.0f with it\n",
            layer_kind_title(recurrent_cells[i]), left[0][0], left[0][1], left[1][0], left[1][1],
            left[2][0], left[2][1]);
        for (int level = 0; level < 2; level++) {
            assert_true(left[2][level] < left[1][level] - 5.0);
        }
    }
}

// Loss and gradient of the second step at this share: with 1024 samples trained, sines are looked
// at.
static double step_with(const Network *network, double share, int pool, double *gradient) {
    Batch *batch = batch_for(network, &plain, share, pool);
    Random random = {8};
    batch_draw(batch, &random);
    batch_train(batch, network, SEGMENT, gradient);
    double loss = batch_train(batch, network, SEGMENT, gradient);
    batch_free(batch);
    return loss;
}

// At most its share of the loss's gradient; the loss is told without it. Threads change nothing.
static void test_share(void **state) {
    (void)state;
    static double without[MOST], with[MOST], threads[MOST];
    Network network;
    make(&network, LAYER_GRU);
    double loss = step_with(&network, 0.0, 0, without);
    for (int i = 0; i < 2; i++) {
        double share = i == 0 ? 1e-4 : 4e-4; // both less than what there is
        assert_true(step_with(&network, share, 0, with) == loss);
        assert_true(step_with(&network, share, 1, threads) == loss);
        assert_memory_equal(with, threads, network.count * sizeof *with);
        for (size_t k = 0; k < network.count; k++) {
            with[k] -= without[k];
        }
        double length = length_of(with, network.count);
        double wanted = share * length_of(without, network.count);
        if (fabs(length - wanted) > 1e-6 * wanted) {
            fail_msg("%g, not %g", length, wanted);
        }
    }
    network_clear(&network);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_aliases_go),
        cmocka_unit_test(test_share),
    };
    return cmocka_run_group_tests(tests, training_begin, training_end);
}
