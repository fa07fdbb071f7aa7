// SPDX-License-Identifier: ISC
// Recordings as they are trained on: which are refused, how they are split, the figures over all of
// them, and the places that sequences are drawn from.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/memory.h"
#include "tests/rig/training_data.h"
#include "training/data/dataset.h"

static float input[FRAMES], target[FRAMES];

static int begin(void **state) {
    (void)state;
    make_pair(input, target);
    return 0;
}

// ---- A pair from memory ----

// Refuses the pair and says `words`.
static void refused(const float *dry, const float *wet, size_t frames, const char *words) {
    Dataset dataset;
    Diagnostic diagnostic = {""};
    assert_int_equal(dataset_make(&dataset, dry, wet, frames, RATE, &diagnostic), STATUS_BAD_AUDIO);
    assert_null(dataset.recordings);
    if (!strstr(diagnostic.text, words)) {
        fail_msg("\"%s\" does not say \"%s\"", diagnostic.text, words);
    }
}

static void test_refused(void **state) {
    (void)state;
    static float silence[FRAMES];
    refused(input, target, 30 * RATE - 1, "too short");
    refused(silence, target, FRAMES, "silent");
    refused(input, silence, FRAMES, "silent");
    refused(input, input, FRAMES, "identical");
    memcpy(silence, target, FRAMES / 2 * sizeof(float)); // the held-out part stays silent
    refused(input, silence, FRAMES, "silent in its");
    memcpy(silence, input, sizeof silence);
    memset(silence, 0, FRAMES * 85 / 100 * sizeof(float)); // or what is trained on
    refused(input, silence, FRAMES, "silent in its");
}

static void test_made(void **state) {
    (void)state;
    Dataset dataset;
    assert_int_equal(dataset_make(&dataset, input, target, FRAMES, RATE, NULL), STATUS_OK);
    const Recording *recording = dataset.recordings;
    assert_int_equal(dataset.count, 1);
    assert_true(dataset.tests == 0 && dataset.knobs == 0 && dataset.rate == RATE);
    assert_int_equal(recording->frames, FRAMES);
    float first = input[0];
    input[0] = 0.75f; // it has its own
    assert_true(recording->input[0] == first);
    assert_memory_equal(recording->input + 1, input + 1, (FRAMES - 1) * sizeof(float));
    assert_memory_equal(recording->target, target, FRAMES * sizeof(float));
    dataset_clear(&dataset);
    assert_null(dataset.recordings);
    for (int n = 0; n < 3; n++) {
        memory_fail_after(n);
        assert_int_equal(dataset_make(&dataset, input, target, FRAMES, RATE, NULL),
                         STATUS_NO_MEMORY);
        memory_fail_after(-1);
        assert_null(dataset.recordings);
    }
}

// ---- Splits ----

static void assert_split(const Recording *recording, size_t trained, size_t trained_end,
                         size_t held, size_t held_end) {
    assert_int_equal(recording->training.begin, trained);
    assert_int_equal(recording->training.end, trained_end);
    assert_int_equal(recording->validation.begin, held);
    assert_int_equal(recording->validation.end, held_end);
}

// The last 15 hundredths, 20 s at most; or all, or nothing. Test signals at the start are not
// trained on, but where there is nothing else.
static void test_splits(void **state) {
    (void)state;
    enum { LONG = 200 * RATE };
    Recording recording = {.frames = FRAMES, .input = input, .target = target};
    dataset_split(&recording, RATE, SPLIT_AUTO);
    assert_split(&recording, 0, FRAMES - FRAMES * 15 / 100, FRAMES - FRAMES * 15 / 100, FRAMES);
    recording.signals = 1000;
    dataset_split(&recording, RATE, SPLIT_AUTO);
    assert_split(&recording, 1000, FRAMES - FRAMES * 15 / 100, FRAMES - FRAMES * 15 / 100, FRAMES);
    dataset_split(&recording, RATE, SPLIT_TRAINING);
    assert_split(&recording, 1000, FRAMES, FRAMES, FRAMES);
    dataset_split(&recording, RATE, SPLIT_VALIDATION);
    assert_split(&recording, FRAMES, FRAMES, 0, FRAMES);
    recording.signals = FRAMES - 10;
    dataset_split(&recording, RATE, SPLIT_AUTO);
    assert_int_equal(recording.training.begin, 0);
    float *longer = memory_new(LONG, sizeof *longer);
    recording = (Recording){.frames = LONG, .input = longer, .target = longer};
    dataset_split(&recording, RATE, SPLIT_AUTO);
    assert_split(&recording, 0, LONG - 20 * RATE, LONG - 20 * RATE, LONG);
    memory_free(longer);
}

