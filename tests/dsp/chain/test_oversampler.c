// SPDX-License-Identifier: ISC
// What the filters of oversampling pass, keep out, and how late they are, at the rates of sessions.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/memory.h"
#include "dsp/chain/oversampler.h"
#include "tests/rig/processor_rig.h"

enum { BLOCK = 128, MAX_FACTOR = 4, SECOND = 8192, SETTLED = 512 };

static const double two_pi = 6.28318530717958648;
static const double session_rates[] = {44100.0, 48000.0, 88200.0, 96000.0};

static float high[2][MAX_FACTOR * FRAMES];

static Oversampler *make_oversampler(int factor, int channels) {
    Oversampler *made = NULL;
    assert_int_equal(oversampler_new(&made, factor, channels, BLOCK, NULL), STATUS_OK);
    return made;
}

static void fill_sine(float *signal, int frames, double frequency, double rate) {
    for (int i = 0; i < frames; i++) {
        signal[i] = (float)sin(fmod(two_pi * frequency * i / rate, two_pi));
    }
}

// The level of `signal`, in dB over that of a sine of amplitude 1, once filters have settled.
static double level(const float *signal, int frames) {
    double sum = 0.0;
    for (int i = SETTLED; i < frames; i++) {
        sum += 2.0 * (double)signal[i] * (double)signal[i];
    }
    return 10.0 * log10(sum / (frames - SETTLED) + 1e-30);
}

// The first channel of `in` up into `high`, of `high` down into `out`, `frames` at the lower rate.
static void up(Oversampler *oversampler, int factor, int frames) {
    for (int at = 0, count; at < frames; at += count) {
        count = frames - at < BLOCK ? frames - at : BLOCK;
        oversampler_up(oversampler, (float *[]){high[0] + factor * at},
                       (const float *[]){in[0] + at}, count);
    }
}

static void down(Oversampler *oversampler, int factor, int frames) {
    for (int at = 0, count; at < frames; at += count) {
        count = frames - at < BLOCK ? frames - at : BLOCK;
        oversampler_down(oversampler, (float *[]){out[0] + at},
                         (const float *[]){high[0] + factor * at}, count);
    }
}

// The amplitude and the lag, in samples, of the sine of `frequency` in `signal`.
typedef struct Sine {
    double amplitude, lag;
} Sine;

static Sine sine_in(const float *signal, int frames, double frequency, double rate) {
    double cosine = 0.0, sine = 0.0, window = 0.0;
    for (int i = SETTLED; i < frames; i++) {
        double angle = fmod(two_pi * frequency * i / rate, two_pi);
        double weight = 1.0 - cos(two_pi * (i - SETTLED) / (frames - SETTLED));
        cosine += weight * (double)signal[i] * cos(angle);
        sine += weight * (double)signal[i] * sin(angle);
        window += 0.5 * weight;
    }
    return (Sine){hypot(cosine, sine) / window, atan2(-cosine, sine) / (two_pi * frequency / rate)};
}

// There and back a sine comes out as loud as it is, up to 0.4 of the rate: 19.2 kHz at 48 kHz, 17.6
// at 44.1. Below 5 kHz at 48 kHz it is late by what is told, a tenth of a millisecond at most.
static void the_pass_band_is_flat_and_hardly_late(void **state) {
    (void)state;
    for (int factor = 2; factor <= MAX_FACTOR; factor *= 2) {
        Oversampler *oversampler = make_oversampler(factor, 1);
        double lag = oversampler_lag(oversampler);
        for (size_t r = 0; r < 4; r++) {
            double rate = session_rates[r], top = 0.4 * rate, worst = 0.0, late = 0.0;
            assert_true(lag <= 1e-4 * rate);
            for (int k = 0; k <= 60; k++) {
                double frequency = fmax(0.005 * rate, k / 60.0 * top);
                fill_sine(in[0], SECOND, frequency, rate);
                oversampler_reset(oversampler);
                up(oversampler, factor, SECOND);
                down(oversampler, factor, SECOND);
                Sine sine = sine_in(out[0], SECOND, frequency, rate);
                worst = fmax(worst, fabs(20.0 * log10(sine.amplitude)));
                late = frequency < rate * 5.0 / 48.0 ? fmax(late, fabs(sine.lag - lag)) : late;
            }
            print_message("%dx, %g Hz: pass band to %.0f Hz within %.5f dB, lag %.2f by %.2f\n",
                          factor, rate, top, worst, lag, late);
            assert_true(worst < 0.001);
            assert_true(late < 0.1);
        }
        oversampler_free(oversampler);
    }
}

// What is told as filled has forgotten what was before a reset, but for the edge of the band.
static void it_fills_in_time(void **state) {
    (void)state;
    for (int factor = 2; factor <= MAX_FACTOR; factor *= 2) {
        Oversampler *oversampler = make_oversampler(factor, 1);
        for (int i = 0; i < SECOND; i++) {
            in[0][i] = 1.0f;
        }
        up(oversampler, factor, SECOND);
        down(oversampler, factor, SECOND);
        for (int i = OVERSAMPLER_FILLING; i < SECOND; i++) {
            assert_true(fabsf(out[0][i] - 1.0f) < 1e-3f);
        }
        oversampler_free(oversampler);
    }
}

