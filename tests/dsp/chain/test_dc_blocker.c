// SPDX-License-Identifier: ISC
// The DC blocker against a high-pass of first order at 5 Hz.
#include <complex.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/chain/dc_blocker.h"
#include "tests/rig/near.h"
#include "tests/rig/processor_rig.h"

static float amount[FRAMES];

static void fill_amount(float value) {
    for (int i = 0; i < FRAMES; i++) {
        amount[i] = value;
    }
}

// The gain at `frequency`, a multiple of 2 Hz, at `rate` Hz: over half a second once it has
// settled.
static double gain_at(double frequency, double rate) {
    DcBlocker blocker;
    double complex sum = 0.0;
    int half = (int)rate / 2;
    dc_blocker_init(&blocker, rate);
    for (int begin = 0; begin < 4 * half; begin += half / 5) {
        static float block[FRAMES];
        for (int i = 0; i < half / 5; i++) {
            block[i] = (float)sin(2.0 * M_PI * frequency * (begin + i) / rate);
        }
        dc_blocker_run(&blocker, block, amount, half / 5);
        for (int i = 0; i < half / 5 && begin >= 3 * half; i++) {
            sum += (double)block[i] * cexp(-2.0 * M_PI * I * frequency * (begin + i) / rate);
        }
    }
    return 2.0 * cabs(sum) / half;
}

static void it_is_a_high_pass_at_five_hertz(void **state) {
    (void)state;
    static const double rates[] = {44100.0, 48000.0, 192000.0};
    fill_amount(1.0f);
    for (size_t k = 0; k < sizeof rates / sizeof *rates; k++) {
        for (int frequency = 2; frequency <= 200; frequency += 2) {
            double theory = 1.0 / sqrt(1.0 + 25.0 / frequency / frequency);
            assert_near(gain_at(frequency, rates[k]), theory, 2e-3);
        }
    }
}

// Half of the constant part goes when the amount is half, and none when it is 0.
static void the_amount_is_a_share(void **state) {
    (void)state;
    static const float shares[] = {0.0f, 0.25f, 0.5f, 1.0f};
    for (size_t k = 0; k < sizeof shares / sizeof *shares; k++) {
        DcBlocker blocker;
        dc_blocker_init(&blocker, RATE);
        fill_amount(shares[k]);
        for (int second = 0; second < 4; second++) {
            for (int i = 0; i < FRAMES; i++) {
                out[0][i] = 0.25f;
            }
            dc_blocker_run(&blocker, out[0], amount, FRAMES);
        }
        assert_near(out[0][FRAMES - 1], 0.25f * (1.0f - shares[k]), 1e-6);
        assert_true(shares[k] > 0.0f || out[0][FRAMES - 1] == 0.25f);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_a_high_pass_at_five_hertz),
        cmocka_unit_test(the_amount_is_a_share),
    };
    return cmocka_run_group_tests_name("dc-blocker", tests, NULL, NULL);
}
