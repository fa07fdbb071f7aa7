// SPDX-License-Identifier: ISC
// The checks of whole recordings: sections that are played twice, Neural Amp Modeler's layout,
// pairs that are short, and no refusal of the sound pairs of ../shared/data where they are there.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "dsp/base/memory.h"
#include "tests/rig/checks_rig.h"
#include "tests/rig/scratch.h"
#include "training/data/checks_device.h"
#include "training/data/dataset_read.h"
#include "training/data/repeat.h"

// Pairs that are long enough each, but not together: the checks tell all the same.
static void test_enough(void **state) {
    (void)state;
    enum { PART = 6 * RATE };
    save("a.wav", RATE, dry, PART);
    save("b.wav", RATE, wet, PART);
    save("c.wav", RATE, dry + PART, PART);
    save("d.wav", RATE, wet + PART, PART);
    FILE *list = fopen(scratch_path("list.csv"), "w");
    assert_non_null(list);
    fputs("input,target\na.wav,b.wav\nc.wav,d.wav\n", list);
    assert_int_equal(fclose(list), 0);
    const char *path = scratch_path("list.csv");
    DatasetOptions options = {.threads = 2, .checks_only = true};
    Dataset dataset;
    Diagnostic diagnostic = {""};
    assert_int_equal(dataset_read(&dataset, &path, 1, &options, &diagnostic), STATUS_OK);
    assert_int_equal(dataset.count, 2);
    const Check *enough = checks_find(&dataset.recordings[0].checks, "enough");
    if (!enough) {
        fail_msg("no check 'enough'");
        return;
    }
    assert_int_equal(enough->verdict, VERDICT_REFUSE);
    assert_non_null(strstr(enough->text, "too short (12.0 s)"));
    dataset_clear(&dataset);
    options.checks_only = false;
    assert_int_equal(dataset_read(&dataset, &path, 1, &options, &diagnostic), STATUS_BAD_AUDIO);
    assert_non_null(strstr(diagnostic.text, "too short (12.0 s)"));
    options.force = true;
    assert_int_equal(dataset_read(&dataset, &path, 1, &options, &diagnostic), STATUS_OK);
    dataset_clear(&dataset);
}

// Any section that is played twice tells whether the device stayed the same.
static void test_replicate(void **state) {
    (void)state;
    enum { FIRST = 3 * RATE + 11, SECOND = 20 * RATE + 5, LENGTH = 7 * RATE / 2 };
    float *twice = memory_new(FRAMES, sizeof(float));
    Repeat repeat;
    assert_int_equal(repeat_find(&repeat, dry, FRAMES, RATE, NULL), STATUS_OK);
    assert_int_equal(repeat.frames, 0);
    memcpy(twice, dry, FRAMES * sizeof(float));
    memcpy(twice + SECOND, dry + FIRST, LENGTH * sizeof(float));
    assert_int_equal(repeat_find(&repeat, twice, FRAMES, RATE, NULL), STATUS_OK);
    assert_int_equal(repeat.first, FIRST);
    assert_int_equal(repeat.second, SECOND);
    assert_int_equal(repeat.frames, LENGTH);
    for (int i = 0; i < FRAMES; i++) {
        work[i] = tanhf(5.0f * twice[i]);
    }
    save("twice.wav", RATE, twice, FRAMES);
    save("bad.wav", RATE, work, FRAMES);
    assert_true(expect("twice.wav", "bad.wav", false, "replicate", VERDICT_OK, "at 20.0 s") == 0.0);
    for (int i = SECOND; i < FRAMES; i++) {
        work[i] *= 0.8f;
    }
    save("bad.wav", RATE, work, FRAMES);
    double esr = expect("twice.wav", "bad.wav", false, "replicate", VERDICT_WARN, "differ");
    assert_true(fabs(esr - 0.04) < 1e-4);
    memory_free(twice);
    // A tone repeats itself everywhere, silence nowhere.
    for (int i = 0; i < FRAMES; i++) {
        work[i] = sinf((float)(2.0 * M_PI) * (float)(i % 480) / 480.0f);
    }
    assert_int_equal(repeat_find(&repeat, work, FRAMES, RATE, NULL), STATUS_OK);
    assert_true(repeat.frames >= RATE && repeat.second + repeat.frames <= FRAMES);
    memset(work, 0, FRAMES * sizeof(float));
    assert_int_equal(repeat_find(&repeat, work, FRAMES, RATE, NULL), STATUS_OK);
    assert_int_equal(repeat.frames, 0);
}

