// SPDX-License-Identifier: ISC
// The search for sines that a network does not forget: which it keeps, that pairs do come apart on
// them, where and when it says, in an independent reference, and that it repeats.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/memory.h"
#include "dsp/network/isa_choice.h"
#include "tests/rig/chaotic_network.h"
#include "tests/rig/reference_network.h"
#include "tests/rig/training_data.h"
#include "training/learning/hard_signals.h"

enum { HIDDEN = 12, DRAWS = 40, BEFORE = 2432, WINDOW = 128 };

static const ContractionScale scale = {.factor = 1.0, .distance = 1e-2, .rate = 1e-4, .rise = 1.0};

static Network network;

static HardSignals *search(int pool, uint64_t seed) {
    const PassKernels *kernels = pass_kernels(isa_best());
    HardSignals *hard = hard_signals_new(kernels, &network.shape, &training_dataset);
    PassWeights *weights = kernels->weights_new(&network.shape);
    Random random = {seed};
    assert_true(hard && weights);
    assert_int_equal(hard_signals_count(hard), 0);
    kernels->weights_pack(weights, &network);
    hard_signals_search(hard, weights, &scale, training_pools[pool], &random);
    kernels->weights_free(weights);
    return hard;
}

// Chaos is found, forgetting is not; with any number of threads the same.
static void test_finds_chaos(void **state) {
    (void)state;
    const NetworkShape shape = {.cell = LAYER_LSTM, .layers = 2, .hidden = HIDDEN, .skip = true};
    assert_int_equal(network_init(&network, &shape, NULL), STATUS_OK);
    make_chaotic(&network);
    HardSignals *one = search(0, 3), *two = search(1, 3), *other = search(0, 4);
    assert_in_range(hard_signals_count(one), 16, 64);
    assert_int_equal(hard_signals_count(two), hard_signals_count(one));
    Random first = {9}, second = {9}, third = {9};
    bool differ = false;
    for (int i = 0; i < DRAWS; i++) {
        LoudSignal a = hard_signals_draw(one, BEFORE, &first);
        LoudSignal b = hard_signals_draw(two, BEFORE, &second);
        LoudSignal c = hard_signals_draw(other, BEFORE, &third);
        assert_true(a.kind == LOUD_SINES && a.gain == b.gain && a.step[0] == b.step[0] &&
                    a.step[1] == b.step[1] && a.phase[0] == b.phase[0]);
        differ = differ || a.gain != c.gain;
    }
    assert_true(differ);
    hard_signals_clear(one);
    assert_int_equal(hard_signals_count(one), 0);
    hard_signals_free(one);
    hard_signals_free(two);
    hard_signals_free(other);
    for (size_t k = 0; k < network.count; k++) {
        network.weights[k] *= 0.1;
    }
    one = search(0, 3);
    assert_int_equal(hard_signals_count(one), 0);
    hard_signals_free(one);
    network_clear(&network);
}

// One unit that holds on to the sign of its input, slowly: while it changes a difference grows, and
// falls again before and after it.
static void make_switch(void) {
    const NetworkShape shape = {.cell = LAYER_GRU, .layers = 1, .hidden = 1, .skip = true};
    assert_int_equal(network_init(&network, &shape, NULL), STATUS_OK);
    NetworkLayer *layer = network.layer;
    layer->bias[0] = 3.0;
    layer->bias[1] = 9.0;
    layer->kernel[2] = 10.0;
    layer->recurrent_kernel[2] = 4.0;
}

// Nepers by which a small difference rises at most in the last `frames` samples before `at`.
static double rise_before(LoudSignal signal, int at, int frames) {
    static float samples[8192];
    Random unused = {0};
    loud_signal_render(&signal, samples, at, &unused);
    ReferenceState one = {0}, other = {0};
    double rise = 0.0, most = 0.0;
    for (int t = 0; t < at; t++) {
        reference_step(&network, &one, (double)samples[t], signal.knobs);
        reference_step(&network, &other, (double)samples[t], signal.knobs);
        double distance = fabs(one.h[0][0] - other.h[0][0]);
        if (t >= at - frames) {
            rise = fmax(rise, 0.0) + log(distance / 1e-6);
            most = fmax(most, rise);
        }
        other.h[0][0] = one.h[0][0] + 1e-6;
    }
    return most;
}

// Those that are drawn are near to one that rises by more than is allowed, there where it does.
static void test_where_it_is_worst(void **state) {
    (void)state;
    make_switch();
    HardSignals *hard = search(0, 5);
    Random random = {6};
    assert_true(hard_signals_count(hard) > 0);
    for (int i = 0; i < DRAWS; i++) {
        LoudSignal signal = hard_signals_draw(hard, BEFORE, &random);
        double rise = rise_before(signal, BEFORE, WINDOW);
        double earlier = rise_before(signal, BEFORE - WINDOW, WINDOW / 2);
        assert_true(rise > 0.7 * scale.rise && rise > earlier + 0.5 * scale.rise);
    }
    hard_signals_free(hard);
    network_clear(&network);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finds_chaos),
        cmocka_unit_test(test_where_it_is_worst),
    };
    return cmocka_run_group_tests(tests, training_begin, training_end);
}
