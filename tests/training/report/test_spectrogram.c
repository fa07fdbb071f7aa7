// SPDX-License-Identifier: ISC
// Sines in a spectrogram: where they stand, how high, and when.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dsp/base/memory.h"
#include "training/report/spectrogram.h"

enum { RATE = 48000, FRAMES = 2 * RATE, ROWS = SPECTROGRAM_ROWS, COLUMNS = SPECTROGRAM_COLUMNS };

static float samples[FRAMES];
static double levels[ROWS * COLUMNS];

static int row_of(double hertz) {
    return (int)(ROWS * log2(hertz / SPECTROGRAM_LOW) / log2(0.5 * RATE / SPECTROGRAM_LOW));
}

static double level_at(double hertz, double seconds) {
    return levels[row_of(hertz) * COLUMNS + (int)(seconds * RATE / FRAMES * COLUMNS)];
}

static void make(double first, double second) {
    for (int i = 0; i < FRAMES; i++) {
        double hertz = i < FRAMES / 2 ? first : second;
        samples[i] = (float)(0.5 * sin(2.0 * 3.14159265358979 * hertz * i / RATE));
    }
    assert_int_equal(spectrogram_make(levels, samples, FRAMES, RATE, NULL), 0);
}

static void sines_stand_where_and_when_they_are(void **state) {
    (void)state;
    static const double hertz[] = {82.0, 200.0, 1000.0, 5000.0, 15000.0};
    for (size_t i = 0; i + 1 < sizeof hertz / sizeof *hertz; i++) {
        make(hertz[i], hertz[i + 1]);
        for (int part = 0; part < 2; part++) {
            double there = hertz[i + (size_t)part], other = hertz[i + 1 - (size_t)part];
            assert_true(fabs(level_at(there, part + 0.5) + 6.02) < (there < 100.0 ? 4.0 : 1.5));
            // A Hann window of 2048 falls to this within five bins, 117 Hz.
            assert_true(level_at(other, part + 0.5) < -60.0 || fabs(other - there) < 130.0);
        }
    }
}

static void silence_is_the_floor(void **state) {
    (void)state;
    make(0.0, 0.0);
    for (int i = 0; i < ROWS * COLUMNS; i++) {
        assert_true(levels[i] == SPECTROGRAM_FLOOR);
    }
}

static void memory_can_be_short(void **state) {
    (void)state;
    for (long most = 0; most < 3; most++) {
        memory_fail_after(most);
        assert_int_equal(spectrogram_make(levels, samples, FRAMES, RATE, NULL), STATUS_NO_MEMORY);
    }
    memory_fail_after(-1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sines_stand_where_and_when_they_are),
        cmocka_unit_test(silence_is_the_floor),
        cmocka_unit_test(memory_can_be_short),
    };
    return cmocka_run_group_tests_name("spectrogram", tests, NULL, NULL);
}
