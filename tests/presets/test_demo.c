// SPDX-License-Identifier: ISC
// The demo's own recordings: the circuit against its equations, the oversampling against no
// process at all, the guitar against its score.
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <complex.h>
#include <math.h>

#include "dsp/base/level.h"
#include "dsp/base/memory.h"
#include "dsp/base/random.h"
#include "dsp/signals/guitar.h"
#include "dsp/signals/score.h"
#include "presets/studio/circuit.h"
#include "presets/studio/oversample.h"
#include "tests/rig/near.h"

enum { RATE = 48000, FRAMES = RATE, HALF = RATE / 2 };

static const double pi = 3.14159265358979323846;
static float in[FRAMES], out[FRAMES];

// ---- Helpers ----

static void make_sine(double hertz, double amplitude) {
    for (int i = 0; i < FRAMES; i++) {
        in[i] = (float)(amplitude * sin(2.0 * pi * hertz * i / RATE));
    }
}

// Amplitude and phase at `hertz` in the second half of `signal` (whole periods), against a sine
// of amplitude 1.
static double complex phasor(const float *signal, double hertz) {
    double complex sum = 0.0;
    for (int i = HALF; i < FRAMES; i++) {
        sum += signal[i] * cexp(-I * 2.0 * pi * hertz * i / RATE);
    }
    return 2.0 * I * sum / HALF;
}

static double circuit(void *state, double volts) {
    return circuit_step(state, volts);
}

static double nothing(void *state, double value) {
    (void)state;
    return value;
}

static Circuit run_circuit(void) {
    Circuit c;
    circuit_init(&c, (double)RATE * OVERSAMPLE);
    assert_int_equal(oversample(out, in, FRAMES, circuit, &c, NULL), STATUS_OK);
    return c;
}

// ---- The circuit ----

// Gain and phase agree with the part values, so that the pair is aligned, too: one sample more or
// less would turn the phase at 4 kHz by 30 degrees.
static void test_small_signals_follow_the_equations(void **state) {
    (void)state;
    const double frequencies[] = {20.0, 82.0, 330.0, 720.0, 2000.0, 4000.0, 10000.0};
    for (size_t i = 0; i < sizeof frequencies / sizeof *frequencies; i++) {
        double real = 0.0, imaginary = 0.0;
        circuit_small_signal_gain(frequencies[i], &real, &imaginary);
        double complex expected = real + I * imaginary;
        make_sine(frequencies[i], 1e-4);
        run_circuit();
        double complex found = phasor(out, frequencies[i]) / 1e-4;
        double error = cabs(found - expected) / cabs(expected);
        if (!(error < 0.004)) {
            fail_msg("%g Hz: gain %g, phase %g instead of %g, %g", frequencies[i], cabs(found),
                     carg(found), cabs(expected), carg(expected));
        }
    }
    double real = 0.0, imaginary = 0.0;
    circuit_small_signal_gain(1500.0, &real, &imaginary);
    assert_true(hypot(real, imaginary) > 20.0); // an overdrive, not a wire
}

// Whatever the input, the solver ends by its tolerance and the diodes hold.
static void test_newton_converges(void **state) {
    (void)state;
    Random random = {1};
    Circuit c;
    circuit_init(&c, (double)RATE * OVERSAMPLE);
    for (int i = 0; i < 400000; i++) {
        int decade = i / 40000 - 7; // 0.1 uV to 100 V
        double level = pow(10.0, decade);
        double volts = i % 40000 < 20000 ? random_within(&random, level)
                                         : (i / 97 % 2 ? level : -level);
        assert_true(isfinite(circuit_step(&c, volts)));
        assert_true(fabs(c.feedback_volts) < 1.0);
    }
    assert_true(c.worst_iterations > 1);
    assert_true(c.worst_iterations < 40); // the solver gives up at 60
}

// Eight times finer steps change almost nothing.
static void test_steps_are_fine_enough(void **state) {
    (void)state;
    enum { FINER = 8, STEPS = RATE * OVERSAMPLE / 10 };
    Circuit coarse, fine;
    circuit_init(&coarse, (double)RATE * OVERSAMPLE);
    circuit_init(&fine, (double)RATE * OVERSAMPLE * FINER);
    double error = 0.0, energy = 0.0;
    for (int i = 0; i < STEPS; i++) {
        double t = 0.0, exact = 0.0;
        for (int k = FINER - 1; k >= 0; k--) {
            t = (i - (double)k / FINER) / ((double)RATE * OVERSAMPLE);
            exact = circuit_step(&fine, 0.3 * sin(2.0 * pi * 220.0 * t));
        }
        double found = circuit_step(&coarse, 0.3 * sin(2.0 * pi * 220.0 * t));
        error += (found - exact) * (found - exact);
        energy += exact * exact;
    }
    assert_true(energy > 0.0);
    assert_true(error / energy < 1e-6);
}

