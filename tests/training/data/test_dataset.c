// SPDX-License-Identifier: ISC
// Recordings as they are trained on: which are refused, the figures over all of them, the places
// that sequences are drawn from, and what is held out, in order.
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
    Dataset whole;
    assert_int_equal(dataset_make(&whole, input, target, FRAMES, RATE, NULL), STATUS_OK);
    Ranges parts[] = {whole.recordings[0].validation, whole.recordings[0].training};
    for (int i = 0; i < 2; i++) { // what is held out is silent, or what is trained on
        memcpy(silence, target, sizeof silence);
        for (int k = 0; k < parts[i].count; k++) {
            Range range = parts[i].range[k];
            memset(silence + range.begin, 0, (range.end - range.begin) * sizeof(float));
        }
        refused(input, silence, FRAMES, "silent in its");
    }
    dataset_clear(&whole);
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
    Status status = STATUS_NO_MEMORY;
    int n = 0;
    for (; status != STATUS_OK; n++) {
        memory_fail_after(n);
        status = dataset_make(&dataset, input, target, FRAMES, RATE, NULL);
        memory_fail_after(-1);
        assert_true(status == STATUS_OK || (status == STATUS_NO_MEMORY && !dataset.recordings));
    }
    assert_true(n > 5);
    dataset_clear(&dataset);
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
        if (i < 3) {
            recording->training = ranges_of(ranges[i].begin, ranges[i].end);
        } else {
            recording->validation = ranges_of(100, 100 + held);
        }
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
    dataset.recordings[3].validation.range[0].end--;
    assert_int_equal(dataset_finish(&dataset, false, &diagnostic), STATUS_BAD_AUDIO);
    assert_non_null(strstr(diagnostic.text, "too short (30.0 s)"));
    assert_int_equal(dataset_finish(&dataset, true, NULL), STATUS_OK);
    dataset.recordings[3].validation.count = 0; // but not without anything to validate with
    assert_int_equal(dataset_finish(&dataset, true, NULL), STATUS_BAD_AUDIO);
    dataset_clear(&dataset);
}

// Three places in the first recording, none in the second, two and three in the third: each an
// eighth.
static void test_places(void **state) {
    (void)state;
    enum { BEFORE = 70, AFTER = 30, PLACES = 8 };
    static const Range ranges[] = {{1000, 1103}, {500, 600}, {20000, 20105}};
    Dataset dataset;
    make_several(&dataset, ranges, 1000);
    Ranges *third = &dataset.recordings[2].training; // in two pieces, with one too short between
    *third = (Ranges){.count = 3, .range = {{20000, 20102}, {20200, 20300}, {20400, 20503}}};
    static const size_t frames[PLACES] = {1070, 1071, 1072, 20070, 20071, 20470, 20471, 20472};
    for (int i = 0; i < 4 * PLACES; i++) {
        Place place = dataset_draw(&dataset, (i + 0.5) / (4 * PLACES), BEFORE, AFTER);
        assert_ptr_equal(place.recording, &dataset.recordings[i / 4 < 3 ? 0 : 2]);
        assert_int_equal(place.frame, frames[i / 4]);
    }
    Place last = dataset_draw(&dataset, nextafter(1.0, 0.0), BEFORE, AFTER);
    assert_int_equal(last.frame, 20472);
    dataset_clear(&dataset);
}

// Held-out audio comes stretch by stretch, recording by recording.
static void test_held_out(void **state) {
    (void)state;
    static const Range ranges[] = {{1000, 1103}, {500, 600}, {20000, 20105}};
    static const struct {
        int recording;
        size_t begin, end, before;
    } wanted[] = {{1, 10, 20, 0}, {1, 30, 70, 10}, {3, 100, 1100, 50}};
    Dataset dataset;
    make_several(&dataset, ranges, 1000);
    dataset.recordings[1].validation = (Ranges){.count = 2, .range = {{10, 20}, {30, 70}}};
    HeldOut held = {0};
    for (int i = 0; i < 3; i++) {
        assert_true(dataset_next_held_out(&dataset, &held));
        assert_ptr_equal(held.recording, &dataset.recordings[wanted[i].recording]);
        assert_true(held.range.begin == wanted[i].begin && held.range.end == wanted[i].end);
        assert_int_equal(held.before, wanted[i].before);
    }
    assert_false(dataset_next_held_out(&dataset, &held));
    assert_int_equal(dataset_held_out_count(&dataset), 3);
    dataset_clear(&dataset);
}

// ---- Ranges ----

static void test_ranges(void **state) {
    (void)state;
    Ranges ranges = ranges_of(10, 100);
    assert_int_equal(ranges_of(10, 10).count, 0);
    assert_true(ranges_cut(&ranges, (Range){40, 50}));   // within
    assert_true(ranges_cut(&ranges, (Range){0, 12}));    // at the start
    assert_true(ranges_cut(&ranges, (Range){95, 200}));  // at the end
    assert_true(ranges_cut(&ranges, (Range){38, 40}));   // up to a gap
    assert_true(ranges_cut(&ranges, (Range){60, 60}));   // nothing
    assert_true(ranges_cut(&ranges, (Range){300, 400})); // nothing that is there
    assert_int_equal(ranges.count, 2);
    assert_true(ranges.range[0].begin == 12 && ranges.range[0].end == 38);
    assert_true(ranges.range[1].begin == 50 && ranges.range[1].end == 95);
    assert_int_equal(ranges_frames(&ranges), 26 + 45);
    assert_int_equal(ranges_longest(&ranges).begin, 50);
    assert_true(ranges_hold(&ranges, 12) && ranges_hold(&ranges, 94));
    assert_false(ranges_hold(&ranges, 38) || ranges_hold(&ranges, 95) || ranges_hold(&ranges, 0));
    assert_true(ranges_cut(&ranges, (Range){30, 90})); // across a gap
    assert_int_equal(ranges_frames(&ranges), 18 + 5);
    assert_true(ranges_cut(&ranges, (Range){12, 30})); // all of one
    assert_int_equal(ranges.count, 1);
    ranges = ranges_of(0, 10000);
    size_t cuts = 0;
    while (ranges_cut(&ranges, (Range){100 * cuts + 50, 100 * cuts + 60})) {
        cuts++;
    }
    assert_in_range(cuts, RANGES_MOST - 3, RANGES_MOST - 1); // then it changes nothing
    assert_int_equal(ranges_frames(&ranges), 10000 - 10 * cuts);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_refused, begin),  cmocka_unit_test_setup(test_made, begin),
        cmocka_unit_test_setup(test_figures, begin),  cmocka_unit_test_setup(test_places, begin),
        cmocka_unit_test_setup(test_held_out, begin), cmocka_unit_test(test_ranges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