// ---- Several recordings ----

// Three recordings over the same samples with these ranges to train on, and one to validate with.
static void make_several(Dataset *dataset, const Range *ranges, size_t held) {
    *dataset = (Dataset){.rate = RATE};
    assert_int_equal(dataset_room(dataset, 4, NULL), STATUS_OK);
    for (int i = 0; i < 4; i++) {
        Recording *recording = &dataset->recordings[i];
        assert_int_equal(recording->frames, 0); // all zero
        *recording = (Recording){.frames = FRAMES, .input = input, .target = target, .name = "a"};
        recording->training = i < 3 ? ranges[i] : (Range){FRAMES, FRAMES};
        recording->validation = i == 3 ? (Range){100, 100 + held} : (Range){FRAMES, FRAMES};
    }
}

static void test_figures(void **state) {
    (void)state;
    static const Range ranges[] = {{0, 40000}, {500, 100500}, {50000, 50010}};
    Dataset dataset;
    Diagnostic diagnostic = {""};
    double energy = 0.0;
    make_several(&dataset, ranges, 30 * RATE - 140010);
    assert_int_equal(dataset_finish(&dataset, false, NULL), STATUS_OK);
    assert_int_equal(dataset.training_frames, 140010);
    assert_int_equal(dataset.validation_frames, 30 * RATE - 140010);
    for (int r = 0; r < 3; r++) {
        for (size_t i = ranges[r].begin; i < ranges[r].end; i++) {
            energy += (double)target[i] * (double)target[i] / 140010.0;
        }
    }
    assert_true(fabs(dataset.energy / energy - 1.0) < 1e-9);
    // Half a minute of all together, unless it is forced.
    dataset.recordings[3].validation.end--;
    assert_int_equal(dataset_finish(&dataset, false, &diagnostic), STATUS_BAD_AUDIO);
    assert_non_null(strstr(diagnostic.text, "too short (30.0 s)"));
    assert_int_equal(dataset_finish(&dataset, true, NULL), STATUS_OK);
    dataset.recordings[3].validation.end = 100; // but not without anything to validate with
    assert_int_equal(dataset_finish(&dataset, true, NULL), STATUS_BAD_AUDIO);
    dataset_clear(&dataset);
}

// Three places in the first recording, none in the second, five in the third: each an eighth.
static void test_places(void **state) {
    (void)state;
    enum { BEFORE = 70, AFTER = 30, PLACES = 8 };
    static const Range ranges[] = {{1000, 1103}, {500, 600}, {20000, 20105}};
    Dataset dataset;
    make_several(&dataset, ranges, 1000);
    for (int i = 0; i < 4 * PLACES; i++) {
        Place place = dataset_draw(&dataset, (i + 0.5) / (4 * PLACES), BEFORE, AFTER);
        int number = i / 4, recording = number < 3 ? 0 : 2;
        assert_ptr_equal(place.recording, &dataset.recordings[recording]);
        assert_int_equal(place.frame, ranges[recording].begin + BEFORE +
                                          (size_t)(number < 3 ? number : number - 3));
    }
    Place last = dataset_draw(&dataset, nextafter(1.0, 0.0), BEFORE, AFTER);
    assert_int_equal(last.frame, ranges[2].begin + BEFORE + 4);
    dataset_clear(&dataset);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_refused, begin), cmocka_unit_test_setup(test_made, begin),
        cmocka_unit_test_setup(test_splits, begin),  cmocka_unit_test_setup(test_figures, begin),
        cmocka_unit_test_setup(test_places, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