// A file of Neural Amp Modeler's layout: its own sections are used.
static void test_nam_layout(void **state) {
    (void)state;
    size_t frames = (size_t)190 * RATE, last = frames - NAM_SECTION;
    float *input = memory_new(frames, sizeof(float)), *target = memory_new(frames, sizeof(float));
    for (size_t i = 0; i < frames; i++) {
        input[i] = dry[i % FRAMES];
    }
    memcpy(input + last, input, NAM_SECTION * sizeof(float));
    memset(input + 470000, 0, 106000 * sizeof(float));
    input[504000] = input[552000] = 0.9f;
    for (size_t i = 0; i < frames; i++) {
        target[i] = tanhf(5.0f * input[i]);
    }
    assert_true(checks_nam_layout(input, frames, RATE));
    assert_false(checks_nam_layout(input, frames, 44100));
    assert_false(checks_nam_layout(dry, FRAMES, RATE));
    save("v3.wav", RATE, input, frames);
    save("bad.wav", RATE, target, frames);
    expect("v3.wav", "bad.wav", false, "blips", VERDICT_OK, "agree");
    assert_true(expect("v3.wav", "bad.wav", false, "replicate", VERDICT_OK, "") == 0.0);
    Dataset dataset;
    assert_int_equal(load(&dataset, "v3.wav", "bad.wav", false, false, NULL), STATUS_OK);
    const Ranges *trained = &dataset.recordings[0].training;
    const Ranges *held = &dataset.recordings[0].validation;
    assert_true(trained->count == 1 && held->count == 1);
    assert_int_equal(trained->range[0].begin, 480000);
    assert_int_equal(trained->range[0].end, last);
    assert_int_equal(held->range[0].begin, last);
    assert_int_equal(held->range[0].end, frames);
    dataset_clear(&dataset);
    for (size_t i = last; i < frames; i++) {
        target[i] *= 0.8f; // the battery ran down
    }
    save("bad.wav", RATE, target, frames);
    expect("v3.wav", "bad.wav", false, "replicate", VERDICT_WARN, "differ");
    memory_free(input);
    memory_free(target);
}

// Pairs that train well are not refused, and the numbers stay well off the bounds.
static void test_shared_pairs(void **state) {
    (void)state;
    static const char *const names[][2] = {
        {"input", "screamer"},
        {"input", "ts9"},
        {"input", "muff"},
        {"input", "ds1-capture"},
        {"input", "mig50-capture"},
        {"input", "bug1990-capture"},
        {"knob-input", "knob-ts9-drive-0"},
        {"knob-input", "knob-ts9-drive-1"},
    };
    if (access(SHARED "/data/input.flac", R_OK) != 0) {
        printf("skipped: no %s/data\n", SHARED);
        skip();
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char input[256], target[256];
        Dataset dataset;
        Diagnostic diagnostic = {""};
        DatasetOptions options = {.threads = 2};
        snprintf(input, sizeof input, SHARED "/data/%s.flac", names[i][0]);
        snprintf(target, sizeof target, SHARED "/data/%s.flac", names[i][1]);
        Status status = dataset_read(&dataset, (const char *const[]){input, target}, 2, &options,
                                     &diagnostic);
        printf("%s: %s\n", names[i][1], diagnostic.text);
        assert_int_equal(status, STATUS_OK);
        const Checks *checks = &dataset.recordings[0].checks;
        for (int c = 0; c < checks->count; c++) {
            if (checks->check[c].verdict != VERDICT_OK) {
                printf("  warning: %s\n", checks->check[c].text);
            }
        }
        assert_true(checks_find(checks, "confidence")->value > 40.0);
        assert_true(fabs(checks_find(checks, "drift")->value) < 0.8);
        assert_true(checks_find(checks, "swapped")->value < -2.0);
        assert_int_equal(checks_find(checks, "resampled")->verdict, VERDICT_OK);
        const Check *tail = checks_find(checks, "tail");
        assert_true(!tail || tail->verdict == VERDICT_OK);
        dataset_clear(&dataset);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_enough),
        cmocka_unit_test(test_replicate),
        cmocka_unit_test(test_nam_layout),
        cmocka_unit_test(test_shared_pairs),
    };
    return cmocka_run_group_tests(tests, checks_rig_make, checks_rig_remove);
}
