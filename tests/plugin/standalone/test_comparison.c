// SPDX-License-Identifier: ISC
// A model against a recording: what is heard, the error that is told, the spectra.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/random.h"
#include "plugin/standalone/comparison.h"
#include "tests/rig/near.h"
#include "tests/rig/scratch.h"

enum { RATE = 48000, LENGTH = 2 * RATE, BEHIND = 37, LATENCY = 12, BLOCK = 100 };

static float guitar[LENGTH], device[LENGTH]; // device: half the guitar, BEHIND samples later

static void write_pair(int input_rate, int target_rate) {
    scratch_audio("input.wav", input_rate, 1, guitar, LENGTH);
    scratch_audio("target.wav", target_rate, 1, device, LENGTH);
}

static int make(void **state) {
    int status = scratch_begin(state);
    Random random = {7};
    for (int i = 0; i < LENGTH; i++) {
        guitar[i] = 0.3f * (float)sin(2.0 * M_PI * 1000.0 * i / RATE) +
                    (float)random_within(&random, 0.05);
    }
    for (int i = 0; i < LENGTH; i++) {
        device[i] = 0.5f * guitar[(i + LENGTH - BEHIND) % LENGTH];
    }
    write_pair(RATE, RATE);
    return status;
}

static Comparison *begin(double rate) {
    Comparison *comparison = NULL;
    Diagnostic diagnostic = {""};
    assert_int_equal(comparison_new(&comparison, scratch_path("input.wav"),
                                    scratch_path("target.wav"), &diagnostic),
                     STATUS_OK);
    assert_int_equal(comparison_set_rate(comparison, rate, &diagnostic), STATUS_OK);
    comparison_set_delay(comparison, BEHIND * 44100.0 / RATE, 44100.0);
    return comparison;
}

// The chain: `gain` times what came LATENCY frames before. Runs `blocks` blocks, the last one's
// output stays in `out`.
static float line[LATENCY];
static void run(Comparison *comparison, float gain, int blocks, float out[BLOCK]) {
    for (int b = 0; b < blocks; b++) {
        float in[BLOCK];
        comparison_feed(comparison, in, BLOCK);
        for (int i = 0; i < BLOCK; i++) {
            out[i] = gain * (i < LATENCY ? line[i] : in[i - LATENCY]);
        }
        memcpy(line, in + BLOCK - LATENCY, sizeof line);
        comparison_take(comparison, &out, 1, BLOCK, LATENCY);
    }
}

static void tells_a_perfect_model(void **state) {
    (void)state;
    Comparison *comparison = begin(RATE);
    float out[BLOCK];
    assert_true(comparison_esr(comparison) < 0.0);
    memset(line, 0, sizeof line);
    run(comparison, 0.5f, 30000, out); // a minute: the beginning is forgotten
    assert_true(comparison_esr(comparison) >= 0.0);
    assert_true(comparison_esr(comparison) < 1e-9);
    comparison_listen(comparison, LISTEN_DIFFERENCE);
    run(comparison, 0.5f, 20, out);
    for (int i = 0; i < BLOCK; i++) {
        assert_near(out[i], 0.0f, 1e-7);
    }
    comparison_free(comparison);
}

static void tells_the_error_of_another(void **state) {
    (void)state;
    Comparison *comparison = begin(RATE);
    float out[BLOCK];
    run(comparison, 0.4f, 10000, out); // a fifth too soft: an error of 0.04
    assert_near(comparison_esr(comparison), 0.04, 1e-4);
    run(comparison, 0.0f, 20000, out);
    assert_near(comparison_esr(comparison), 1.0, 1e-4);
    comparison_free(comparison);
}

static void lets_hear_the_target_without_a_click(void **state) {
    (void)state;
    Comparison *comparison = begin(RATE);
    float out[BLOCK], before = 0.0f, largest = 0.0f;
    run(comparison, 0.0f, 100, out);
    comparison_listen(comparison, LISTEN_TARGET);
    for (int b = 0; b < 20; b++) { // the 10 ms of the fade, and as much again
        run(comparison, 0.0f, 1, out);
        for (int i = 0; i < BLOCK; i++) {
            largest = fmaxf(largest, fabsf(out[i] - before));
            before = out[i];
        }
    }
    float steepest = 0.0f;
    for (int i = 1; i < LENGTH; i++) {
        steepest = fmaxf(steepest, fabsf(device[i] - device[i - 1]));
    }
    assert_true(largest < 1.05f * steepest);
    // The last block: the device's own samples.
    int first = -1;
    for (int at = 0; at < LENGTH && first < 0; at++) {
        first = device[at] == out[0] ? at : -1;
    }
    assert_true(first >= 0);
    for (int i = 0; i < BLOCK; i++) {
        assert_near(out[i], device[(first + i) % LENGTH], 0.0f);
    }
    double place = 0.0, length = 0.0;
    comparison_place(comparison, &place, &length);
    assert_near(length, 2.0, 1e-9);
    assert_near(place, 120.0 * BLOCK / RATE, 1e-9);
    comparison_free(comparison);
}

