// SPDX-License-Identifier: ISC
// The curves of the tone controls against those of the circuits that tone.h names: shelves of one
// pole and bells of the quality given there, at the frequency to which the bilinear transform bends
// them.
#include <complex.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dsp/chain/tone.h"

enum { LENGTH = 1 << 16 }; // until nothing is left of an impulse

static const double rates[] = {44100.0, 48000.0, 96000.0};

static const struct {
    enum { LOW, BELL, HIGH } shape;
    double frequency, quality;
} circuits[TONE_BANDS] = {
    [TONE_DEPTH] = {BELL, 80.0, 1.0},      [TONE_BASS] = {LOW, 150.0, 0.0},
    [TONE_MIDDLE] = {BELL, 650.0, 0.6},    [TONE_TREBLE] = {HIGH, 2200.0, 0.0},
    [TONE_PRESENCE] = {BELL, 4500.0, 0.7},
};

static double factor(double decibels) {
    return pow(10.0, decibels / 20.0);
}

static double complex theory(int band, double gain, double frequency, double rate) {
    double complex s = I * tan(M_PI * frequency / rate) /
                       tan(M_PI * circuits[band].frequency / rate);
    double complex pass = 0.0;
    switch (circuits[band].shape) {
    case LOW:
        pass = 1.0 / (1.0 + s);
        break;
    case HIGH:
        pass = s / (1.0 + s);
        break;
    case BELL:
        pass = s / circuits[band].quality / (s * s + s / circuits[band].quality + 1.0);
        break;
    }
    return 1.0 + (factor(gain) - 1.0) * pass;
}

// The tone controls' answer to an impulse.
static void make_impulse_response(float *response, const double gains[TONE_BANDS], double rate) {
    Tone tone;
    tone_init(&tone, rate);
    for (int b = 0; b < TONE_BANDS; b++) {
        tone_set(&tone, (ToneBand)b, (float)factor(gains[b]), 0);
    }
    for (int begin = 0; begin < LENGTH; begin += TONE_BLOCK) {
        for (int i = 0; i < TONE_BLOCK; i++) {
            response[begin + i] = begin + i == 0 ? 1.0f : 0.0f;
        }
        tone_run(&tone, (float *[]){response + begin}, 1, TONE_BLOCK);
    }
}

static double complex spectrum_at(const float *response, double frequency, double rate) {
    double complex sum = 0.0, turn = cexp(-2.0 * M_PI * I * frequency / rate), phase = 1.0;
    for (int i = 0; i < LENGTH; i++) {
        sum += (double)response[i] * phase;
        phase *= turn;
    }
    return sum;
}

static void assert_curve(const double gains[TONE_BANDS], double rate) {
    static float response[LENGTH];
    make_impulse_response(response, gains, rate);
    for (int third = 0; third < 30; third++) { // of an octave: 20 Hz to 16 kHz
        double frequency = 20.0 * pow(2.0, third / 3.0);
        double complex expected = 1.0;
        for (int b = 0; b < TONE_BANDS; b++) {
            expected *= theory(b, gains[b], frequency, rate);
        }
        double complex ratio = spectrum_at(response, frequency, rate) / expected;
        assert_true(cabs(ratio - 1.0) < 1e-3); // 0.01 dB
    }
}

static void each_band_has_its_curve(void **state) {
    (void)state;
    for (int b = 0; b < TONE_BANDS; b++) {
        for (int gain = -12; gain <= 12; gain += 6) {
            double gains[TONE_BANDS] = {0.0};
            gains[b] = gain;
            assert_curve(gains, 48000.0);
        }
    }
}

static void all_bands_work_in_series_at_every_rate(void **state) {
    (void)state;
    static const double gains[TONE_BANDS] = {6.0, -9.0, 12.0, -3.0, 8.0};
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        assert_curve(gains, rates[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_band_has_its_curve),
        cmocka_unit_test(all_bands_work_in_series_at_every_rate),
    };
    return cmocka_run_group_tests_name("tone-curves", tests, NULL, NULL);
}
