// SPDX-License-Identifier: ISC
// What the checks hear of a device, on either side of their bounds: signals made so that each
// figure is known.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/memory.h"
#include "dsp/base/random.h"
#include "training/data/checks_device.h"
#include "training/data/repeat.h"

enum { RATE = 8000, FRAMES = 8 * RATE };

static float input[FRAMES], target[FRAMES];
static Checks checks;

// White noise that no section repeats, and what a clipper makes of it.
static int begin(void **state) {
    (void)state;
    Random random = {9};
    for (int i = 0; i < FRAMES; i++) {
        input[i] = (float)random_within(&random, 0.5);
        target[i] = tanhf(3.0f * input[i]);
    }
    return 0;
}

static void check(int delay) {
    const Pair pair = {RATE, input, FRAMES, target, FRAMES};
    checks = (Checks){0};
    assert_int_equal(checks_device(&checks, &pair, delay, "out.wav", NULL), STATUS_OK);
}

static double expect(const char *id, Verdict verdict, const char *words) {
    const Check *found = checks_find(&checks, id);
    if (!found || found->verdict != verdict || !strstr(found->text, words)) {
        fail_msg("%s: %s: %s", id, found ? verdict_name(found->verdict) : "none",
                 found ? found->text : "");
        return (double)NAN;
    }
    return found->value;
}

static double mean_square(const float *samples, int first, int end) {
    double sum = 0.0;
    for (int i = first; i < end; i++) {
        sum += (double)samples[i] * (double)samples[i];
    }
    return sum / (end - first);
}

static void test_sound(void **state) {
    (void)state;
    check(3);
    for (int i = 0; i < checks.count; i++) {
        assert_int_equal(checks.check[i].verdict, VERDICT_OK);
    }
    assert_null(checks_find(&checks, "blips"));
    assert_null(checks_find(&checks, "replicate"));
    assert_null(checks_find(&checks, "tail"));
    assert_true(isnan(expect("noise", VERDICT_OK, "the input is never silent")));
    assert_true(expect("gate", VERDICT_OK, "not gated") == 0.0);
    assert_true(expect("resampled", VERDICT_OK, "full bandwidth") > -10.0);
}

// Clicks at half a second and at one, `late` samples late in the target: 48 samples are agreed.
static void put_blips(int late) {
    memset(input, 0, 3 * RATE / 2 * sizeof *input);
    memset(target, 0, 3 * RATE / 2 * sizeof *target);
    for (int blip = 1; blip <= 2; blip++) {
        input[blip * RATE / 2] = 0.8f;
        target[blip * RATE / 2 + late] = 0.5f;
    }
}

static void test_blips(void **state) {
    (void)state;
    static const int lates[] = {0, 48, 49, -48, -49};
    for (int i = 0; i < 5; i++) {
        bool agree = lates[i] <= 48 && lates[i] >= -48;
        put_blips(lates[i]);
        check(100); // what was taken out counts
        assert_true(expect("blips", agree ? VERDICT_OK : VERDICT_WARN,
                           agree ? "which agrees" : "--latency N") == lates[i] + 100);
    }
    put_blips(0);
    input[RATE / 2 - 200] = input[RATE - 200] = 0.01f; // no click stands alone
    check(0);
    assert_null(checks_find(&checks, "blips"));
}

// A section that is played twice: ESR of its second time by its first, but for a tenth of a second
// in which other music may still sound.
static void test_replicate(void **state) {
    (void)state;
    enum { FIRST = RATE, SECOND = 4 * RATE, LENGTH = 3 * RATE / 2, UNHEARD = RATE / 10 };
    memcpy(input + SECOND, input + FIRST, LENGTH * sizeof *input);
    for (int wrong = 0; wrong < 2; wrong++) {
        float gain = wrong ? 1.1003f : 1.0997f; // an ESR of 0.01
        for (int i = 0; i < LENGTH; i++) {
            float more = i < UNHEARD ? 5.0f : gain;
            target[SECOND + i] = more * target[FIRST + i];
        }
        check(0);
        double esr = expect("replicate", wrong ? VERDICT_WARN : VERDICT_OK,
                            "the 1.5 s that are played at 1.0 s and again at 4.0 s");
        assert_true(fabs(esr - 0.01) < 1e-4);
    }
    Repeat repeat; // at least a second, and at least a second later
    assert_int_equal(repeat_find(&repeat, input, FRAMES, RATE, NULL), STATUS_OK);
    assert_true(repeat.first == FIRST && repeat.second == SECOND && repeat.frames == LENGTH);
    assert_int_equal(repeat_find(&repeat, input, SECOND + RATE - 1, RATE, NULL), STATUS_OK);
    assert_int_equal(repeat.frames, 0);
    assert_int_equal(repeat_find(&repeat, input, SECOND + RATE, RATE, NULL), STATUS_OK);
    assert_int_equal(repeat.frames, RATE);
    memory_fail_after(0);
    assert_int_equal(repeat_find(&repeat, input, FRAMES, RATE, NULL), STATUS_NO_MEMORY);
    memory_fail_after(-1);
}

