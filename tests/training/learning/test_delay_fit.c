// SPDX-License-Identifier: ISC
// Small networks fitted at several delays: which of them learn.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/memory.h"
#include "tests/rig/training_data.h"
#include "training/learning/delay_fit.h"

enum { UPDATES = 240, LATE = 40 };

static float input[FRAMES], plain[FRAMES], target[FRAMES];
static ThreadPool *pool;

static int make(void **state) {
    (void)state;
    make_pair(input, plain);
    memcpy(target + LATE, plain, (FRAMES - LATE) * sizeof *target);
    return thread_pool_new(&pool, 1, NULL) == STATUS_OK ? 0 : -1;
}

static int unmake(void **state) {
    (void)state;
    thread_pool_free(pool);
    return 0;
}

// At its delay and just before it the device is learnt; after it the network would have to know the
// future, and far from it there is nothing to learn.
static void test_delays(void **state) {
    (void)state;
    static const int delays[] = {LATE, LATE - 3, LATE + 6, -LATE, 0};
    const Pair pair = {RATE, input, FRAMES, target, FRAMES};
    double errors[5];
    assert_int_equal(delay_fit_errors(errors, &pair, delays, 5, UPDATES, pool, NULL), STATUS_OK);
    assert_true(errors[0] < 0.05 && errors[1] < 0.4);
    assert_true(errors[2] > 0.8 && errors[3] > 0.8 && errors[4] > 0.8);
}

// The same numbers for any number of threads, and for a fit beside others as for one alone.
static void test_same_numbers(void **state) {
    (void)state;
    static const int delays[] = {LATE, 0, LATE - 10};
    const Pair pair = {RATE, input, FRAMES, target, FRAMES};
    ThreadPool *three;
    double errors[3], shared[3], alone;
    assert_int_equal(thread_pool_new(&three, 3, NULL), STATUS_OK);
    assert_int_equal(delay_fit_errors(errors, &pair, delays, 3, 60, pool, NULL), STATUS_OK);
    assert_int_equal(delay_fit_errors(shared, &pair, delays, 3, 60, three, NULL), STATUS_OK);
    assert_memory_equal(errors, shared, sizeof errors);
    // (No other delay than the first leaves less room for sequences.)
    assert_int_equal(delay_fit_errors(&alone, &pair, delays, 1, 60, pool, NULL), STATUS_OK);
    assert_true(alone == errors[0]);
    thread_pool_free(three);
}

// How loud either side is does not matter.
static void test_levels(void **state) {
    (void)state;
    static float dry[FRAMES], wet[FRAMES];
    const int delay = LATE;
    double usual, other;
    for (int i = 0; i < FRAMES; i++) {
        dry[i] = 8.0f * input[i];
        wet[i] = target[i] / 64.0f;
    }
    const Pair pair = {RATE, input, FRAMES, target, FRAMES},
               scaled = {RATE, dry, FRAMES, wet, FRAMES};
    assert_int_equal(delay_fit_errors(&usual, &pair, &delay, 1, 60, pool, NULL), STATUS_OK);
    assert_int_equal(delay_fit_errors(&other, &scaled, &delay, 1, 60, pool, NULL), STATUS_OK);
    assert_true(usual == other);
}

// Each delay must find its audio.
static void test_room(void **state) {
    (void)state;
    enum { LEAST = 1024 + 4096 }; // of a sequence, its warm-up included
    double error;
    for (int delay = -7; delay <= 7; delay += 7) {
        int wanted = LEAST + 1 + (delay < 0 ? -delay : 0),
            got = LEAST + 1 + (delay > 0 ? delay : 0);
        Pair pair = {RATE, input, (size_t)wanted, target, (size_t)got};
        assert_int_equal(delay_fit_errors(&error, &pair, &delay, 1, 16, pool, NULL), STATUS_OK);
        pair.target_frames--;
        assert_int_equal(delay_fit_errors(&error, &pair, &delay, 1, 16, pool, NULL),
                         STATUS_BAD_AUDIO);
        pair.target_frames++;
        pair.input_frames--;
        assert_int_equal(delay_fit_errors(&error, &pair, &delay, 1, 16, pool, NULL),
                         STATUS_BAD_AUDIO);
    }
    // Where there is no number there is no error, but no failure either.
    float kept = target[2000];
    int delay = 0;
    const Pair pair = {RATE, input, LEAST + 1, target, LEAST + 1};
    target[2000] = NAN;
    assert_int_equal(delay_fit_errors(&error, &pair, &delay, 1, 16, pool, NULL), STATUS_OK);
    assert_true(error == INFINITY);
    target[2000] = kept;
    memory_fail_after(3);
    assert_int_equal(delay_fit_errors(&error, &pair, &delay, 1, 16, pool, NULL), STATUS_NO_MEMORY);
    memory_fail_after(-1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_delays),
        cmocka_unit_test(test_same_numbers),
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_room),
    };
    return cmocka_run_group_tests(tests, make, unmake);
}
