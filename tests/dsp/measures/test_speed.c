// SPDX-License-Identifier: ISC
// The time of engines: larger ones take longer, together or alone.
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dsp/base/memory.h"
#include "dsp/measures/speed.h"
#include "tests/rig/sample_model.h"

// No more than this can be said: the machine may be busy, or an emulator. 10,000 against 14
// products.
static void test_larger_takes_longer(void **state) {
    (void)state;
    Model *small = sample_model_new(2, 1, true), *large = sample_model_new(100, 1, true);
    const Model *models[] = {small, large};
    SpeedCase usual = speed_usual();
    double times[2], alone = 0.0;
    assert_int_equal(speed_measure(times, models, 2, &usual, NULL), STATUS_OK);
    assert_true(times[0] > 0.0 && times[1] > times[0] && times[1] < 1e-2);
    assert_int_equal(speed_measure(&alone, &models[1], 1, &usual, NULL), STATUS_OK);
    assert_true(alone > times[0]);
    model_free(small);
    model_free(large);
}

// A sample of one channel is a share of what two take, and a frame of a block.
static void test_time_is_that_of_a_sample(void **state) {
    (void)state;
    Model *model = sample_model_new(40, 1, true);
    const Model *models[] = {model};
    SpeedCase what = {.isa = ISA_SCALAR, .channels = 1, .block = 1};
    double single = 0.0, pair = 0.0;
    assert_int_equal(speed_measure(&single, models, 1, &what, NULL), STATUS_OK);
    what.channels = 2;
    what.block = SPEED_MAX_BLOCK;
    assert_int_equal(speed_measure(&pair, models, 1, &what, NULL), STATUS_OK);
    assert_true(pair > 0.0 && pair < 100.0 * single && single < 100.0 * pair);
    model_free(model);
}

static void test_median(void **state) {
    (void)state;
    double odd[] = {3.0, 1.0, 2.0, 9.0, 0.5}, one[] = {4.0};
    assert_true(speed_median(odd, 5) == 2.0 && odd[0] == 0.5 && odd[4] == 9.0);
    assert_true(speed_median(one, 1) == 4.0);
}

static void test_short_memory(void **state) {
    (void)state;
    Model *model = sample_model_new(4, 1, true);
    const Model *models[] = {model, model};
    SpeedCase usual = speed_usual();
    double times[2];
    Status status = STATUS_NO_MEMORY;
    for (int n = 0; n < 100 && status != STATUS_OK; n++) {
        assert_int_equal(status, STATUS_NO_MEMORY);
        memory_fail_after(n);
        status = speed_measure(times, models, 2, &usual, NULL);
        memory_fail_after(-1);
    }
    assert_int_equal(status, STATUS_OK);
    model_free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_larger_takes_longer),
        cmocka_unit_test(test_time_is_that_of_a_sample),
        cmocka_unit_test(test_median),
        cmocka_unit_test(test_short_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