// The input stops for a second: what sounds on after a tenth of it is noise.
static void test_noise(void **state) {
    (void)state;
    enum { STOP = 3 * RATE, GO = 4 * RATE, UNHEARD = RATE / 10 };
    memset(input + STOP, 0, (GO - STOP) * sizeof *input);
    input[STOP + 10] = 9e-7f; // below the last of 20 bits
    memset(target + STOP, 0, UNHEARD * sizeof *target);
    for (int wrong = 0; wrong < 2; wrong++) {
        // Noise of 0.005 of the whole target's energy, its own included.
        double rest = mean_square(target, 0, STOP) * STOP +
                      mean_square(target, GO, FRAMES) * (FRAMES - GO);
        double share = wrong ? 0.0051 : 0.0049;
        double level = sqrt(share * rest / (FRAMES - share * (GO - STOP - UNHEARD)));
        for (int i = STOP + UNHEARD; i < GO; i++) {
            target[i] = (float)(i % 2 ? level : -level);
        }
        check(0);
        double noise = expect("noise", wrong ? VERDICT_WARN : VERDICT_OK,
                              wrong ? "no model gets below it" : "the least that a model");
        assert_true(fabs(noise / share - 1.0) < 1e-3);
    }
    // Silence of less than a fifth of a second tells nothing.
    begin(NULL);
    memset(input + STOP, 0, (RATE / 5 - 1) * sizeof *input);
    check(0);
    expect("noise", VERDICT_OK, "not measured");
    input[STOP + RATE / 5 - 1] = 0.0f;
    check(0);
    expect("noise", VERDICT_WARN, "");
    // Nothing is left in the silence, but what was rounded.
    memset(input + STOP, 0, (GO - STOP) * sizeof *input);
    memset(target + STOP, 0, (GO - STOP) * sizeof *target);
    check(0);
    assert_true(expect("noise", VERDICT_OK, "the least that a model") == 0.0);
    const Pair pair = {RATE, input, FRAMES, target, FRAMES};
    checks = (Checks){.least = 0.006};
    checks_add(&checks, "level", VERDICT_WARN, -40.0, "dBFS", "quiet");
    assert_int_equal(checks_device(&checks, &pair, 0, "out.wav", NULL), STATUS_OK);
    assert_true(expect("noise", VERDICT_WARN, "ESR of 0.006") == 0.006);
    expect("level", VERDICT_WARN, "out.wav: quiet (peak -40.0 dBFS); it is trained on");
    expect("level", VERDICT_WARN, "makes an ESR of 0.006");
}

// From 50 to 100 ms after the input's end: what is above -50 dB of the 50 ms before it, and 6 dB
// above what is left in the end, is a tail.
static void test_tail(void **state) {
    (void)state;
    enum { STOP = 3 * RATE, GO = 4 * RATE, LOOK = RATE / 20 };
    static const struct {
        double tail, rest; // dB of what sounded before
        Verdict verdict;
    } cases[] = {{-49.0, -90.0, VERDICT_WARN},
                 {-51.0, -90.0, VERDICT_OK},
                 {-49.0, -55.5, VERDICT_WARN},
                 {-49.0, -54.5, VERDICT_OK}};
    double before = sqrt(mean_square(target, STOP - LOOK, STOP));
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        memset(input + STOP, 0, (GO - STOP) * sizeof *input);
        for (int i = STOP; i < GO; i++) {
            bool heard = i >= STOP + LOOK && i < STOP + 2 * LOOK;
            double level = pow(10.0, (heard ? cases[k].tail : cases[k].rest) / 20.0);
            target[i] = (float)(before * (i % 2 ? level : -level));
        }
        check(0);
        double tail = expect("tail", cases[k].verdict, cases[k].verdict ? "reverb or delay" : "");
        assert_true(k == 3 ? tail == -120.0 : fabs(tail - cases[k].tail) < 0.01);
    }
}

// More than 50 ms of digital silence while the input plays.
static void test_gate(void **state) {
    (void)state;
    enum { SHUT = 2 * RATE, LEAST = RATE / 20 };
    memset(target + SHUT, 0, LEAST * sizeof *target);
    check(0);
    assert_true(expect("gate", VERDICT_OK, "") == 0.0);
    target[SHUT + LEAST] = 3e-5f; // dither of 16 bits
    check(0);
    assert_true(expect("gate", VERDICT_WARN, "noise gate") == (LEAST + 1.0) / RATE);
    target[SHUT + LEAST] = 3.3e-5f;
    check(0);
    expect("gate", VERDICT_OK, "");
    memset(target + SHUT, 0, RATE * sizeof *target);
    for (int i = SHUT; i < SHUT + RATE; i++) {
        input[i] = i % 2 ? 0.9e-3f : -0.9e-3f; // below -60 dBFS there is nothing to answer
    }
    check(0);
    expect("gate", VERDICT_OK, "");
}

// Two tones, in 0.6 to 0.75 of the spectrum and in 0.82 to 0.9 of it: power for power of a width.
static void test_resampled(void **state) {
    (void)state;
    for (int wrong = 0; wrong < 2; wrong++) {
        double wanted = wrong ? -45.5 : -44.5;
        double above = pow(10.0, wanted / 20.0) * sqrt(0.08 / 0.15);
        for (int i = 0; i < FRAMES; i++) {
            target[i] = (float)(0.5 * (sin(M_PI * 0.7 * i) + above * sin(M_PI * 0.86 * i)));
        }
        check(0);
        double top = expect("resampled", wrong ? VERDICT_WARN : VERDICT_OK, "");
        assert_true(fabs(top - wanted) < 0.1);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_sound, begin),     cmocka_unit_test_setup(test_blips, begin),
        cmocka_unit_test_setup(test_replicate, begin), cmocka_unit_test_setup(test_noise, begin),
        cmocka_unit_test_setup(test_tail, begin),      cmocka_unit_test_setup(test_gate, begin),
        cmocka_unit_test_setup(test_resampled, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
