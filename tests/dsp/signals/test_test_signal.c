// SPDX-License-Identifier: ISC
// The signal that devices are learned by: what stands where, and how loud.
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
#include "dsp/signals/survey.h"
#include "dsp/signals/test_signal.h"
#include "tests/rig/near.h"

enum { RATE = 48000, SECONDS = 50, FRAMES = SECONDS * RATE };

static const double peak = 0.8, hiss = 3e-5; // the largest of a noise floor of -96 dB
static float signal[FRAMES], guitar[FRAMES];

static int make(void **state) {
    (void)state;
    return test_signal_make(signal, FRAMES, RATE, peak, 3, NULL) != STATUS_OK;
}

static float loudest(double from, double to) {
    int begin = (int)(from * RATE), end = (int)(to * RATE);
    return level_peak(signal + begin, (size_t)(end - begin));
}

static void before_the_guitar_it_is_clicks_a_sweep_and_noise(void **state) {
    (void)state;
    assert_true(signal[RATE / 2] == (float)peak && signal[RATE] == (float)peak);
    signal[RATE / 2] = signal[RATE] = 0.0f; // and silence round them
    assert_true(loudest(0.0, 2.0) == 0.0f);
    assert_true(loudest(5.0, 5.5) == 0.0f);
    assert_true(loudest(7.5, 8.0) == 0.0f);
    make(state);
    assert_near(loudest(2.0, 5.0), 0.5 * peak, 0.01 * peak);
    assert_near(loudest(5.5, 7.5), 0.25 * peak, 0.01 * peak);
    double power = level_mean_square(signal + 6 * RATE, RATE);
    assert_near(sqrt(power), 0.25 * peak / sqrt(3.0), 0.01 * peak); // even
    assert_near(loudest(8.0, SECONDS), 0.98 * peak, hiss);
}

// From 20 Hz to 20 kHz in 3 s by equal ratios: a decade each second.
static void the_sweep_is_where_it_should_be(void **state) {
    (void)state;
    for (int i = 1; i < 12; i++) {
        double time = 2.0 + 0.25 * i, hertz = 20.0 * pow(10.0, time - 2.0);
        int reach = (int)(0.25 * RATE / hertz) + 1; // a quarter period, where it is a sine
        double complex here = 0.0, octave = 0.0;
        for (int k = -4 * reach; k < 4 * reach; k++) {
            double x = (double)signal[(int)(time * RATE) + k];
            here += x * cexp(-2.0 * M_PI * I * hertz * k / RATE);
            octave += x * cexp(-4.0 * M_PI * I * hertz * k / RATE);
        }
        assert_true(cabs(here) > 4.0 * cabs(octave));
        assert_near(cabs(here) / (8.0 * reach), 0.25 * peak, 0.05 * peak);
    }
}

// Section after section, each scaled to its own level; what sounds at the end of one goes on for 50
// ms into the next.
static void sections_follow_at_their_levels(void **state) {
    (void)state;
    size_t at = (size_t)(TEST_SIGNAL_GUITAR * RATE);
    double softest = 0.0;
    double rest = 0.0;
    int driven = 0, more = 0;
    for (int number = 0; at < FRAMES; number++) {
        SurveySection section;
        assert_int_equal(survey_section(&section, number, 3, NULL), STATUS_OK);
        size_t frames = (size_t)(section.seconds * RATE), whole = frames;
        double top = 0.98 * peak * pow(10.0, section.level / 20.0);
        assert_int_equal(
            guitar_play(guitar, frames, RATE, &section.score, top, 4 + (uint64_t)number, NULL),
            STATUS_OK);
        frames = at + frames > FRAMES ? FRAMES - at : frames;
        double before = 0.0, after = 0.0;
        for (size_t i = RATE / 20; i < frames; i++) {
            float sample = fmaxf(fminf(guitar[i], 0.98f * (float)peak), -0.98f * (float)peak);
            assert_true(section.drive > 0.0 || fabsf(signal[at + i] - sample) < 1e-6f);
            before += (double)guitar[i] * (double)guitar[i];
            after += (double)signal[at + i] * (double)signal[at + i];
        }
        if (section.drive > 0.0) { // most of it lies below the peak by more than that
            double louder = 10.0 * log10(after / before);
            print_message("section %d: %.1f dB louder by %.0f\n", number, louder, section.drive);
            assert_true(louder > 0.3 * section.drive && louder < section.drive + 0.1);
            driven++;
        }
        if (section.score.count > 0 && frames == whole && section.drive == 0.0) {
            float loudest_of_it = level_peak(guitar, whole);
            assert_near(loudest_of_it, top, hiss);
            assert_true(level_peak(signal + at, whole) <= (float)(top + rest) + 1e-4f);
        }
        if (section.drive == 0.0) { // nearly gone
            assert_near(signal[at + RATE / 20 - 1], guitar[RATE / 20 - 1], 1e-3);
        }
        rest = level_peak(signal + at + frames - 100, 100); // may add to what comes
        more += at > 9 * RATE && signal[at + 200] != guitar[200];
        softest = fmin(softest, section.level);
        score_clear(&section.score);
        at += whole;
    }
    assert_true(softest <= -38.0 && driven > 3 && more > 5);
}

static void any_rate_does(void **state) {
    (void)state;
    static const double rates[] = {8000.0, 44100.0, 96000.0};
    for (size_t k = 0; k < sizeof rates / sizeof *rates; k++) {
        size_t frames = (size_t)(12.0 * rates[k]);
        assert_true(frames < FRAMES);
        assert_int_equal(test_signal_make(guitar, frames, rates[k], peak, 1, NULL), STATUS_OK);
        assert_true(guitar[(size_t)(0.5 * rates[k])] == (float)peak);
        assert_true(level_peak(guitar, frames) <= (float)peak);
        assert_true(level_peak(guitar + (size_t)(8.1 * rates[k]), (size_t)(3.0 * rates[k])) > 0.1f);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(before_the_guitar_it_is_clicks_a_sweep_and_noise),
        cmocka_unit_test(the_sweep_is_where_it_should_be),
        cmocka_unit_test(sections_follow_at_their_levels),
        cmocka_unit_test(any_rate_does),
    };
    return cmocka_run_group_tests_name("test-signal", tests, make, NULL);
}