// Clipping is symmetric: odd overtones, no even ones, no DC.
static void test_clips_symmetrically(void **state) {
    (void)state;
    make_sine(200.0, 0.3);
    run_circuit();
    double first = cabs(phasor(out, 200.0)), third = cabs(phasor(out, 600.0));
    assert_true(third > 0.1 * first);
    assert_true(cabs(phasor(out, 400.0)) < 1e-4 * first);
    double sum = 0.0;
    for (int i = HALF; i < FRAMES; i++) {
        sum += out[i];
    }
    assert_true(fabs(sum / HALF) < 1e-4 * first);
    // Ten times the input is far from ten times the output.
    double loud = level_peak(out + HALF, HALF);
    make_sine(200.0, 0.03);
    run_circuit();
    assert_true(loud < 2.5 * level_peak(out + HALF, HALF));
}

// ---- Oversampling ----

static void test_no_process_no_change(void **state) {
    (void)state;
    const double frequencies[] = {0.0, 997.0, 10007.0, 19501.0};
    for (int f = 0; f < 4; f++) {
        for (int i = 0; i < FRAMES; i++) {
            in[i] = (float)(0.5 * cos(2.0 * pi * frequencies[f] * i / RATE));
        }
        assert_int_equal(oversample(out, in, FRAMES, nothing, NULL, NULL), STATUS_OK);
        for (int i = 100; i < FRAMES - 100; i++) {
            assert_true(fabsf(out[i] - in[i]) < 5e-5f);
        }
    }
    memcpy(out, in, sizeof out); // in place
    assert_int_equal(oversample(out, out, FRAMES, nothing, NULL, NULL), STATUS_OK);
    assert_true(fabsf(out[HALF] - in[HALF]) < 5e-5f);
}

static double cube(void *state, double value) {
    (void)state;
    return value * value * value;
}

// The third overtone of 11 kHz would come back at 15 kHz.
static void test_overtones_do_not_fold(void **state) {
    (void)state;
    make_sine(11000.0, 1.0);
    assert_int_equal(oversample(out, in, FRAMES, cube, NULL, NULL), STATUS_OK);
    assert_near(cabs(phasor(out, 11000.0)), 0.75, 1e-3);
    assert_true(cabs(phasor(out, 15000.0)) < 3e-5);
    memory_fail_after(0);
    assert_int_equal(oversample(out, in, FRAMES, cube, NULL, NULL), STATUS_NO_MEMORY);
    memory_fail_after(-1);
}

// ---- The guitar ----

static void play_note(Pluck pluck) {
    Score score = {.plucks = &pluck, .count = 1, .room = 1};
    assert_int_equal(guitar_play(out, FRAMES, RATE, &score, 0.5, 1, NULL), STATUS_OK);
}

// Energy from `start` to `end` seconds, in dB.
static double level(double start, double end) {
    double sum = 0.0;
    for (int i = (int)(start * RATE); i < (int)(end * RATE); i++) {
        sum += (double)out[i] * out[i];
    }
    return 10.0 * log10(sum / ((end - start) * RATE));
}

// The frequency with the most energy within 40 cents of `hertz`, in cents from it.
static double tuning_error(double hertz) {
    double best = 0.0, most = -1.0;
    const int begin = RATE / 5, length = RATE * 7 / 10;
    for (int cents = -40; cents <= 40; cents++) {
        double complex sum = 0.0;
        for (int i = begin; i < begin + length; i++) {
            double window = sin(pi * (i - begin) / length);
            double w = 2.0 * pi * hertz * exp2(cents / 1200.0) / RATE;
            sum += window * out[i] * cexp(-I * w * i);
        }
        if (cabs(sum) > most) {
            most = cabs(sum);
            best = cents;
        }
    }
    return best;
}

