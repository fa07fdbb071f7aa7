// SPDX-License-Identifier: ISC
// The delay of a target against its input, on the demo's pair with delays made on purpose, and on
// ../shared/data where it is there.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <math.h>

#include "dsp/base/memory.h"
#include "dsp/base/random.h"
#include "dsp/files/audio/audio_file.h"
#include "tests/rig/demo_audio.h"
#include "training/data/align.h"
#include "training/data/timing.h"
#include "training/learning/delay_fit.h"

enum { FRAMES = 32 * DEMO_RATE };

static float *input, *target, *other;
static ThreadPool *pool;

static int make(void **state) {
    (void)state;
    input = memory_new(FRAMES, sizeof(float));
    target = memory_new(FRAMES, sizeof(float));
    other = memory_new(FRAMES, sizeof(float));
    demo_audio(input, target, FRAMES);
    return thread_pool_new(&pool, 2, NULL);
}

static int unmake(void **state) {
    (void)state;
    memory_free(input);
    memory_free(target);
    memory_free(other);
    thread_pool_free(pool);
    return 0;
}

// The pair with a target that is `delay` samples late.
static Pair late_by(int delay) {
    if (delay < 0) { // the target's first samples are missing
        return (Pair){DEMO_RATE, input, FRAMES, target - delay, (size_t)(FRAMES + delay)};
    }
    memset(other, 0, (size_t)delay * sizeof(float));
    memcpy(other + delay, target, (size_t)(FRAMES - delay) * sizeof(float));
    return (Pair){DEMO_RATE, input, FRAMES, other, FRAMES};
}

static void test_finds_delays(void **state) {
    (void)state;
    static const int delays[] = {-300, -20, 14, 777, 20000};
    for (size_t i = 0; i < sizeof delays / sizeof *delays; i++) {
        Pair pair = late_by(delays[i]);
        Alignment alignment;
        assert_int_equal(align(&alignment, &pair, NULL, false, pool, NULL), STATUS_OK);
        printf("%d: peak %.2f (%.1f dB), onset %d\n", delays[i], alignment.peak,
               alignment.confidence, alignment.onset);
        assert_true(fabs(alignment.peak - delays[i]) <= 2.0);
        assert_in_range(alignment.onset - delays[i] + 100, 96, 101);
        assert_true(alignment.confidence > 35.0);
        assert_false(alignment.inverted);
        assert_false(alignment.tried);
    }
}

static void test_tries(void **state) {
    (void)state;
    Pair pair = late_by(0);
    Alignment alignment, one, two;
    assert_int_equal(align(&alignment, &pair, delay_fit_errors, false, pool, NULL), STATUS_OK);
    assert_int_equal(alignment.delay, 0);
    assert_true(alignment.error < 0.05 && alignment.swapped > 2.0 * alignment.error);
    // A model that may be late is as late as that of any other pair.
    assert_int_equal(align(&alignment, &pair, delay_fit_errors, true, pool, NULL), STATUS_OK);
    assert_in_range(alignment.delay + 100, 92, 97);
    assert_true(alignment.late);
    assert_int_equal(align(&alignment, &pair, NULL, true, pool, NULL), STATUS_OK);
    assert_in_range(alignment.delay + 100, 92, 97);
    pair = late_by(500);
    assert_int_equal(align(&alignment, &pair, delay_fit_errors, false, pool, NULL), STATUS_OK);
    printf("500: delay %d, error %.4f, swapped %.4f\n", alignment.delay, alignment.error,
           alignment.swapped);
    assert_in_range(alignment.delay, 492, 500);
    // The same numbers, whatever the threads.
    ThreadPool *alone = NULL;
    assert_int_equal(thread_pool_new(&alone, 1, NULL), STATUS_OK);
    assert_int_equal(align_try(&one, &pair, alignment.delay, delay_fit_errors, alone, NULL),
                     STATUS_OK);
    assert_int_equal(align_try(&two, &pair, alignment.delay, delay_fit_errors, pool, NULL),
                     STATUS_OK);
    assert_true(one.error == two.error && one.swapped == two.swapped);
    thread_pool_free(alone);
}

