// SPDX-License-Identifier: ISC
// What a rate converter promises about its time: what is ready, what a delay is, which rates it
// takes. What it does to the sound stands in test_rate.c.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/chain/rate_converter.h"
#include "tests/rig/processor_rig.h"

enum { PUSH = 300, LONGEST_DELAY = 2000 };

static const int rates[][2] = {{44100, 48000}, {48000, 44100},  {48000, 96000}, {96000, 48000},
                               {48000, 48000}, {192000, 44100}, {8000, 48000},  {48000, 47999}};

static RateConverter *make_converter(int from, int to, int channels) {
    RateConverter *converter = NULL;
    assert_int_equal(rate_converter_new(&converter, from, to, channels, PUSH, LONGEST_DELAY, NULL),
                     STATUS_OK);
    return converter;
}

// All output frames that need no input but what was pushed: no fewer, no more.
static void all_is_ready_that_needs_no_later_input(void **state) {
    (void)state;
    for (size_t k = 0; k < sizeof rates / sizeof *rates; k++) {
        int64_t from = rates[k][0], to = rates[k][1], pushed = 0, pulled = 0;
        RateConverter *converter = make_converter((int)from, (int)to, 1);
        int reach = rate_converter_reach(converter);
        for (int push = 1; pushed + push < FRAMES; push = push % PUSH + 1) {
            rate_converter_push(converter, (const float *[]){in[0] + pushed}, push);
            pushed += push;
            int64_t first_later = 0; // the first output frame whose time is too late
            if (pushed > reach) {
                first_later = ((pushed - reach) * to + from - 1) / from;
            }
            int ready = rate_converter_ready(converter);
            assert_int_equal(ready, first_later - pulled);
            rate_converter_pull(converter, (float *[]){out[0]}, ready);
            pulled += ready;
        }
        rate_converter_free(converter);
    }
}

// Converts the start of `in`; answers how many frames came.
static int convert(RateConverter *converter, int delay, float *to) {
    int given = 0;
    rate_converter_reset(converter, delay);
    for (int begin = 0; begin < 10 * PUSH; begin += PUSH) {
        rate_converter_push(converter, (const float *[]){in[0] + begin}, PUSH);
        int ready = rate_converter_ready(converter);
        rate_converter_pull(converter, (float *[]){to + given}, ready);
        given += ready;
    }
    return given;
}

static void a_delay_is_so_many_output_frames(void **state) {
    (void)state;
    static const int delays[] = {1, 7, 500, LONGEST_DELAY};
    static float plain[20 * PUSH], late[20 * PUSH + LONGEST_DELAY];
    for (size_t k = 0; k < 6; k++) {
        RateConverter *converter = make_converter(rates[k][0], rates[k][1], 1);
        int given = convert(converter, 0, plain);
        for (int i = 0; i < 4; i++) {
            assert_int_equal(convert(converter, delays[i], late), given + delays[i]);
            int before = rate_converter_reach(converter) * rates[k][1] / rates[k][0] + 1;
            for (int j = 0; j < delays[i] - before; j++) {
                assert_true(late[j] == 0.0f); // silence was before
            }
            assert_memory_equal(late + delays[i], plain, (size_t)given * sizeof(float));
        }
        rate_converter_free(converter);
    }
}

static void channels_are_converted_alike(void **state) {
    (void)state;
    static float first[20 * PUSH];
    RateConverter *one = make_converter(44100, 48000, 1), *two = make_converter(44100, 48000, 2);
    int given = convert(one, 0, first), at = 0;
    for (int begin = 0; begin < 10 * PUSH; begin += PUSH) {
        rate_converter_push(two, (const float *[]){in[1] + begin, in[0] + begin}, PUSH);
        int ready = rate_converter_ready(two);
        rate_converter_pull(two, (float *[]){out[0] + at, out[1] + at}, ready);
        at += ready;
    }
    assert_int_equal(at, given);
    assert_memory_equal(out[1], first, (size_t)given * sizeof(float));
    assert_memory_not_equal(out[0], first, (size_t)given * sizeof(float));
    rate_converter_free(one);
    rate_converter_free(two);
}

static void rates_are_at_most_sixty_four_times_apart(void **state) {
    (void)state;
    static const struct {
        int from, to;
        bool fine;
    } cases[] = {{750, 48000, true}, {48000, 750, true}, {738, 48000, false}, {48000, 738, false},
                 {0, 48000, false},  {48000, 0, false},  {-1, -1, false},     {1, 1, true}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        RateConverter *converter = NULL;
        Status status = rate_converter_new(&converter, cases[k].from, cases[k].to, 1, PUSH, 0,
                                           NULL);
        assert_int_equal(status, cases[k].fine ? STATUS_OK : STATUS_UNSUPPORTED);
        assert_int_equal(converter != NULL, cases[k].fine);
        rate_converter_free(converter);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(all_is_ready_that_needs_no_later_input, setup),
        cmocka_unit_test_setup(a_delay_is_so_many_output_frames, setup),
        cmocka_unit_test_setup(channels_are_converted_alike, setup),
        cmocka_unit_test(rates_are_at_most_sixty_four_times_apart),
    };
    return cmocka_run_group_tests_name("rate-converter", tests, NULL, NULL);
}
