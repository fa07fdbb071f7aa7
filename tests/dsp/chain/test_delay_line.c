// SPDX-License-Identifier: ISC
// The delay of the dry signal, and ramps.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/chain/delay_line.h"
#include "dsp/chain/ramp.h"
#include "tests/rig/near.h"
#include "tests/rig/processor_rig.h"

static DelayLine line;

static void delay(int channels, int begin, int end, int length, int fade) {
    for (int c = 0; c < channels; c++) {
        memcpy(out[c] + begin, in[c] + begin, (size_t)(end - begin) * sizeof(float));
    }
    delay_line_run(&line, (float *[]){out[0] + begin, out[1] + begin}, channels, length, fade,
                   end - begin);
}

static void it_is_late_by_its_length(void **state) {
    (void)state;
    static const int lengths[] = {0, 1, 100, DELAY_LINE_MAX};
    for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++) {
        int length = lengths[k];
        delay_line_reset(&line, length); // whatever was in it
        for (int begin = 0; begin < FRAMES; begin += 100) {
            delay(2, begin, begin + 100, length, 50);
        }
        for (int c = 0; c < 2; c++) {
            for (int i = 0; i < length; i++) {
                assert_true(out[c][i] == 0.0f);
            }
            assert_memory_equal(out[c] + length, in[c], (size_t)(FRAMES - length) * sizeof(float));
        }
    }
}

static float at(int i) {
    return i < 0 ? 0.0f : in[0][i];
}

// From 10 to 500 in 1000 frames; what is asked for meanwhile comes after that.
static void a_change_is_a_cross_fade_and_the_next_one_waits(void **state) {
    (void)state;
    enum { START = 2000, FADE_FRAMES = 1000, NEXT = START + FADE_FRAMES };
    delay_line_reset(&line, 10);
    delay(1, 0, START, 10, FADE_FRAMES);
    delay(1, START, START + 300, 500, FADE_FRAMES);
    delay(1, START + 300, FRAMES, 7, FADE_FRAMES);
    for (int i = 0; i < FADE_FRAMES; i++) {
        float share = (float)i / FADE_FRAMES;
        int first = START + i, second = NEXT + i;
        assert_near(out[0][first], (1.0f - share) * at(first - 10) + share * at(first - 500), 1e-6);
        assert_near(out[0][second], (1.0f - share) * at(second - 500) + share * at(second - 7),
                    1e-6);
    }
    int done = NEXT + FADE_FRAMES;
    assert_memory_equal(out[0] + done, in[0] + done - 7, (size_t)(FRAMES - done) * sizeof(float));
}

static void a_ramp_is_a_straight_line_to_exactly_its_target(void **state) {
    (void)state;
    static const float ends[][2] = {{0.0f, 1.0f}, {0.1f, 0.7f}, {3.0f, -1e-3f}};
    for (size_t k = 0; k < sizeof ends / sizeof *ends; k++) {
        for (int frames = 1; frames < 2000; frames = 3 * frames + 1) {
            Ramp ramp;
            double from = (double)ends[k][0], to = (double)ends[k][1];
            ramp_jump(&ramp, ends[k][0]);
            assert_true(ramp_is_at(&ramp, ends[k][0]));
            assert_true(ramp_aim(&ramp, ends[k][1], frames));
            assert_true(ramp_target(&ramp) == ends[k][1] && ramp_left(&ramp) == frames);
            for (int begin = 0; begin < frames; begin += 10) { // in pieces
                assert_false(ramp_is_at(&ramp, ends[k][1]));
                ramp_fill(&ramp, out[0] + begin, frames - begin < 10 ? frames - begin : 10);
            }
            for (int i = 0; i < frames; i++) {
                assert_near(out[0][i], from + (to - from) * (i + 1) / frames, 1e-4);
            }
            assert_true(out[0][frames - 1] == ends[k][1]);
            assert_true(ramp_is_at(&ramp, ends[k][1]));
            ramp_fill(&ramp, out[0], 10);
            assert_true(out[0][9] == ends[k][1]);
        }
    }
}

static void a_ramp_turns_from_where_it_is(void **state) {
    (void)state;
    Ramp ramp;
    ramp_jump(&ramp, 0.0f);
    ramp_aim(&ramp, 1.0f, 100);
    ramp_fill(&ramp, out[0], 50);
    ramp_aim(&ramp, 0.0f, 10);
    ramp_fill(&ramp, out[0] + 50, 10);
    assert_near(out[0][49], 0.5, 1e-6);
    assert_near(out[0][50], 0.45, 1e-6);
    assert_true(out[0][59] == 0.0f);
    assert_true(ramp_aim(&ramp, 2.0f, 0)); // at once
    assert_true(ramp_is_at(&ramp, 2.0f));
    assert_true(ramp_aim(&ramp, 0.0f, 100));
    ramp_end(&ramp); // the same
    assert_true(ramp_is_at(&ramp, 0.0f));
}

static void a_ramp_that_goes_there_already_goes_on(void **state) {
    (void)state;
    Ramp ramp;
    ramp_jump(&ramp, 0.0f);
    assert_false(ramp_aim(&ramp, 0.0f, 10));
    assert_true(ramp_aim(&ramp, 1.0f, 100));
    ramp_fill(&ramp, out[0], 50);
    assert_false(ramp_aim(&ramp, 1.0f, 100));
    assert_false(ramp_aim(&ramp, 1.0f, 0));
    assert_int_equal(ramp_left(&ramp), 50);
    ramp_fill(&ramp, out[0] + 50, 50);
    assert_near(out[0][50], 0.51, 1e-6);
    assert_true(ramp_is_at(&ramp, 1.0f));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(it_is_late_by_its_length, setup),
        cmocka_unit_test_setup(a_change_is_a_cross_fade_and_the_next_one_waits, setup),
        cmocka_unit_test(a_ramp_is_a_straight_line_to_exactly_its_target),
        cmocka_unit_test(a_ramp_turns_from_where_it_is),
        cmocka_unit_test(a_ramp_that_goes_there_already_goes_on),
    };
    return cmocka_run_group_tests_name("delay-line", tests, NULL, NULL);
}
