// SPDX-License-Identifier: ISC
// The built-in guitar: its notes are in tune, bend, waver, die as they are told, and a score is
// what two hands can play.
#include <complex.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/level.h"
#include "dsp/signals/guitar.h"
#include "tests/rig/near.h"

enum { RATE = 48000, FRAMES = 3 * RATE };

static const double peak = 0.5;
static float out[FRAMES], again[FRAMES];

static void play(Pluck pluck, uint64_t seed) {
    Score score = {.plucks = &pluck, .count = 1};
    assert_int_equal(guitar_play(out, FRAMES, RATE, &score, peak, seed, NULL), STATUS_OK);
}

// The part of frequency `hertz` in the quarter of a second round `time`, under a Hann window.
static double strength(double hertz, double time) {
    enum { LENGTH = RATE / 4 };
    double complex sum = 0.0;
    int begin = (int)(time * RATE) - LENGTH / 2;
    for (int i = 0; i < LENGTH; i++) {
        double window = 0.5 - 0.5 * cos(2.0 * M_PI * i / LENGTH);
        sum += window * (double)out[begin + i] * cexp(-2.0 * M_PI * I * hertz * i / RATE);
    }
    return cabs(sum);
}

// The pitch near `pitch` (a MIDI number) at which the fundamental is strongest, to a cent.
static double pitch_at(double pitch, double time) {
    double best = pitch, most = -1.0;
    for (int cents = -60; cents <= 60; cents++) {
        double one = pitch + 0.01 * cents;
        double now = strength(440.0 * exp2((one - 69.0) / 12.0), time);
        if (now > most) {
            most = now;
            best = one;
        }
    }
    return best;
}

static double rms(double from, double to) {
    int begin = (int)(from * RATE), end = (int)(to * RATE);
    return sqrt(level_mean_square(out + begin, (size_t)(end - begin)));
}

static void notes_are_in_tune(void **state) {
    (void)state;
    for (int pitch = 40; pitch <= 76; pitch += 4) { // soft: a hard stroke stretches a string
        play((Pluck){.start = 0.01, .length = 2.5, .pitch = pitch, .level = 0.1}, 1);
        assert_near(pitch_at(pitch, 1.0), pitch, 0.05); // five cents
    }
}

// 0.15 of a semitone at first for the hardest stroke, a twelfth of a second later a third of it.
static void a_hard_stroke_is_sharp_at_first(void **state) {
    (void)state;
    play((Pluck){.start = 0.0, .length = 2.5, .pitch = 57.0, .level = 1.0}, 1);
    assert_near(pitch_at(57.0, 0.15), 57.0 + 0.15 * exp(-0.15 / 0.12), 0.03);
    assert_near(pitch_at(57.0, 1.5), 57.0, 0.03);
}

// A low note of 31 Hz, as a pick and as a finger would play it: in tune, up to 192 kHz, and the
// overtone at 1 kHz lower by 10 dB and more where the stroke is dull.
static void a_dull_stroke_has_few_overtones(void **state) {
    (void)state;
    double high[2];
    for (int dull = 0; dull < 2; dull++) {
        play(
            (Pluck){.start = 0.0, .length = 2.5, .pitch = 23.0, .level = 0.3, .tone = dull * 250.0},
            1);
        assert_near(pitch_at(23.0, 1.0), 23.0, 0.15);
        high[dull] = strength(32.0 * 30.868, 0.5) / strength(30.868, 0.5);
    }
    print_message("dull: %.1f dB\n", 20.0 * log10(high[1] / high[0]));
    assert_true(high[1] < 0.3 * high[0]);
    Score score = {.plucks = &(Pluck){.length = 1.0, .pitch = 23.0, .level = 0.3}, .count = 1};
    assert_int_equal(guitar_play(again, FRAMES, 192000.0, &score, peak, 1, NULL), STATUS_OK);
    double with = 0.0, all = 0.0; // the next period, and itself
    for (int i = 20000; i < 80000; i++) {
        with += (double)again[i] * (double)again[i + 6220];
        all += (double)again[i] * (double)again[i];
    }
    print_message("the next period: %.3f\n", with / all);
    assert_true(with > 0.7 * all);
}

// A pickup is loudest where it resonates: with overtones of 220 Hz, at 3520 and at 6600 Hz.
static void a_pickup_has_its_own_resonance(void **state) {
    (void)state;
    double at[2][2];
    for (int bright = 0; bright < 2; bright++) {
        Pluck pluck = {.length = 2.5, .pitch = 57.0, .level = 1.0};
        Score score = {.plucks = &pluck, .count = 1, .coil = bright ? 6500.0 : 0.0};
        assert_int_equal(guitar_play(out, FRAMES, RATE, &score, peak, 1, NULL), STATUS_OK);
        at[bright][0] = strength(16.0 * 220.0, 0.2);
        at[bright][1] = strength(30.0 * 220.0, 0.2);
    }
    double more = at[1][1] / at[1][0] / (at[0][1] / at[0][0]);
    print_message("single coils have %.1f dB more at 6600 Hz\n", 20.0 * log10(more));
    assert_true(more > 3.0);
}

