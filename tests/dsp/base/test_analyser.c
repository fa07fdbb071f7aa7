// SPDX-License-Identifier: ISC
// Windowed power spectra.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dsp/base/analyser.h"
#include "dsp/base/memory.h"
#include "tests/rig/near.h"

enum { SIZE = 512 };

// A sine of peak 1 at `bin` (which may lie between two).
static const double *sine(Analyser *analyser, double bin) {
    float *samples = analyser_samples(analyser);
    for (int i = 0; i < SIZE; i++) {
        samples[i] = (float)sin(2.0 * M_PI * bin * i / SIZE);
    }
    return analyser_power(analyser);
}

static void a_hann_window_halves_a_sine(void **state) {
    (void)state;
    Analyser *analyser = NULL;
    assert_int_equal(analyser_new(&analyser, SIZE, WINDOW_HANN, NULL), STATUS_OK);
    for (int again = 0; again < 2; again++) {
        const double *power = sine(analyser, 40.0);
        assert_near(power[40] / (SIZE * SIZE), 0.25 * 0.25, 1e-5); // two sides
        assert_near(power[39] / power[40], 0.25, 1e-4);
        assert_near(power[41] / power[40], 0.25, 1e-4);
        double all = 0.0;
        for (int k = 0; k <= SIZE / 2; k++) {
            all += k == 0 || k == SIZE / 2 ? power[k] : 2.0 * power[k];
        }
        assert_near(all / (SIZE * SIZE), 0.375 * 0.5, 1e-4);
    }
    analyser_free(analyser);
}

// The largest share of a sine between two bins that lies `away` bins off.
static double leaks(WindowShape shape, int away) {
    Analyser *analyser = NULL;
    assert_int_equal(analyser_new(&analyser, SIZE, shape, NULL), STATUS_OK);
    const double *power = sine(analyser, 100.5);
    double most = fmax(power[100], power[101]), leaked = 0.0;
    for (int k = 0; k <= SIZE / 2; k++) {
        leaked = k < 100 - away || k > 101 + away ? fmax(leaked, power[k]) : leaked;
    }
    analyser_free(analyser);
    return leaked / most;
}

static void windows_leak_as_they_should(void **state) {
    (void)state;
    assert_true(leaks(WINDOW_BLACKMAN_HARRIS, 5) < 1e-9);
    assert_true(leaks(WINDOW_HANN, 5) > 1e-7);
}

static void short_memory_leaves_nothing(void **state) {
    (void)state;
    Status status = STATUS_NO_MEMORY;
    for (int n = 0; n < 50 && status != STATUS_OK; n++) {
        Analyser *analyser = NULL;
        memory_fail_after(n);
        status = analyser_new(&analyser, SIZE, WINDOW_HANN, NULL);
        memory_fail_after(-1);
        assert_true((status == STATUS_OK) == (analyser != NULL));
        analyser_free(analyser);
    }
    assert_int_equal(status, STATUS_OK);
    Analyser *analyser = NULL;
    assert_int_equal(analyser_new(&analyser, 3, WINDOW_HANN, NULL), STATUS_BAD_ARGUMENT);
    assert_null(analyser);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hann_window_halves_a_sine),
        cmocka_unit_test(windows_leak_as_they_should),
        cmocka_unit_test(short_memory_leaves_nothing),
    };
    return cmocka_run_group_tests_name("analyser", tests, NULL, NULL);
}