// On the way up, the images of what the pass band lets through.
static void images_are_90_db_down(void **state) {
    (void)state;
    for (int factor = 2; factor <= MAX_FACTOR; factor *= 2) {
        Oversampler *oversampler = make_oversampler(factor, 1);
        double worst = -INFINITY;
        for (int k = 1; k <= 40; k++) {
            double frequency = 0.01 * k; // of the lower rate
            fill_sine(in[0], SECOND, frequency, 1.0);
            oversampler_reset(oversampler);
            up(oversampler, factor, SECOND);
            // What is left without the sine itself, whose amplitude and phase are told by two sums.
            double cosine = 0.0, sine = 0.0, rest = 0.0;
            int from = factor * SETTLED, end = from + factor * 7600; // whole periods
            for (int i = from; i < end; i++) {
                double angle = fmod(two_pi * frequency * i / factor, two_pi);
                cosine += (double)high[0][i] * cos(angle) * 2.0 / (end - from);
                sine += (double)high[0][i] * sin(angle) * 2.0 / (end - from);
            }
            for (int i = from; i < end; i++) {
                double angle = fmod(two_pi * frequency * i / factor, two_pi);
                double error = (double)high[0][i] - cosine * cos(angle) - sine * sin(angle);
                rest += 2.0 * error * error / (end - from);
            }
            worst = fmax(worst, 10.0 * log10(rest));
        }
        print_message("%dx: images %.1f dB\n", factor, worst);
        assert_true(worst < -90.0);
        oversampler_free(oversampler);
    }
}

// On the way down, what is above the lower rate minus the pass band: it would become an alias in
// it.
static void aliases_are_90_db_down(void **state) {
    (void)state;
    for (int factor = 2; factor <= MAX_FACTOR; factor *= 2) {
        Oversampler *oversampler = make_oversampler(factor, 1);
        double worst = -INFINITY;
        for (int k = 0; 0.6 + 0.0173 * k < 0.5 * factor; k++) {
            fill_sine(high[0], factor * SECOND, (0.6 + 0.0173 * k) / factor, 1.0);
            oversampler_reset(oversampler);
            down(oversampler, factor, SECOND);
            double alias = fabs(remainder(0.6 + 0.0173 * k, 1.0));
            if (alias <= 0.4) { // in the pass band
                worst = fmax(worst, level(out[0], SECOND));
            }
        }
        print_message("%dx: aliases %.1f dB\n", factor, worst);
        assert_true(worst < -90.0);
        oversampler_free(oversampler);
    }
}

// Up and down at once, in blocks of any size, of one and of two channels: the same bytes. After a
// reset, too.
static void blocks_and_channels_do_not_matter(void **state) {
    (void)state;
    for (int factor = 2; factor <= MAX_FACTOR; factor *= 2) {
        Oversampler *one = make_oversampler(factor, 1), *two = make_oversampler(factor, 2);
        up(one, factor, FRAMES);
        down(one, factor, FRAMES);
        memcpy(expected[0], out[0], sizeof expected[0]);
        for (int again = 0; again < 2; again++) {
            for (int at = 0, count; at < FRAMES; at += count) {
                float up0[MAX_FACTOR * BLOCK], up1[MAX_FACTOR * BLOCK];
                count = 1 + rand() % BLOCK;
                count = FRAMES - at < count ? FRAMES - at : count;
                oversampler_up(two, (float *[]){up0, up1},
                               (const float *[]){in[1] + at, in[0] + at}, count);
                oversampler_down(two, (float *[]){out[1] + at, out[0] + at},
                                 (const float *[]){up0, up1}, count);
            }
            assert_memory_equal(out[0], expected[0], sizeof expected[0]);
            oversampler_reset(two);
        }
        oversampler_free(one);
        oversampler_free(two);
    }
}

static void survives_every_failing_allocation(void **state) {
    (void)state;
    Status status = STATUS_NO_MEMORY;
    Oversampler *oversampler = NULL;
    for (long successes = 0; status != STATUS_OK && successes < 40; successes++) {
        memory_fail_after(successes);
        status = oversampler_new(&oversampler, 4, 2, BLOCK, NULL);
        memory_fail_after(-1);
        assert_true(status == STATUS_OK || (status == STATUS_NO_MEMORY && !oversampler));
    }
    assert_int_equal(status, STATUS_OK);
    oversampler_free(oversampler);
    oversampler_free(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_pass_band_is_flat_and_hardly_late),
        cmocka_unit_test(it_fills_in_time),
        cmocka_unit_test(images_are_90_db_down),
        cmocka_unit_test(aliases_are_90_db_down),
        cmocka_unit_test_setup(blocks_and_channels_do_not_matter, setup),
        cmocka_unit_test(survives_every_failing_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