static void test_strings_are_in_tune(void **state) {
    (void)state;
    const double notes[] = {40.0, 45.0, 57.0, 69.0, 74.0};
    for (int i = 0; i < 5; i++) {
        play_note((Pluck){.start = 0.1, .length = 1.0, .pitch = notes[i], .level = 0.3});
        double cents = tuning_error(440.0 * exp2((notes[i] - 69.0) / 12.0));
        if (fabs(cents) > 4.0) {
            fail_msg("note %g is %g cents off", notes[i], cents);
        }
    }
}

static void test_notes_begin_ring_and_stop(void **state) {
    (void)state;
    play_note((Pluck){.start = 0.2, .length = 0.5, .pitch = 57.0, .level = 0.8});
    assert_near(level_peak(out, FRAMES), 0.5, 1e-3);
    assert_true(level(0.0, 0.19) < -90.0); // the noise floor
    assert_true(level(0.25, 0.3) > level(0.6, 0.65));
    assert_true(level(0.6, 0.65) > -50.0);
    assert_true(level(0.9, 0.95) < level(0.6, 0.65) - 30.0);
    double open = level(0.45, 0.5) - level(0.22, 0.27);
    play_note((Pluck){.start = 0.2, .length = 0.5, .pitch = 57.0, .level = 0.8, .muted = true});
    assert_true(level(0.45, 0.5) - level(0.22, 0.27) < open - 20.0); // a palm
}

// The last third of a bent note is two semitones up.
static void test_bends_reach_their_pitch(void **state) {
    (void)state;
    play_note((Pluck){.start = 0.0, .length = 1.0, .pitch = 57.0, .level = 0.3, .bend = 2.0});
    double complex straight = 0.0, bent = 0.0;
    for (int i = RATE * 68 / 100; i < RATE * 98 / 100; i++) {
        straight += out[i] * cexp(-I * 2.0 * pi * 220.0 * i / RATE);
        bent += out[i] * cexp(-I * 2.0 * pi * 246.94 * i / RATE);
    }
    assert_true(cabs(bent) > 4.0 * cabs(straight));
}

static void test_scores_hold_every_manner(void **state) {
    (void)state;
    const double lengths[] = {60.0, 15.2};
    const int bars[] = {4, 1};
    for (int s = 0; s < 2; s++) {
        Score score;
        assert_int_equal(score_compose(&score, lengths[s], bars[s], 5, NULL), STATUS_OK);
        int muted = 0, bent = 0, strings = 0;
        double quiet = 1.0, loud = 0.0, last = 0.0;
        for (size_t i = 0; i < score.count; i++) {
            const Pluck *pluck = &score.plucks[i];
            muted += pluck->muted;
            bent += pluck->bend > 0.0 || pluck->vibrato > 0.0;
            strings |= 1 << pluck->string;
            quiet = fmin(quiet, pluck->level);
            loud = fmax(loud, pluck->level);
            last = fmax(last, pluck->start);
            assert_true(pluck->start >= 0.0 && pluck->start < lengths[s]);
            assert_true(pluck->length > 0.0);
            assert_true(pluck->pitch > 39.0 && pluck->pitch < 76.0);
        }
        assert_true(score.count > 80);
        assert_true(muted > 10 && bent > 0 && strings == 0x3f);
        if (!(loud > 0.7 && quiet < 0.06)) {
            fail_msg("levels from %g to %g", quiet, loud);
        }
        assert_true(last > lengths[s] - 3.0);
        score_clear(&score);
    }
}

static void test_score_without_memory(void **state) {
    (void)state;
    Score score;
    long allowed = 0;
    Status status = STATUS_OK;
    do {
        memory_fail_after(allowed++);
        status = score_compose(&score, 60.0, 4, 5, NULL);
        memory_fail_after(-1);
        assert_true(status == STATUS_OK || (status == STATUS_NO_MEMORY && !score.plucks));
    } while (status != STATUS_OK);
    assert_true(allowed > 2);
    score_clear(&score);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_small_signals_follow_the_equations),
        cmocka_unit_test(test_newton_converges),
        cmocka_unit_test(test_steps_are_fine_enough),
        cmocka_unit_test(test_clips_symmetrically),
        cmocka_unit_test(test_no_process_no_change),
        cmocka_unit_test(test_overtones_do_not_fold),
        cmocka_unit_test(test_strings_are_in_tune),
        cmocka_unit_test(test_notes_begin_ring_and_stop),
        cmocka_unit_test(test_bends_reach_their_pitch),
        cmocka_unit_test(test_scores_hold_every_manner),
        cmocka_unit_test(test_score_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