static void test_polarity(void **state) {
    (void)state;
    for (int i = 0; i < FRAMES; i++) {
        other[i] = -target[i];
    }
    Alignment alignment;
    Pair pair = {DEMO_RATE, input, FRAMES, other, FRAMES};
    assert_int_equal(align(&alignment, &pair, NULL, false, pool, NULL), STATUS_OK);
    assert_true(alignment.inverted);
    assert_int_equal(alignment.delay, 0);
}

static void test_unrelated(void **state) {
    (void)state;
    Random random = {3};
    for (int i = 0; i < FRAMES; i++) {
        other[i] = (float)random_within(&random, 0.3);
    }
    Alignment alignment;
    Pair pair = {DEMO_RATE, input, FRAMES, other, FRAMES};
    assert_int_equal(align(&alignment, &pair, NULL, false, pool, NULL), STATUS_OK);
    assert_true(alignment.confidence < 22.0);
    assert_int_equal(align_try(&alignment, &pair, 0, delay_fit_errors, pool, NULL), STATUS_OK);
    assert_true(alignment.error > 0.9);
}

static void test_without_memory(void **state) {
    (void)state;
    Pair pair = {DEMO_RATE, input, FRAMES / 16, target, FRAMES / 16};
    Alignment alignment;
    Status status = STATUS_NO_MEMORY;
    for (int n = 0; n < 2000 && status != STATUS_OK; n += 1 + n / 16) {
        assert_int_equal(status, STATUS_NO_MEMORY);
        memory_fail_after(n);
        status = align(&alignment, &pair, NULL, false, pool, NULL);
        memory_fail_after(-1);
    }
    assert_int_equal(status, STATUS_OK);
}

// The delays by which networks train best, found by long trainings; some samples less cost little.
static void test_shared_pairs(void **state) {
    (void)state;
    static const struct {
        const char *name;
        int least, most;
        bool inverted;
    } known[] = {
        {"screamer", 0, 0, false},       {"ts9", 0, 0, false},
        {"muff", 24, 28, false},         {"ds1-capture", 11, 17, true},
        {"mig50-capture", 13, 18, true}, {"bug1990-capture", 0, 6, true},
    };
    Audio dry = {0};
    if (access(SHARED "/data/input.flac", R_OK) != 0) {
        printf("skipped: no %s/data\n", SHARED);
        skip();
    }
    assert_int_equal(audio_file_read(&dry, SHARED "/data/input.flac", NULL), STATUS_OK);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        char path[256];
        Audio wet = {0};
        snprintf(path, sizeof path, SHARED "/data/%s.flac", known[i].name);
        assert_int_equal(audio_file_read(&wet, path, NULL), STATUS_OK);
        Pair pair = {dry.rate, dry.samples, dry.frames, wet.samples, wet.frames};
        Alignment alignment;
        Timing timing;
        assert_int_equal(align(&alignment, &pair, delay_fit_errors, false, pool, NULL), STATUS_OK);
        assert_int_equal(timing_find(&timing, &pair, pool, NULL), STATUS_OK);
        printf("%s: peak %.2f (%.1f dB), onset %d, delay %d, error %.4f (swapped %.4f), slips %d, "
               "drift %.2g\n",
               known[i].name, alignment.peak, alignment.confidence, alignment.onset,
               alignment.delay, alignment.error, alignment.swapped, timing.slips, timing.drift);
        assert_in_range(alignment.delay + 100, known[i].least + 100, known[i].most + 100);
        assert_int_equal(alignment.inverted, known[i].inverted);
        assert_true(alignment.confidence > 35.0);
        assert_true(timing.judged && timing.slips == 0 && timing.drift == 0.0);
        audio_clear(&wet);
    }
    audio_clear(&dry);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finds_delays),   cmocka_unit_test(test_tries),
        cmocka_unit_test(test_polarity),       cmocka_unit_test(test_unrelated),
        cmocka_unit_test(test_without_memory), cmocka_unit_test(test_shared_pairs),
    };
    return cmocka_run_group_tests(tests, make, unmake);
}
