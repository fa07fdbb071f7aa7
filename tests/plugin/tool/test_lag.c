// SPDX-License-Identifier: ISC
// How late one recording is against another.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/random.h"
#include "plugin/tool/lag.h"
#include "tests/rig/near.h"

enum { FRAMES = 600000, LOUD = 300000 }; // two stretches that are looked at

static float reference[FRAMES], other[FRAMES];

// Noise under a low-pass, and the same `late` samples behind; or soft first, and then 100 later
// still.
static void make(long late, bool misleading) {
    Random random = {11};
    float low = 0.0f;
    for (int i = 0; i < FRAMES; i++) {
        low += 0.3f * ((float)random_within(&random, 1.0) - low);
        reference[i] = low * (misleading && i < LOUD ? 0.05f : 1.0f);
    }
    for (long i = 0; i < FRAMES; i++) {
        long at = i - late;
        other[i] = at >= 0 && at < FRAMES ? 0.8f * reference[at] : 0.0f;
    }
    for (long i = 0; misleading && i < LOUD - 2 * LAG_MOST; i++) {
        long at = i - late - 100; // there it is later still
        other[i] = at >= 0 ? 0.8f * reference[at] : 0.0f;
    }
}

static long found(size_t frames) {
    long lag = 12345;
    assert_int_equal(lag_find(&lag, reference, other, frames, NULL), STATUS_OK);
    return lag;
}

static void it_is_found_to_the_sample_either_way(void **state) {
    (void)state;
    static const long lags[] = {0, 1, -1, 37, -500, LAG_MOST - 3, -LAG_MOST + 3, LAG_MOST};
    for (size_t i = 0; i < sizeof lags / sizeof *lags; i++) {
        make(lags[i], false);
        assert_int_equal(found(FRAMES), lags[i]);
    }
}

// The least error over the whole is where it is loudest.
static void the_loudest_seconds_count(void **state) {
    (void)state;
    make(40, true);
    assert_int_equal(found(FRAMES), 40);
}

static void silence_and_moments_tell_nothing(void **state) {
    (void)state;
    make(20, false);
    assert_int_equal(found(3), 0);
    memset(other, 0, sizeof other);
    assert_int_equal(found(FRAMES), 0);
    make(20, false);
    memset(reference, 0, sizeof reference);
    assert_int_equal(found(FRAMES), 0);
}

static void what_overlaps_lies_side_by_side(void **state) {
    (void)state;
    for (long late = -7; late <= 7; late += 7) {
        make(late, false);
        Overlap overlap = lag_overlap(reference, other, FRAMES, late);
        assert_int_equal(overlap.frames, FRAMES - (late < 0 ? -late : late));
        for (size_t i = 0; i < overlap.frames; i++) {
            assert_near(overlap.other[i], 0.8f * overlap.reference[i], 1e-7);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_found_to_the_sample_either_way),
        cmocka_unit_test(the_loudest_seconds_count),
        cmocka_unit_test(silence_and_moments_tell_nothing),
        cmocka_unit_test(what_overlaps_lies_side_by_side),
    };
    return cmocka_run_group_tests_name("lag", tests, NULL, NULL);
}