static void shows_spectra(void **state) {
    (void)state;
    Comparison *comparison = begin(RATE);
    float out[BLOCK], model[COMPARISON_BANDS], target[COMPARISON_BANDS];
    run(comparison, 0.25f, 1000, out);
    comparison_spectra(comparison, model, target);
    int loudest = 0;
    for (int b = 0; b < COMPARISON_BANDS; b++) {
        loudest = target[b] > target[loudest] ? b : loudest;
        assert_near(target[b] - model[b], 6.02f, 0.3f);
    }
    assert_near(comparison_frequency(loudest), 1000.0, 1.0);
    assert_near(target[loudest], 20.0f * log10f(0.15f), 0.2f); // the sine's half of 0.3
    comparison_free(comparison);
}

static void converts_to_the_rate_of_the_session(void **state) {
    (void)state;
    Comparison *comparison = begin(44100.0);
    float out[BLOCK];
    memset(line, 0, sizeof line);
    // The delay of 37 samples is 33.99 here: rounded to 34 it leaves an error of its own.
    run(comparison, 0.5f, 8820, out);
    assert_true(comparison_esr(comparison) >= 0.0);
    assert_true(comparison_esr(comparison) < 1e-3);
    double place = 0.0, length = 0.0;
    comparison_place(comparison, &place, &length);
    assert_near(length, 2.0, 1e-4);
    comparison_free(comparison);
}

// There is no error of silence, and no ratio to it.
static void tells_nothing_of_silence(void **state) {
    (void)state;
    static float silence[RATE];
    scratch_audio("silence.wav", RATE, 1, silence, RATE);
    Comparison *comparison = NULL;
    float out[BLOCK];
    assert_int_equal(
        comparison_new(&comparison, scratch_path("input.wav"), scratch_path("silence.wav"), NULL),
        STATUS_OK);
    assert_int_equal(comparison_set_rate(comparison, RATE, NULL), STATUS_OK);
    run(comparison, 1.0f, 1000, out);
    assert_true(comparison_esr(comparison) < 0.0);
    comparison_free(comparison);
}

// Either of the two.
static void the_longer_recording_is_cut(void **state) {
    (void)state;
    scratch_audio("short.wav", RATE, 1, guitar, LENGTH / 2);
    for (int target = 0; target < 2; target++) {
        Comparison *comparison = NULL;
        char input[512];
        double place = 0.0, length = 0.0;
        snprintf(input, sizeof input, "%s", scratch_path(target ? "input.wav" : "short.wav"));
        assert_int_equal(comparison_new(&comparison, input,
                                        scratch_path(target ? "short.wav" : "target.wav"), NULL),
                         STATUS_OK);
        assert_int_equal(comparison_set_rate(comparison, RATE, NULL), STATUS_OK);
        comparison_place(comparison, &place, &length);
        assert_near(length, 1.0, 1e-9);
        comparison_free(comparison);
    }
}

static void refuses_what_is_no_pair(void **state) {
    (void)state;
    Comparison *comparison = NULL;
    Diagnostic diagnostic = {""};
    write_pair(RATE, 44100);
    assert_int_equal(comparison_new(&comparison, scratch_path("input.wav"),
                                    scratch_path("target.wav"), &diagnostic),
                     STATUS_BAD_AUDIO);
    assert_null(comparison);
    assert_non_null(strstr(diagnostic.text, "44100"));
    assert_int_equal(
        comparison_new(&comparison, scratch_path("input.wav"), "/nowhere.wav", &diagnostic),
        STATUS_CANNOT_READ);
    assert_non_null(strstr(diagnostic.text, "/nowhere.wav"));
    write_pair(RATE, RATE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_a_perfect_model),
        cmocka_unit_test(tells_the_error_of_another),
        cmocka_unit_test(lets_hear_the_target_without_a_click),
        cmocka_unit_test(shows_spectra),
        cmocka_unit_test(converts_to_the_rate_of_the_session),
        cmocka_unit_test(tells_nothing_of_silence),
        cmocka_unit_test(the_longer_recording_is_cut),
        cmocka_unit_test(refuses_what_is_no_pair),
    };
    return cmocka_run_group_tests(tests, make, scratch_end);
}
