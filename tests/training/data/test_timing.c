// SPDX-License-Identifier: ISC
// What happened to the time of a pair: drift and dropouts made on purpose in the demo's pair.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <math.h>

#include "dsp/base/memory.h"
#include "dsp/base/random.h"
#include "tests/rig/demo_audio.h"
#include "training/data/timing.h"

enum { RATE = DEMO_RATE, FRAMES = 40 * RATE, ROOM = FRAMES + 2 * RATE };

static float *input, *target, *other;
static ThreadPool *pool;

static int make(void **state) {
    (void)state;
    input = memory_new(ROOM, sizeof(float));
    target = memory_new(ROOM, sizeof(float));
    other = memory_new(ROOM, sizeof(float));
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

static Timing find(const float *dry, const float *wet) {
    Timing timing;
    Pair pair = {RATE, dry, FRAMES, wet, FRAMES};
    assert_int_equal(timing_find(&timing, &pair, pool, NULL), STATUS_OK);
    printf("judged %d, delay %.2f, drift %.2f ppm", timing.judged, timing.delay,
           1e6 * timing.drift);
    for (int i = 0; i < timing.slips; i++) {
        printf("; %ld%s at %.3f s", timing.slip[i].samples, timing.slip[i].added ? " added" : "",
               (double)timing.slip[i].at / RATE);
    }
    printf("\n");
    return timing;
}

static void test_sound_pair(void **state) {
    (void)state;
    static const int delays[] = {0, 777, -300, 30000};
    for (size_t i = 0; i < sizeof delays / sizeof *delays; i++) {
        for (int n = 0; n < FRAMES; n++) {
            int at = n - delays[i];
            other[n] = at >= 0 && at < FRAMES ? target[at] : 0.0f;
        }
        Timing timing = find(input, other);
        assert_true(timing.judged && timing.drift == 0.0 && timing.slips == 0);
        assert_true(fabs(timing.delay - delays[i]) <= 4.0);
    }
}

static void test_drift(void **state) {
    (void)state;
    static const double ppm[] = {3.0, -5.0, 20.0, -50.0, 150.0, -400.0};
    for (size_t i = 0; i < sizeof ppm / sizeof *ppm; i++) {
        demo_drift(other, target, FRAMES, ppm[i]);
        Timing timing = find(input, other);
        assert_true(timing.judged && timing.slips == 0);
        assert_true(fabs(1e6 * timing.drift + ppm[i]) < fmax(0.3, 0.02 * fabs(ppm[i])));
    }
}

// What a recorder did at a place.
typedef struct Fault {
    double second;
    int lost; // samples; below 0: added
} Fault;

// Copies `from` with its faults; what is added is empty, repeated, or noise.
static void spoil(const float *from, const Fault *faults, size_t count, int filling) {
    Random random = {5};
    size_t written = 0, read = 0;
    memset(other, 0, ROOM * sizeof(float));
    for (size_t i = 0; i <= count; i++) {
        size_t end = i < count ? (size_t)(faults[i].second * RATE) : FRAMES;
        while (read < end && written < FRAMES) {
            other[written++] = from[read++];
        }
        read += i < count && faults[i].lost > 0 ? (size_t)faults[i].lost : 0;
        size_t added = i < count && faults[i].lost < 0 ? (size_t)-faults[i].lost : 0;
        for (size_t k = 0; k < added && written < FRAMES; k++, written++) {
            other[written] = filling == 0   ? 0.0f
                             : filling == 1 ? other[written - added]
                                            : (float)random_within(&random, 0.2);
        }
    }
}

static void expect_slips(const Timing *timing, const Fault *faults, size_t count, int sign) {
    assert_true(timing->judged && timing->drift == 0.0);
    assert_int_equal(timing->slips, count);
    for (size_t i = 0; i < count; i++) {
        assert_true(labs(timing->slip[i].samples + sign * faults[i].lost) <= 1);
        double off = (double)timing->slip[i].at / RATE - faults[i].second;
        assert_true(fabs(off) < 0.1);
    }
}

static void test_dropouts(void **state) {
    (void)state;
    static const struct {
        Fault faults[4];
        size_t count;
    } cases[] = {
        {{{13.0, 480}}, 1},
        {{{20.5, 64}}, 1},
        {{{8.0, 24000}}, 1},
        {{{5.0, 128}}, 1},
        {{{37.0, 1024}}, 1},
        {{{6.0, 480}, {19.0, 96}, {26.3, 4800}}, 3},
        {{{11.0, 256}, {15.5, 256}, {30.0, -512}, {35.0, 200}}, 4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        spoil(target, cases[i].faults, cases[i].count, 2);
        Timing timing = find(input, other);
        expect_slips(&timing, cases[i].faults, cases[i].count, 1);
        spoil(input, cases[i].faults, cases[i].count, 2); // the other side
        timing = find(other, target);
        assert_int_equal(timing.slips, cases[i].count);
        for (size_t k = 0; k < cases[i].count; k++) {
            assert_true(labs(timing.slip[k].samples - cases[i].faults[k].lost) <= 1);
            assert_false(timing.slip[k].added);
        }
    }
}

// Samples that are there twice, or empty, show on which side they are.
static void test_added_samples(void **state) {
    (void)state;
    static const Fault faults[] = {{15.0, -480}};
    for (int filling = 0; filling < 3; filling++) {
        spoil(target, faults, 1, filling);
        Timing timing = find(input, other);
        expect_slips(&timing, faults, 1, 1);
        assert_int_equal(timing.slip[0].added, filling < 2);
        spoil(input, faults, 1, filling);
        timing = find(other, target);
        assert_int_equal(timing.slips, 1);
        assert_true(labs(timing.slip[0].samples + 480) <= 1);
        assert_int_equal(timing.slip[0].added, filling < 2);
    }
}

// Both at once, and what neither a slip nor a drift may come of.
static void test_both_and_neither(void **state) {
    (void)state;
    static const Fault faults[] = {{25.0, 480}};
    float *drifted = memory_new(ROOM, sizeof(float));
    demo_drift(drifted, target, FRAMES, 50.0);
    spoil(drifted, faults, 1, 0);
    Timing timing = find(input, other);
    assert_int_equal(timing.slips, 1);
    assert_true(labs(timing.slip[0].samples + 480) <= 1);
    assert_true(fabs(1e6 * timing.drift + 50.0) < 1.5);
    memory_free(drifted);
    Random random = {3};
    for (int n = 0; n < FRAMES; n++) {
        other[n] = (float)random_within(&random, 0.3);
    }
    timing = find(input, other); // unrelated
    assert_true(!timing.judged && timing.slips == 0 && timing.drift == 0.0);
    memset(other, 0, ROOM * sizeof(float)); // half of it is silent
    memcpy(other, input, FRAMES / 2 * sizeof(float));
    timing = find(other, target);
    assert_true(timing.judged && timing.slips == 0 && timing.drift == 0.0);
    memset(other, 0, ROOM * sizeof(float));
    timing = find(other, other);
    assert_false(timing.judged);
}

// Where the guitar is all but silent, what little both sides have in common there, at a delay of
// its own, tells nothing.
static void test_quiet_stretch(void **state) {
    (void)state;
    enum { BEGIN = 15 * RATE, END = 25 * RATE, APART = 700 };
    Random random = {9};
    float *wet = memory_new(ROOM, sizeof(float));
    memcpy(other, input, FRAMES * sizeof(float));
    memcpy(wet, target, FRAMES * sizeof(float));
    for (int n = BEGIN; n < END; n++) {
        other[n] = (float)random_within(&random, 1e-4);
        wet[n] = n >= BEGIN + APART ? other[n - APART] : 0.0f;
    }
    Timing timing = find(other, wet);
    memory_free(wet);
    assert_true(timing.judged && timing.slips == 0 && timing.drift == 0.0);
}

static void test_without_memory(void **state) {
    (void)state;
    Pair pair = {RATE, input, FRAMES / 4, target, FRAMES / 4};
    Timing timing;
    Status status = STATUS_NO_MEMORY;
    for (int n = 0; n < 5000 && status != STATUS_OK; n += 1 + n / 8) {
        assert_int_equal(status, STATUS_NO_MEMORY);
        memory_fail_after(n);
        status = timing_find(&timing, &pair, NULL, NULL);
        memory_fail_after(-1);
    }
    assert_int_equal(status, STATUS_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sound_pair),       cmocka_unit_test(test_drift),
        cmocka_unit_test(test_dropouts),         cmocka_unit_test(test_added_samples),
        cmocka_unit_test(test_both_and_neither), cmocka_unit_test(test_quiet_stretch),
        cmocka_unit_test(test_without_memory),
    };
    return cmocka_run_group_tests(tests, make, unmake);
}
