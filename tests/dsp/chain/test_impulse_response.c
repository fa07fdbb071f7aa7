// SPDX-License-Identifier: ISC
// What of an impulse response a cabinet plays: all of it, in its time, at every rate.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/chain/cabinet.h"
#include "tests/rig/near.h"
#include "tests/rig/processor_rig.h"

static Cabinet *make_cabinet(float *left, float *right, int taps, int rate, int channels) {
    ImpulseResponse impulse = {
        .rate = rate, .channels = right ? 2 : 1, .frames = (size_t)taps, .samples = {left, right}};
    Cabinet *cabinet = NULL;
    assert_int_equal(cabinet_new(&cabinet, &impulse, RATE, channels, NULL), STATUS_OK);
    return cabinet;
}

// The cabinet's answer to an impulse, into `out`.
static void play_impulse(Cabinet *cabinet) {
    memset(in, 0, sizeof in);
    in[0][0] = in[1][0] = 1.0f;
    cabinet_reset(cabinet);
    cabinet_run(cabinet, (float *[]){out[0], out[1]}, (const float *[]){in[0], in[1]}, FRAMES);
}

// The end is left out from where all is more than 100 dB below the peak, and no sooner.
static void the_tail_is_played_down_to_minus_100_decibels(void **state) {
    (void)state;
    enum { TAPS = 9000, LAST = 7777 };
    static float response[TAPS];
    response[10] = -2.0f;
    response[LAST] = 2.0f * 1.1e-5f;
    for (int i = LAST + 1; i < TAPS; i++) {
        response[i] = 2.0f * 0.9e-5f;
    }
    Cabinet *cabinet = make_cabinet(response, NULL, TAPS, RATE, 1);
    assert_int_equal(cabinet_frames(cabinet), LAST + 1);
    play_impulse(cabinet);
    assert_near(out[0][10], -1.0, 1e-5); // an energy of 1
    assert_near(out[0][LAST], 1.1e-5, 1e-6);
    cabinet_free(cabinet);
}

// The end counts from the peak of both channels, and is the later one's.
static void channels_end_together(void **state) {
    (void)state;
    enum { TAPS = 500 };
    static float left[TAPS], right[TAPS];
    left[0] = 1.0f;
    right[0] = 1e-2f;
    right[400] = 2e-5f; // far above the end of its own channel, above that of the other
    right[450] = 0.9e-5f;
    Cabinet *cabinet = make_cabinet(left, right, TAPS, RATE, 2);
    assert_int_equal(cabinet_frames(cabinet), 401);
    cabinet_free(cabinet);
}

static void one_channel_uses_the_first_of_a_stereo_response(void **state) {
    (void)state;
    float left[2] = {0.0f, 2.0f}, right[2] = {2.0f, 0.0f};
    Cabinet *cabinet = make_cabinet(left, right, 2, RATE, 1);
    play_impulse(cabinet);
    assert_near(out[0][0], 0.0, 1e-6);
    assert_near(out[0][1], 1.0, 1e-6);
    cabinet_free(cabinet);
}

static void two_channels_use_one_each(void **state) {
    (void)state;
    float left[2] = {0.0f, 2.0f}, right[2] = {2.0f, 0.0f};
    Cabinet *cabinet = make_cabinet(left, right, 2, RATE, 2);
    play_impulse(cabinet);
    assert_near(out[0][0], 0.0, 1e-6);
    assert_near(out[0][1], 1.0, 1e-6);
    assert_near(out[1][0], 1.0, 1e-6);
    assert_near(out[1][1], 0.0, 1e-6);
    cabinet_free(cabinet);
}

static void two_channels_use_the_only_response_twice(void **state) {
    (void)state;
    float response[2] = {3.0f, 4.0f};
    Cabinet *cabinet = make_cabinet(response, NULL, 2, RATE, 2);
    play_impulse(cabinet);
    for (int c = 0; c < 2; c++) {
        assert_near(out[c][0], 0.6, 1e-6);
        assert_near(out[c][1], 0.8, 1e-6);
    }
    cabinet_free(cabinet);
}

static void without_a_response_the_input_passes(void **state) {
    (void)state;
    Cabinet *cabinet = NULL;
    assert_int_equal(cabinet_new(&cabinet, NULL, RATE, 2, NULL), STATUS_OK);
    assert_int_equal(cabinet_frames(cabinet), 0);
    cabinet_run(cabinet, (float *[]){out[0], out[1]}, (const float *[]){in[0], in[1]}, FRAMES);
    assert_memory_equal(out, in, sizeof in);
    cabinet_free(cabinet);
}

static void silence_is_refused(void **state) {
    (void)state;
    static float silence[100];
    ImpulseResponse impulse = {.rate = RATE, .channels = 1, .frames = 100, .samples = {silence}};
    Cabinet *cabinet = NULL;
    Diagnostic diagnostic = {""};
    assert_int_equal(cabinet_new(&cabinet, &impulse, RATE, 1, &diagnostic), STATUS_BAD_AUDIO);
    assert_null(cabinet);
    assert_non_null(strstr(diagnostic.text, "silent"));
}

// A bell curve at 20 ms, of 0.5 ms: its band ends far below half of every rate, so that its samples
// at any rate are known.
static double bell(double seconds) {
    double x = (seconds - 0.02) / 5e-4;
    return exp(-0.5 * x * x);
}

static void a_response_of_another_rate_keeps_its_shape_and_place(void **state) {
    (void)state;
    static const int rates[] = {8000, 44100, 48000, 96000, 192000};
    for (size_t k = 0; k < sizeof rates / sizeof *rates; k++) {
        static float response[192000 / 20];
        int taps = rates[k] / 20;
        double energy = 0.0;
        for (int i = 0; i < taps; i++) {
            response[i] = (float)bell((double)i / rates[k]);
        }
        for (int i = 0; i < RATE / 20; i++) {
            energy += bell((double)i / RATE) * bell((double)i / RATE);
        }
        Cabinet *cabinet = make_cabinet(response, NULL, taps, rates[k], 1);
        play_impulse(cabinet);
        for (int i = 0; i < RATE / 20; i++) {
            double exact = bell((double)i / RATE) / sqrt(energy);
            assert_near(out[0][i], exact, 1e-4 / sqrt(energy)); // -80 dB of its peak
        }
        cabinet_free(cabinet);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tail_is_played_down_to_minus_100_decibels),
        cmocka_unit_test(channels_end_together),
        cmocka_unit_test(one_channel_uses_the_first_of_a_stereo_response),
        cmocka_unit_test(two_channels_use_one_each),
        cmocka_unit_test(two_channels_use_the_only_response_twice),
        cmocka_unit_test_setup(without_a_response_the_input_passes, setup),
        cmocka_unit_test(silence_is_refused),
        cmocka_unit_test(a_response_of_another_rate_keeps_its_shape_and_place),
    };
    return cmocka_run_group_tests_name("impulse-response", tests, NULL, NULL);
}
