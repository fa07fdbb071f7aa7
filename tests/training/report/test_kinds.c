// SPDX-License-Identifier: ISC
// The error on what is low, high, soft of the held-out audio, each by itself.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/memory.h"
#include "tests/rig/near.h"
#include "training/report/kinds.h"

enum { RATE = 8000, SECONDS = 40, FRAMES = SECONDS * RATE };

static float input[FRAMES];
static Dataset dataset;
static Validation validation;

// A low tone, a high one and a soft one, ten seconds each, then silence; the model is off by 1, 10
// and 3 hundredths of them. Two stretches are held out, the second from the middle of the high one.
static int make(void **state) {
    (void)state;
    static const double hertz[] = {50.0, 1500.0, 250.0, 0.0}, level[] = {0.5, 0.1, 0.01, 0.0};
    static const float off[] = {0.01f, 0.1f, 0.03f, 0.0f};
    for (int i = 0; i < FRAMES; i++) {
        int part = i / (10 * RATE);
        input[i] = (float)(level[part] * sin(2.0 * M_PI * hertz[part] * i / RATE));
    }
    dataset.rate = RATE;
    if (dataset_room(&dataset, 1, NULL) != STATUS_OK) {
        return -1;
    }
    Recording *recording = dataset.recordings;
    *recording = (Recording){.frames = FRAMES, .input = input, .target = input};
    recording->validation = (Ranges){
        .count = 2, .range = {{2 * RATE + 77, 8 * RATE}, {15 * RATE, 38 * RATE + 5}}};
    dataset.validation_frames = ranges_frames(&recording->validation);
    if (validation_init(&validation, &dataset, NULL) != STATUS_OK) {
        return -1;
    }
    for (HeldOut held = {0}; dataset_next_held_out(&dataset, &held);) {
        for (size_t i = held.range.begin; i < held.range.end; i++) {
            validation.output[held.before + i - held.range.begin] =
                input[i] * (1.0f + off[i / ((size_t)10 * RATE)]);
        }
    }
    return 0;
}

static int unmake(void **state) {
    (void)state;
    validation_clear(&validation);
    dataset_clear(&dataset);
    return 0;
}

static void test_each_by_itself(void **state) {
    (void)state;
    Kinds kinds;
    assert_int_equal(kinds_measure(&kinds, &validation, NULL), STATUS_OK);
    assert_near(kinds.seconds[COVERAGE_LOW], 6.0, 0.2);
    assert_near(kinds.seconds[COVERAGE_HIGH], 5.0, 0.4);
    assert_near(kinds.seconds[COVERAGE_SOFT], 10.0, 0.4);
    assert_near(kinds.seconds[COVERAGE_LOUD], 6.0, 0.2);
    assert_near(kinds.seconds[COVERAGE_RINGING], 0.0, 0.4);
    assert_near(esr_ratio(&kinds.sums[COVERAGE_LOW]), 1e-4, 1e-6);
    assert_near(esr_ratio(&kinds.sums[COVERAGE_HIGH]), 1e-2, 1e-4);
    assert_near(esr_ratio(&kinds.sums[COVERAGE_SOFT]), 9e-4, 1e-5);
    memory_fail_after(1);
    assert_int_equal(kinds_measure(&kinds, &validation, NULL), STATUS_NO_MEMORY);
    memory_fail_after(-1);
}

static void test_table(void **state) {
    (void)state;
    Kinds kinds;
    char *page = NULL;
    size_t size = 0;
    assert_int_equal(kinds_measure(&kinds, &validation, NULL), STATUS_OK);
    FILE *stream = open_memstream(&page, &size);
    assert_non_null(stream);
    report_kinds(stream, &kinds, 4.9e-3);
    assert_int_equal(fclose(stream), 0);
    assert_non_null(strstr(page, "<tr class=\"warn\"><th>high</th><td>ESR <data id=\"esr-high\""));
    assert_non_null(strstr(page, "s: 2.0 times that of all"));
    assert_non_null(strstr(page, "<tr class=\"ok\"><th>low</th>"));
    assert_non_null(strstr(page, "<tr class=\"ok\"><th>soft</th>"));
    assert_non_null(strstr(page, "<th>ringing</th><td>0."));
    assert_non_null(strstr(page, "s held out: too little to tell an ESR"));
    free(page);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_by_itself),
        cmocka_unit_test(test_table),
    };
    return cmocka_run_group_tests(tests, make, unmake);
}
