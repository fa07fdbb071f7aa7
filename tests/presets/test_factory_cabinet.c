// SPDX-License-Identifier: ISC
// test_barn FILE: the cabinet that the plugin comes with is one: short, at once there, with a box,
// a presence and an end.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dsp/files/audio/impulse_response_file.h"

static const double pi = 3.14159265358979;
static const char *path;
static ImpulseResponse impulse;

static int read_it(void **state) {
    (void)state;
    Diagnostic diagnostic = {""};
    Status status = impulse_response_file_read(&impulse, path, &diagnostic);
    if (status != STATUS_OK) {
        print_error("%s\n", diagnostic.text);
    }
    return status == STATUS_OK ? 0 : -1;
}

static int clear_it(void **state) {
    (void)state;
    impulse_response_clear(&impulse);
    return 0;
}

// The response's level at a frequency, in dB.
static double level(double hertz) {
    double re = 0.0, im = 0.0, angle = 2.0 * pi * hertz / impulse.rate;
    for (size_t i = 0; i < impulse.frames; i++) {
        re += (double)impulse.samples[0][i] * cos(angle * (double)i);
        im += (double)impulse.samples[0][i] * sin(angle * (double)i);
    }
    return 10.0 * log10(re * re + im * im);
}

// The mean power of a band, in dB, every octave as much as any other.
static double band(double low, double high) {
    enum { TONES = 60 };
    double sum = 0.0;
    for (int i = 0; i < TONES; i++) {
        sum += pow(10.0, level(low * pow(high / low, (i + 0.5) / TONES)) / 10.0);
    }
    return 10.0 * log10(sum / TONES);
}

static double energy(size_t begin, size_t end) {
    double sum = 0.0;
    for (size_t i = begin; i < end; i++) {
        sum += (double)impulse.samples[0][i] * (double)impulse.samples[0][i];
    }
    return sum;
}

static void short_and_at_once(void **state) {
    (void)state;
    assert_int_equal(impulse.rate, 48000);
    assert_int_equal(impulse.channels, 1);
    assert_in_range(impulse.frames, 48 * 40, 48 * 60);
    size_t peak = 0;
    for (size_t i = 0; i < impulse.frames; i++) {
        assert_true(isfinite(impulse.samples[0][i]));
        peak = fabsf(impulse.samples[0][i]) > fabsf(impulse.samples[0][peak]) ? i : peak;
    }
    assert_true(fabsf(impulse.samples[0][0]) > 1e-6f); // what comes first comes now
    assert_true(peak < 24);
    double all = energy(0, impulse.frames);
    assert_true(energy(0, 48 * 5) > 0.9 * all);
    assert_true(energy(impulse.frames - 48, impulse.frames) < 1e-9 * all); // no click at the end
}

static void box_presence_and_end(void **state) {
    (void)state;
    double middle = level(1000.0);
    assert_true(level(115.0) > middle + 3.0 && level(115.0) > level(250.0));
    assert_true(level(40.0) < middle - 12.0);
    assert_true(band(2500.0, 4000.0) > middle + 6.0);
    assert_true(level(8000.0) < middle - 12.0);
    assert_true(level(12000.0) < middle - 35.0);
}

// Modes: the range of break-up goes up and down.
static void breaks_up(void **state) {
    (void)state;
    int turns = 0;
    for (int i = 0; i < 68; i++) {
        double hertz = 1000.0 * pow(1.03, i), here = level(hertz);
        turns += here > level(hertz / 1.03) && here > level(hertz * 1.03);
    }
    assert_in_range(turns, 5, 12);
}

static void as_loud_as_none(void **state) {
    (void)state;
    assert_true(fabs(band(100.0, 5000.0)) < 0.2);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_and_at_once),
        cmocka_unit_test(box_presence_and_end),
        cmocka_unit_test(breaks_up),
        cmocka_unit_test(as_loud_as_none),
    };
    path = argc == 2 ? argv[1] : "";
    return cmocka_run_group_tests_name("factory-cabinet", tests, read_it, clear_it);
}
