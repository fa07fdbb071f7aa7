// SPDX-License-Identifier: ISC
// Cross-correlation and impulse responses against their sums, and against the filter that was used.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/correlation.h"
#include "dsp/base/memory.h"
#include "dsp/base/random.h"
#include "tests/rig/near.h"

enum { FRAMES = 20000, REACH = 100, LAGS = 2 * REACH + 1, ALL = 1000 };

static float input[FRAMES], target[FRAMES];

static SignalPair pair(void) {
    return (SignalPair){input, FRAMES, target, FRAMES};
}

// Noise, and what a filter with two taps makes of it `delay` samples later.
static void make(int delay, float first, float second) {
    Random random = {5};
    for (int i = 0; i < FRAMES; i++) {
        input[i] = (float)random_normal(&random);
    }
    for (int i = 0; i < FRAMES; i++) {
        int at = i - delay;
        target[i] = (at >= 0 && at < FRAMES ? first * input[at] : 0.0f) +
                    (at >= 1 && at < FRAMES + 1 ? second * input[at - 1] : 0.0f);
    }
}

static Correlation correlate(const SignalPair *signals, size_t begin, size_t end, int most) {
    Correlation correlation;
    assert_int_equal(correlation_init(&correlation, signals, begin, end, REACH, most, NULL),
                     STATUS_OK);
    return correlation;
}

static void the_correlation_is_the_sum(void **state) {
    (void)state;
    enum { BEGIN = 700, END = 9001 };
    make(13, 0.7f, -0.4f);
    SignalPair signals = pair();
    signals.target_frames = 8990; // then silence
    Correlation correlation = correlate(&signals, BEGIN, END, ALL);
    double energies[2] = {0.0};
    for (int i = BEGIN; i < END; i++) {
        energies[0] += (double)input[i] * (double)input[i];
        energies[1] += i < 8990 ? (double)target[i] * (double)target[i] : 0.0;
    }
    for (int lag = -REACH; lag <= REACH; lag++) {
        double sum = 0.0;
        for (int i = BEGIN; i < END; i++) {
            sum += i + lag < 8990 ? (double)input[i] * (double)target[i + lag] : 0.0;
        }
        assert_near(correlation.normalised[lag + REACH], sum / sqrt(energies[0] * energies[1]),
                    1e-5);
    }
    correlation_clear(&correlation);
    assert_null(correlation.normalised);
    assert_null(correlation.impulse);
}

static void the_impulse_response_is_the_filters(void **state) {
    (void)state;
    static const int delays[] = {-REACH, -7, 0, 42, REACH - 1};
    for (size_t k = 0; k < sizeof delays / sizeof *delays; k++) {
        make(delays[k], -0.7f, 0.4f);
        SignalPair signals = pair();
        Correlation correlation = correlate(&signals, 0, FRAMES, ALL);
        for (int lag = -REACH; lag <= REACH; lag++) {
            double wanted = lag == delays[k] ? -0.7 : lag == delays[k] + 1 ? 0.4 : 0.0;
            assert_near(correlation.impulse[lag + REACH], wanted, 0.02);
        }
        assert_int_equal(lround(correlation_peak(correlation.impulse, LAGS)), delays[k] + REACH);
        correlation_clear(&correlation);
    }
}

// Of many blocks some stand for all: what lies between them is not looked at.
static void few_blocks_stand_for_all(void **state) {
    (void)state;
    make(20, 1.0f, 0.0f);
    SignalPair signals = pair();
    Correlation whole = correlate(&signals, 0, FRAMES, ALL),
                two = correlate(&signals, 0, FRAMES, 2);
    assert_near(two.normalised[20 + REACH], 1.0, 0.1);
    assert_memory_not_equal(whole.normalised, two.normalised, LAGS * sizeof(float));
    correlation_clear(&two);
    // The first and the middle of 25 blocks of 824.
    memset(target + 12 * 824 + REACH + 824, 0, (FRAMES - 13 * 824 - REACH) * sizeof(float));
    memset(target + 824 + REACH, 0, (11 * 824 - 2 * REACH) * sizeof(float));
    two = correlate(&signals, 0, FRAMES, 2);
    assert_near(two.normalised[20 + REACH], 1.0, 0.1);
    correlation_clear(&two);
    correlation_clear(&whole);
}

static void silence_correlates_with_nothing(void **state) {
    (void)state;
    make(0, 0.0f, 0.0f);
    SignalPair signals = pair();
    Correlation correlation = correlate(&signals, 0, FRAMES, ALL);
    for (int i = 0; i < LAGS; i++) {
        assert_true(correlation.normalised[i] == 0.0f && correlation.impulse[i] == 0.0f);
    }
    correlation_clear(&correlation);
}

static void peaks_are_found_between_samples(void **state) {
    (void)state;
    float values[9] = {0.0f};
    for (int i = 0; i < 9; i++) {
        values[i] = 0.3f * (float)((i - 4.25) * (i - 4.25)) - 9.0f; // largest in size at 4.25
    }
    assert_near(correlation_peak(values, 9), 4.25, 1e-5);
    assert_near(correlation_peak((float[]){1.0f, 0.5f, 0.2f}, 3), 0.0, 0.0);
    assert_near(correlation_peak((float[]){0.1f, 0.5f, -0.7f}, 3), 2.0, 0.0);
    assert_near(correlation_peak((float[]){0.0f, 0.0f, 0.0f}, 3), 0.0, 0.0);
}

static void short_memory_leaves_nothing(void **state) {
    (void)state;
    make(1, 1.0f, 0.0f);
    SignalPair signals = pair();
    Status status = STATUS_NO_MEMORY;
    for (int n = 0; n < 100 && status != STATUS_OK; n++) {
        Correlation correlation;
        memory_fail_after(n);
        status = correlation_init(&correlation, &signals, 0, FRAMES, REACH, ALL, NULL);
        memory_fail_after(-1);
        assert_true(status == STATUS_OK || status == STATUS_NO_MEMORY);
        assert_true(status == STATUS_OK || (!correlation.normalised && !correlation.impulse));
        correlation_clear(&correlation);
    }
    assert_int_equal(status, STATUS_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_correlation_is_the_sum),
        cmocka_unit_test(the_impulse_response_is_the_filters),
        cmocka_unit_test(few_blocks_stand_for_all),
        cmocka_unit_test(silence_correlates_with_nothing),
        cmocka_unit_test(peaks_are_found_between_samples),
        cmocka_unit_test(short_memory_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
