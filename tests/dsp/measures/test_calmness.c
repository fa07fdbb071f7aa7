// SPDX-License-Identifier: ISC
// Whether a model is calm is asked at the ends of its knobs, too.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dsp/base/memory.h"
#include "dsp/measures/calmness.h"
#include "tests/rig/chaotic_network.h"

enum { RATE = 8000, HIDDEN = 12 };

// Its reset gates, and so its chaos, open as the knob goes up.
static Model *make_model(int knobs) {
    Network network;
    const NetworkShape shape = {
        .cell = LAYER_GRU, .layers = 1, .hidden = HIDDEN, .knobs = knobs, .skip = true};
    assert_int_equal(network_init(&network, &shape, NULL), STATUS_OK);
    make_chaotic(&network);
    NetworkLayer *layer = &network.layer[0];
    for (int unit = 0; unit < HIDDEN && knobs > 0; unit++) {
        layer->bias[HIDDEN + unit] = -6.0;
        for (int gate = 0; gate < 3; gate++) {
            layer->kernel[(gate * HIDDEN + unit) * layer->inputs + 1] = gate == 1 ? 9.0 : 0.0;
        }
    }
    for (int unit = 0; unit < HIDDEN; unit++) {
        network.head[unit] = 0.1;
    }
    Model *model = network_model(&network, RATE);
    assert_non_null(model);
    network_clear(&network);
    return model;
}

static double margin(const Model *model, ThreadPool *pool) {
    Divergence divergence;
    assert_int_equal(calmness_measure(&divergence, model, DIVERGENCE_QUICK, pool, NULL), STATUS_OK);
    return divergence_margin(&divergence);
}

static void test_knobs(void **state) {
    (void)state;
    ThreadPool *one, *two;
    assert_int_equal(thread_pool_new(&one, 1, NULL), STATUS_OK);
    assert_int_equal(thread_pool_new(&two, 2, NULL), STATUS_OK);
    Model *model = make_model(1);
    static const struct {
        float minimum, maximum, initial;
        bool calm;
    } ranges[] = {{0.0f, 0.1f, 0.05f, true},
                  {0.0f, 1.0f, 0.05f, false},
                  {1.0f, 0.0f, 0.05f, false}, // the chaos stands at its lower end
                  {0.0f, 0.1f, 1.0f, false}};
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        model->knob[0].minimum = ranges[i].minimum;
        model->knob[0].maximum = ranges[i].maximum;
        model->knob[0].initial = ranges[i].initial;
        double worst = margin(model, one);
        assert_int_equal(worst >= 0.0, ranges[i].calm);
        assert_true(worst == margin(model, two));
    }
    // The figures are those of the worst setting.
    Divergence wild;
    assert_int_equal(divergence_measure(&wild, model, &(float){1.0f}, DIVERGENCE_QUICK, NULL),
                     STATUS_OK);
    assert_true(margin(model, one) == divergence_margin(&wild));
    model_free(model);
    model = make_model(0);
    assert_true(margin(model, two) < -50.0);
    // Every allocation fails in turn until it gets through.
    Divergence divergence;
    Status status = STATUS_NO_MEMORY;
    for (int n = 0; n < 100 && status != STATUS_OK; n++) {
        assert_int_equal(status, STATUS_NO_MEMORY);
        memory_fail_after(n);
        status = calmness_measure(&divergence, model, DIVERGENCE_QUICK, one, NULL);
        memory_fail_after(-1);
    }
    assert_int_equal(status, STATUS_OK);
    model_free(model);
    thread_pool_free(one);
    thread_pool_free(two);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_knobs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
