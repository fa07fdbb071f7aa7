// SPDX-License-Identifier: ISC
// What the contraction makes of a chaotic network, and how much of it goes into the gradient.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/memory.h"
#include "tests/rig/chaotic_network.h"
#include "tests/rig/reference_network.h"
#include "tests/rig/training_data.h"
#include "training/learning/batch.h"

enum { SEGMENT = 512, HIDDEN = 12, UPDATES = 500 };

#define STEP 0.05

static const LayerKind cells[] = {LAYER_GRU, LAYER_GRU_RESET_BEFORE, LAYER_LSTM};
static const LossMix plain = {.plain = 1.0};

static void make(Network *network, LayerKind cell) {
    const NetworkShape shape = {.cell = cell, .layers = 2, .hidden = HIDDEN, .skip = true};
    assert_int_equal(network_init(network, &shape, NULL), STATUS_OK);
    make_chaotic(network);
}

static Batch *batch_for(const Network *network, double contraction, int pool) {
    const Regularisation with = {.contraction = contraction};
    Batch *batch = NULL;
    assert_int_equal(batch_new(&batch, &network->shape, &training_dataset, &plain, &with, SEGMENT,
                               training_pools[pool], NULL),
                     STATUS_OK);
    batch_set_contraction(batch, contraction);
    return batch;
}

// What is left of a click half a second ago while the network hears noise: the distance of the last
// layer's states, in dB of the square of their length.
static double left_after_click(const Network *network) {
    ReferenceState states[2] = {0};
    Random random = {2};
    const float knobs[MODEL_MAX_KNOBS] = {0};
    const int last = network->shape.layers - 1;
    double difference = 0.0, power = 0.0;
    for (int t = 0; t < RATE; t++) {
        double x = 0.1 * random_normal(&random);
        reference_step(network, &states[0], x, knobs);
        reference_step(network, &states[1], t == 100 ? x + 1e-4 : x, knobs);
        for (int unit = 0; unit < HIDDEN && t >= RATE / 2; unit++) {
            double one = states[0].h[last][unit], other = states[1].h[last][unit];
            difference += (one - other) * (one - other);
            power += one * one;
        }
    }
    return 10.0 * log10(difference / power + 1e-20);
}

// Goes against the gradient in small steps of one length, but for the head, which stays at 0: the
// loss itself teaches the layers nothing.
static void descend(Network *network, double contraction) {
    Batch *batch = batch_for(network, contraction, 0);
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
        memset(network->head, 0, (size_t)network->shape.hidden * sizeof(double));
    }
    memory_free(gradient);
    batch_free(batch);
}

static void test_chaos_goes(void **state) {
    (void)state;
    for (int i = 0; i < 3; i++) {
        Network network;
        double left[3];
        make(&network, cells[i]);
        left[0] = left_after_click(&network);
        for (int contraction = 0; contraction < 2; contraction++) {
            network_clear(&network);
            make(&network, cells[i]);
            descend(&network, contraction);
            left[1 + contraction] = left_after_click(&network);
        }
        printf("%s: %.0f dB left before, %.0f trained without the term, %.0f with it\n",
               layer_kind_title(network.shape.cell), left[0], left[1], left[2]);
        assert_true(left[0] > -20.0 && left[1] > -20.0);
        assert_true(left[2] < -100.0);
        network_clear(&network);
    }
}

// Loss and gradient of one step at this share, after a step for the pairs to come apart.
static double step_with(const Network *network, double share, int pool, double *gradient) {
    Batch *batch = batch_for(network, share, pool);
    Random random = {8};
    batch_draw(batch, &random);
    batch_train(batch, network, SEGMENT, gradient);
    double loss = batch_train(batch, network, SEGMENT, gradient);
    batch_free(batch);
    return loss;
}

// At most its share of the loss's gradient, all of it where the states come apart, and none where
// they come together; the loss is told without it. Threads change nothing.
static void test_share(void **state) {
    (void)state;
    enum { MOST = 2000 };
    static double without[MOST], with[MOST], threads[MOST];
    for (int chaotic = 0; chaotic < 2; chaotic++) {
        Network network;
        make(&network, LAYER_GRU);
        assert_true(network.count <= MOST);
        for (size_t k = 0; k < network.count && !chaotic; k++) {
            network.weights[k] *= 0.1;
        }
        double loss = step_with(&network, 0.0, 0, without);
        for (int i = 0; i < 2; i++) {
            double share = i == 0 ? 0.1 : 0.4;
            assert_true(step_with(&network, share, 0, with) == loss);
            assert_true(step_with(&network, share, 1, threads) == loss);
            assert_memory_equal(with, threads, network.count * sizeof *with);
            for (size_t k = 0; k < network.count; k++) {
                with[k] -= without[k];
            }
            double length = length_of(with, network.count);
            double wanted = chaotic ? share * length_of(without, network.count) : 0.0;
            if (fabs(length - wanted) > 1e-6 * wanted) {
                fail_msg("%g, not %g", length, wanted);
            }
        }
        network_clear(&network);
    }
}

// The gradient of a step after another draw, or after none.
static void second_draw(const Network *network, bool before, bool restart, double *gradient) {
    Batch *batch = batch_for(network, 0.5, 0);
    Random first = {8}, second = {9};
    if (before) {
        batch_draw(batch, &first);
        batch_train(batch, network, SEGMENT, gradient);
    }
    if (restart) {
        batch_restart(batch);
    }
    batch_draw(batch, &second);
    batch_train(batch, network, SEGMENT, gradient);
    batch_free(batch);
}

// What was not forgotten is heard again, unless the sequences start anew.
static void test_repeats(void **state) {
    (void)state;
    enum { MOST = 2000 };
    static double fresh[MOST], other[MOST];
    for (int chaotic = 0; chaotic < 2; chaotic++) {
        Network network;
        make(&network, LAYER_GRU);
        assert_true(network.count <= MOST);
        for (size_t k = 0; k < network.count && !chaotic; k++) {
            network.weights[k] *= 0.1;
        }
        second_draw(&network, false, false, fresh);
        second_draw(&network, true, true, other);
        assert_memory_equal(fresh, other, network.count * sizeof *fresh);
        second_draw(&network, true, false, other);
        assert_int_equal(memcmp(fresh, other, network.count * sizeof *fresh) != 0, chaotic);
        network_clear(&network);
    }
}

// The gradient of the contraction after a search, and perhaps a restart.
static void draw_found(const Network *network, bool search, bool restart, double *gradient) {
    Batch *batch = batch_for(network, 0.5, 0);
    Random first = {8}, second = {9};
    if (search) {
        batch_search(batch, network, &first);
    }
    if (restart) {
        batch_restart(batch);
    }
    batch_draw(batch, &second);
    batch_train(batch, network, SEGMENT, gradient);
    batch_free(batch);
}

// What was found is heard, until the sequences start anew.
static void test_hears_what_was_found(void **state) {
    (void)state;
    enum { MOST = 2000 };
    static double fresh[MOST], other[MOST];
    Network network;
    make(&network, LAYER_GRU);
    assert_true(network.count <= MOST);
    draw_found(&network, false, false, fresh);
    draw_found(&network, true, false, other);
    assert_memory_not_equal(fresh, other, network.count * sizeof *fresh);
    draw_found(&network, true, true, other);
    assert_memory_equal(fresh, other, network.count * sizeof *fresh);
    network_clear(&network);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chaos_goes),
        cmocka_unit_test(test_share),
        cmocka_unit_test(test_repeats),
        cmocka_unit_test(test_hears_what_was_found),
    };
    return cmocka_run_group_tests(tests, training_begin, training_end);
}
