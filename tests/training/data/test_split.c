// SPDX-License-Identifier: ISC
// What is held out of a recording: how much, in how many stretches, and that they sound as all of
// it does; nothing of it is trained on.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/memory.h"
#include "training/data/dataset.h"

enum { RATE = 8000, SECONDS = 140, FRAMES = SECONDS * RATE };

static float input[FRAMES];

// Loud low notes for most of the time, and every now and then soft high ones.
static bool is_soft(size_t frame) {
    return frame % (14 * RATE) >= 10 * RATE;
}

static int make(void **state) {
    (void)state;
    for (size_t i = 0; i < FRAMES; i++) {
        double phase = 2.0 * M_PI * (double)i / RATE;
        input[i] = (float)(is_soft(i) ? 0.02 * sin(1760.0 * phase) : 0.5 * sin(110.0 * phase));
    }
    return 0;
}

static Recording recording_of(size_t frames) {
    return (Recording){.frames = frames, .input = input, .target = input};
}

static void split(Recording *recording, SourceSplit how) {
    assert_int_equal(dataset_split(recording, RATE, how, NULL), STATUS_OK);
}

// No frame is both, and each that is usable is one of them.
static void assert_whole(const Recording *recording, size_t usable) {
    const Ranges *trained = &recording->training, *held = &recording->validation;
    assert_int_equal(ranges_frames(trained) + ranges_frames(held), usable);
    for (int i = 0; i < held->count; i++) {
        size_t begin = held->range[i].begin, end = held->range[i].end;
        assert_true(begin < end && end <= recording->frames);
        assert_true(i == 0 || held->range[i - 1].end <= begin);
        for (int k = 0; k < trained->count; k++) {
            assert_true(trained->range[k].end <= begin || trained->range[k].begin >= end);
        }
    }
}

// 15 hundredths, 20 s at most, in stretches of 2 s and more, ten at most: one in each part.
static void test_amounts(void **state) {
    (void)state;
    static const struct {
        int seconds, stretches;
        double held;
    } wanted[] = {{2, 1, 0.3}, {20, 1, 3.0}, {32, 2, 4.8}, {100, 7, 15.0}, {140, 10, 20.0}};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        size_t frames = (size_t)wanted[i].seconds * RATE;
        int stretches = wanted[i].stretches;
        Recording recording = recording_of(frames);
        split(&recording, SPLIT_AUTO);
        const Ranges *held = &recording.validation;
        assert_int_equal(held->count, stretches);
        assert_true(fabs((double)ranges_frames(held) / RATE - wanted[i].held) < 0.001);
        assert_whole(&recording, frames);
        for (int k = 0; k < stretches && stretches > 1; k++) {
            assert_true(held->range[k].begin >= frames * (size_t)k / (size_t)stretches);
            assert_true(held->range[k].end <= frames * (size_t)(k + 1) / (size_t)stretches);
        }
    }
    Recording recording = recording_of(20 * RATE); // where there is one, it is the last
    split(&recording, SPLIT_AUTO);
    assert_int_equal(recording.validation.range[0].end, 20 * RATE);
}

static void test_all_or_nothing(void **state) {
    (void)state;
    Recording recording = recording_of(FRAMES);
    recording.signals = 1000;
    split(&recording, SPLIT_TRAINING);
    assert_int_equal(recording.training.range[0].begin, 1000);
    assert_int_equal(ranges_frames(&recording.training), FRAMES - 1000);
    assert_int_equal(recording.validation.count, 0);
    split(&recording, SPLIT_VALIDATION);
    assert_int_equal(ranges_frames(&recording.validation), FRAMES);
    assert_int_equal(recording.training.count, 0);
}

// Test signals at the start are neither trained on nor held out, but where there is little else.
static void test_signals(void **state) {
    (void)state;
    Recording recording = recording_of(FRAMES);
    recording.signals = 20 * RATE;
    split(&recording, SPLIT_AUTO);
    assert_whole(&recording, FRAMES - 20 * RATE);
    assert_true(recording.training.range[0].begin >= 20 * RATE);
    assert_true(recording.validation.range[0].begin >= 20 * RATE);
    assert_int_equal(recording.validation.count, 9);
    recording.signals = FRAMES - 10;
    split(&recording, SPLIT_AUTO);
    assert_whole(&recording, FRAMES);
}

// What is unusable is in neither part, and no stretch lies across it, whatever the split.
static void test_unusable(void **state) {
    (void)state;
    const SourceSplit splits[] = {SPLIT_AUTO, SPLIT_TRAINING, SPLIT_VALIDATION};
    for (int i = 0; i < 3; i++) {
        Recording recording = recording_of(FRAMES);
        recording.unusable = (Ranges){
            .count = 3,
            .range = {{5 * RATE, 6 * RATE}, {30 * RATE, 60 * RATE}, {139 * RATE, 140 * RATE}}};
        split(&recording, splits[i]);
        assert_whole(&recording, FRAMES - 32 * RATE);
        for (size_t t = 0; t < FRAMES; t += 100) {
            bool used = ranges_hold(&recording.training, t) ||
                        ranges_hold(&recording.validation, t);
            assert_int_equal(used, !ranges_hold(&recording.unusable, t));
        }
        for (int k = 0; k < recording.validation.count && i == 0; k++) {
            Range range = recording.validation.range[k];
            assert_true(fabs((double)(range.end - range.begin) / RATE - 108 * 0.15 / 8) < 0.001);
        }
        assert_int_equal(recording.validation.count, i == 0 ? 8 : i == 1 ? 0 : 3);
    }
    // Only scraps are left: the longest of them gives its end.
    Recording recording = recording_of(FRAMES);
    for (size_t t = RATE; t < FRAMES; t += 4 * RATE) {
        recording.unusable.range[recording.unusable.count++] = (Range){t, t + 3 * RATE};
    }
    split(&recording, SPLIT_AUTO);
    assert_int_equal(recording.validation.count, 1);
    assert_whole(&recording, FRAMES - 105 * RATE);
}

// The soft high notes are 40 of 140 s, in the last third of each part.
static void test_sounds_alike(void **state) {
    (void)state;
    Recording recording = recording_of(FRAMES), again = recording;
    size_t soft = 0, held = 0;
    split(&recording, SPLIT_AUTO);
    for (size_t i = 0; i < FRAMES; i++) {
        held += ranges_hold(&recording.validation, i);
        soft += ranges_hold(&recording.validation, i) && is_soft(i);
    }
    double share = (double)soft / (double)held;
    print_message("soft: %.3f of what is held out, %.3f of all\n", share, 40.0 / 140.0);
    assert_true(fabs(share - 40.0 / 140.0) < 0.05);
    split(&again, SPLIT_AUTO);
    assert_memory_equal(&again.validation, &recording.validation, sizeof again.validation);
}

static void test_short_memory(void **state) {
    (void)state;
    Status status = STATUS_NO_MEMORY;
    int failures = 0;
    for (; status != STATUS_OK; failures++) {
        Recording recording = recording_of(FRAMES);
        memory_fail_after(failures);
        status = dataset_split(&recording, RATE, SPLIT_AUTO, NULL);
        memory_fail_after(-1);
        assert_true(status == STATUS_OK || status == STATUS_NO_MEMORY);
    }
    assert_true(failures > 4);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_amounts),      cmocka_unit_test(test_all_or_nothing),
        cmocka_unit_test(test_signals),      cmocka_unit_test(test_unusable),
        cmocka_unit_test(test_sounds_alike), cmocka_unit_test(test_short_memory),
    };
    return cmocka_run_group_tests(tests, make, NULL);
}