// It has risen at two thirds of the length, and stays.
static void a_bend_rises_to_its_pitch(void **state) {
    (void)state;
    play((Pluck){.start = 0.0, .length = 1.5, .pitch = 62.0, .level = 0.1, .bend = 2.0}, 1);
    assert_near(pitch_at(64.0, 1.25), 64.0, 0.05);
    assert_true(strength(440.0 * exp2((62.0 - 69.0) / 12.0), 1.25) <
                0.2 * strength(440.0 * exp2((64.0 - 69.0) / 12.0), 1.25));
}

// 60 dB in 0.22 s under the palm, in 0.06 s under a hand that stops the string; long otherwise.
static void notes_die_as_they_are_told(void **state) {
    (void)state;
    play((Pluck){.start = 0.0, .length = 0.5, .pitch = 57.0, .level = 0.3}, 1);
    double ringing = rms(0.4, 0.5), stopped = rms(0.6, 0.62);
    assert_true(ringing > 0.1 * peak);
    assert_true(stopped < 0.01 * ringing);
    play((Pluck){.start = 0.0, .length = 2.5, .pitch = 57.0, .level = 0.3, .muted = true}, 1);
    double fallen = 20.0 * log10(rms(0.15, 0.17) / rms(0.05, 0.07)); // 27 dB, and the overtones
    print_message("under the palm: %.1f dB in 0.1 s\n", fallen);
    assert_near(fallen, -0.1 / 0.22 * 60.0, 4.0);
}

static void the_largest_peak_is_what_was_asked_for_over_a_noise_floor(void **state) {
    (void)state;
    play((Pluck){.start = 0.0, .length = 0.3, .pitch = 45.0, .level = 0.7}, 1);
    assert_near(level_peak(out, FRAMES), peak, 1e-4);
    assert_near(20.0 * log10(rms(2.0, 3.0)), -96.0, 0.5);
}

static void a_seed_gives_the_same_samples(void **state) {
    (void)state;
    const Pluck pluck = {.start = 0.1, .length = 1.0, .pitch = 50.0, .level = 0.5, .string = 2};
    play(pluck, 7);
    memcpy(again, out, sizeof out);
    play(pluck, 7);
    assert_memory_equal(out, again, sizeof out);
    play(pluck, 8);
    assert_memory_not_equal(out, again, sizeof out);
}

// ---- The score ----

static void a_score_can_be_played(void **state) {
    (void)state;
    static const double open[SCORE_STRINGS] = {40, 45, 50, 55, 59, 64};
    for (uint64_t seed = 1; seed <= 8; seed++) {
        double seconds = 100.0 + 3.7 * (double)seed; // ends anywhere
        Score score;
        double last[SCORE_STRINGS] = {0.0};
        int muted = 0, bent = 0, wavering = 0, strings = 0;
        assert_int_equal(score_compose(&score, seconds, 2, seed, NULL), STATUS_OK);
        assert_true(score.count > 100);
        for (size_t i = 0; i < score.count; i++) {
            const Pluck *pluck = &score.plucks[i];
            assert_in_range(pluck->string, 0, SCORE_STRINGS - 1);
            assert_true(pluck->start >= last[pluck->string] && pluck->start < seconds);
            last[pluck->string] = pluck->start; // in order on each string
            assert_true(pluck->length > 0.0);
            assert_true(pluck->level > 0.0 && pluck->level <= 1.0);
            assert_true(pluck->pitch > open[pluck->string] - 0.05); // hands are not exact
            assert_true(pluck->pitch < open[pluck->string] + 24.05);
            muted += pluck->muted;
            bent += pluck->bend > 0.0;
            wavering += pluck->vibrato > 0.0;
            strings |= 1 << pluck->string;
        }
        assert_true(muted > 0 && bent > 0 && wavering > 0);
        assert_int_equal(strings, (1 << SCORE_STRINGS) - 1);
        score_clear(&score);
    }
}

static void a_seed_gives_the_same_score(void **state) {
    (void)state;
    Score first, second, other;
    assert_int_equal(score_compose(&first, 30.0, 2, 5, NULL), STATUS_OK);
    assert_int_equal(score_compose(&second, 30.0, 2, 5, NULL), STATUS_OK);
    assert_int_equal(score_compose(&other, 30.0, 2, 6, NULL), STATUS_OK);
    assert_int_equal(first.count, second.count);
    for (size_t i = 0; i < first.count; i++) {
        assert_true(first.plucks[i].start == second.plucks[i].start);
        assert_true(first.plucks[i].pitch == second.plucks[i].pitch);
    }
    assert_true(first.count != other.count || first.plucks[0].start != other.plucks[0].start);
    score_clear(&first);
    score_clear(&second);
    score_clear(&other);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(notes_are_in_tune),
        cmocka_unit_test(a_hard_stroke_is_sharp_at_first),
        cmocka_unit_test(a_dull_stroke_has_few_overtones),
        cmocka_unit_test(a_pickup_has_its_own_resonance),
        cmocka_unit_test(a_bend_rises_to_its_pitch),
        cmocka_unit_test(notes_die_as_they_are_told),
        cmocka_unit_test(the_largest_peak_is_what_was_asked_for_over_a_noise_floor),
        cmocka_unit_test(a_seed_gives_the_same_samples),
        cmocka_unit_test(a_score_can_be_played),
        cmocka_unit_test(a_seed_gives_the_same_score),
    };
    return cmocka_run_group_tests_name("guitar", tests, NULL, NULL);
}
