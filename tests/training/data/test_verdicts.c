// SPDX-License-Identifier: ISC
// The verdict of each check on either side of its bound, on a few seconds at a hundred samples a
// second.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "training/data/checks.h"

enum { RATE = 100, FRAMES = 150 * RATE };

static float dry[FRAMES], wet[FRAMES];
static Audio input, target;
static CheckedFile dry_file = {"in.wav", &input, false}, wet_file = {"out.wav", &target, false};
static Checks checks;

// Square waves: no DC, known peaks, neither clipped nor quiet.
static int begin(void **state) {
    (void)state;
    for (int i = 0; i < FRAMES; i++) {
        dry[i] = i % 2 ? 0.6f : -0.6f;
        wet[i] = i % 4 < 2 ? 0.5f : -0.5f;
    }
    dry_file.told = wet_file.told = false;
    input = (Audio){RATE, 1, FRAMES, dry, 0.0f, 1, false};
    target = (Audio){RATE, 1, FRAMES, wet, 0.0f, 1, false};
    return 0;
}

static void check_files(void) {
    checks = (Checks){0};
    checks_files(&checks, &dry_file, &wet_file);
}

static void check_sound(double least) {
    checks = (Checks){0};
    checks_sound(&checks, &dry_file, &wet_file, least);
}

static void check_timing(const Alignment *alignment, bool given, double drift) {
    checks = (Checks){0};
    checks_timing(&checks, &dry_file, &wet_file, alignment, given, drift);
}

// The worst check with this id (of several as bad, one that says these words) has this verdict and
// says them; its value.
static double expect(const char *id, Verdict verdict, const char *words) {
    const Check *worst = NULL;
    for (int i = 0; i < checks.count; i++) {
        const Check *check = &checks.check[i];
        bool worse = !worst || check->verdict > worst->verdict;
        bool same = worst && check->verdict == worst->verdict;
        if (strcmp(check->id, id) == 0 && (worse || (same && strstr(check->text, words)))) {
            worst = check;
        }
    }
    if (!worst || worst->verdict != verdict || !strstr(worst->text, words)) {
        fail_msg("%s: %s: %s", id, worst ? verdict_name(worst->verdict) : "none",
                 worst ? worst->text : "");
        return (double)NAN;
    }
    assert_null(strchr(worst->text, '\n'));
    return worst->value;
}

static void expect_all_well(int count) {
    assert_int_equal(checks.count, count);
    for (int i = 0; i < checks.count; i++) {
        assert_int_equal(checks.check[i].verdict, VERDICT_OK);
    }
    assert_null(checks_refusal(&checks));
}

// ---- Files ----

static void test_rates_and_lengths(void **state) {
    (void)state;
    check_files();
    expect_all_well(4);
    target.frames = FRAMES - RATE; // a second may be missing
    check_files();
    assert_true(expect("lengths", VERDICT_WARN, "in.wav has 100 samples (1.000 s) more") == 100.0);
    target.frames = FRAMES;
    input.frames = FRAMES - 20 * RATE; // what both have is enough
    check_files();
    assert_true(expect("lengths", VERDICT_WARN,
                       "out.wav has 2000 samples (20.000 s) more than "
                       "in.wav; what both have is used") == 2000.0);
    input.frames = FRAMES;
    // At different rates it is the time that counts.
    target = (Audio){2 * RATE, 1, FRAMES, wet, 0.0f, 1, false};
    input.frames = FRAMES / 2 + RATE;
    check_files();
    expect("rates", VERDICT_REFUSE, "out.wav: 200 Hz, but in.wav has 100 Hz");
    assert_true(expect("lengths", VERDICT_OK, "76.00 s") == -1.0);
    input.frames++;
    check_files();
    expect("lengths", VERDICT_REFUSE, "76.01 s");
    assert_string_equal(checks_refusal(&checks)->id, "rates"); // the first
}

static void test_stereo(void **state) {
    (void)state;
    target.channels = 2;
    check_files();
    expect("stereo", VERDICT_OK, "");
    target.spread = 1e-6f;
    check_files();
    assert_true(expect("stereo", VERDICT_WARN,
                       "out.wav: its 2 channels differ (by up to 1e-06); "
                       "only one is used, left: --channel") == 2.0);
    target.alone = true;
    check_files();
    expect("stereo", VERDICT_WARN, "only one has sound, left: that one is used");
    target.channel = 2;
    check_files();
    expect("stereo", VERDICT_WARN, "of its 2 channels only one has sound, right: that one");
    wet_file.told = true;
    check_files();
    expect("stereo", VERDICT_OK, "the one that was asked for is used, right");
    target.channels = 1;
    input.channels = input.channel = 3;
    input.spread = 0.5f;
    check_files();
    expect("stereo", VERDICT_WARN,
           "in.wav: its 3 channels differ (by up to 0.5); only one is used, "
           "number 3");
}

// ---- Sound ----

static void test_short(void **state) {
    (void)state;
    check_sound(30.0);
    expect_all_well(10);
    target.frames = 120 * RATE - 1;
    check_sound(30.0);
    expect("short", VERDICT_WARN, "two minutes and more");
    check_sound(5.0); // as one of many it is long enough
    expect("short", VERDICT_OK, "");
    target.frames = 30 * RATE;
    check_sound(30.0);
    assert_true(expect("short", VERDICT_WARN, "") == 30.0);
    target.frames--;
    check_sound(30.0);
    expect("short", VERDICT_REFUSE, "out.wav: too short (30.0 s); a pair of at least 30 s");
}

static void scale(float *samples, float peak) {
    for (int i = 0; i < FRAMES; i++) {
        samples[i] = samples[i] > 0.0f ? peak : -peak;
    }
}

static void test_levels(void **state) {
    (void)state;
    scale(wet, 1.01e-5f);
    check_sound(30.0);
    assert_true(fabs(expect("silent", VERDICT_OK, "peak -99.9 dBFS") + 99.9) < 0.05);
    expect("level", VERDICT_WARN, "out.wav: quiet");
    scale(wet, 0.99e-5f);
    check_sound(30.0);
    expect("silent", VERDICT_REFUSE, "out.wav: silent (peak -100.1 dBFS)");
    memset(wet, 0, sizeof wet);
    check_sound(30.0);
    expect("silent", VERDICT_REFUSE, "out.wav: silent");
    begin(NULL);
    // -6 dBFS of the input, -30 of the target: 0.501 and 0.0316.
    scale(wet, 0.0317f);
    scale(dry, 0.502f);
    check_sound(30.0);
    expect_all_well(10);
    scale(wet, 0.0316f);
    check_sound(30.0);
    expect("level", VERDICT_WARN, "out.wav: quiet (peak -30.0 dBFS)");
    scale(wet, 0.0317f);
    scale(dry, 0.501f);
    check_sound(30.0);
    expect("level", VERDICT_WARN, "in.wav: quiet (peak -6.0 dBFS)");
}

// Three samples in a row at full scale, of one sign; one in ten thousand are too many.
static void test_clipping(void **state) {
    (void)state;
    wet[0] = wet[1] = wet[3] = wet[4] = 1.0f;
    check_sound(30.0);
    expect("clipping", VERDICT_OK, "");
    wet[5] = 0.99996f;
    check_sound(30.0);
    expect("clipping", VERDICT_REFUSE, "out.wav: clipped: 3 samples (0.02 %)");
    wet[5] = 0.9998f;
    dry[FRAMES - 1] = dry[FRAMES - 2] = dry[FRAMES - 3] = dry[FRAMES - 4] = -1.0f;
    check_sound(30.0);
    assert_true(expect("clipping", VERDICT_REFUSE, "in.wav: clipped") == 4.0);
    static float longer[31 * FRAMES / 10]; // 3 samples of less than 30,000 are too many
    for (size_t i = 0; i < sizeof longer / sizeof *longer; i++) {
        longer[i] = i % 4 < 2 ? 0.5f : -0.5f;
    }
    longer[10] = longer[11] = longer[12] = 1.0f;
    dry[FRAMES - 1] = 0.0f;
    dry[FRAMES - 2] = 0.0f;
    target.samples = longer;
    target.frames = 31 * FRAMES / 10;
    check_sound(30.0);
    assert_true(expect("clipping", VERDICT_WARN, "out.wav: clipped") == 3.0);
}

// Floats go beyond full scale, and a clipped file may be turned down: what counts is that peaks are
// equal to their neighbours, and come to be so at a corner.
static void test_clipping_at_any_level(void **state) {
    (void)state;
    static const double peaks[] = {0.004, 0.3, 2.0, 40.0};
    for (size_t k = 0; k < sizeof peaks / sizeof *peaks; k++) {
        for (int cut = 0; cut < 2; cut++) {
            size_t expected = 0;
            float rail = (float)peaks[k];
            for (int i = 0; i < FRAMES; i++) { // sines of all periods from 40 samples on
                double swing = sin(0.15 * i / (1.0 + 1e-4 * i));
                wet[i] = (float)(peaks[k] * fmin(fmax((cut ? 1.2 : 1.0) * swing, -1.0), 1.0));
                expected += cut && fabsf(wet[i]) >= 0.99995f * rail;
            }
            check_sound(30.0);
            if (cut) {
                double found = expect("clipping", VERDICT_WARN, "in a row at its peak of");
                printf("%g: %g of %zu\n", peaks[k], found, expected);
                assert_true(fabs(found - (double)expected) < 0.02 * (double)expected);
            } else {
                expect("clipping", VERDICT_OK, "");
            }
        }
    }
    // Sides that differ are a device's, unless no device was there.
    for (int i = 0; i < FRAMES; i++) {
        dry[i] = wet[i] = (float)fmin(fmax(0.7 * sin(0.15 * i), -0.4), 0.5);
    }
    wet[0] = 0.1f; // not identical
    check_sound(30.0);
    expect("clipping", VERDICT_WARN, "in.wav: clipped: ");
    for (int i = 0; i < FRAMES; i++) {
        dry[i] = i % 2 ? 0.6f : -0.6f;
    }
    check_sound(30.0);
    expect("clipping", VERDICT_OK, "out.wav: flat in ");
    // Steps of 16 bits make quiet peaks equal, but no corner.
    for (int i = 0; i < FRAMES; i++) {
        wet[i] = (float)lrint(30.0 * sin(0.15 * i)) / 32768.0f;
    }
    check_sound(30.0);
    expect("clipping", VERDICT_OK, "");
}

static void test_dc(void **state) {
    (void)state;
    for (int wrong = 0; wrong < 2; wrong++) {
        begin(NULL);
        for (int i = 0; i < FRAMES; i++) {
            dry[i] -= wrong ? 0.6f * 0.0101f : 0.6f * 0.0099f;
        }
        check_sound(30.0);
        double share = expect("dc", wrong ? VERDICT_WARN : VERDICT_OK, wrong ? "in.wav: DC" : "");
        assert_true(!wrong || fabs(share - 1.01) < 0.002);
    }
}

static void test_identical(void **state) {
    (void)state;
    memcpy(wet, dry, sizeof wet);
    target.frames -= 50;
    check_sound(30.0);
    expect("identical", VERDICT_REFUSE, "out.wav: identical to in.wav");
    wet[target.frames - 1] += 0.01f;
    check_sound(30.0);
    expect("identical", VERDICT_OK, "");
}

// ---- Timing ----

static const Alignment sound = {
    .peak = 5.0, .confidence = 40.0, .delay = 5, .tried = true, .error = 0.1, .swapped = 0.5};

static void test_delay(void **state) {
    (void)state;
    static const struct {
        int delay;
        bool given;
        Verdict verdict;
        const char *words;
        bool late;
    } cases[] = {
        {-16, false, VERDICT_OK, "the model may be 16 samples (160.00 ms) late", true},
        {-17, false, VERDICT_WARN, "was the start cut off", true},
        {0, false, VERDICT_OK, "no delay", false},
        {10, false, VERDICT_OK, "10 samples (100.00 ms) late; they are taken out", false},
        {11, false, VERDICT_WARN, "no converter takes that long", false},
        {11, true, VERDICT_OK, "taken out as told", false},
        {-8, false, VERDICT_WARN, "comes 8 samples (80.00 ms) before the input, which no device",
         false},
        {-8, false, VERDICT_WARN, "rings before it answers", false},
        {-9, false, VERDICT_WARN, "was the start cut off", false},
        {-9, true, VERDICT_OK, "-9 samples taken out as told", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Alignment alignment = sound;
        alignment.delay = cases[i].delay;
        alignment.late = cases[i].late;
        check_timing(&alignment, cases[i].given, 0.0);
        assert_true(expect("delay", cases[i].verdict, cases[i].words) == cases[i].delay);
    }
}

static void test_fit(void **state) {
    (void)state;
    Alignment alignment = sound;
    check_timing(&alignment, false, -1.0);
    expect_all_well(6);
    check_timing(&alignment, false, -1.01);
    assert_true(expect("drift", VERDICT_WARN, "-1.0 samples between") == -1.01);
    expect("drift", VERDICT_WARN, "(about -101.0 ppm)"); // two thirds of 15,000 samples apart
    check_timing(&alignment, false, (double)NAN);
    assert_true(isnan(expect("drift", VERDICT_OK, "not judged")));
    // As long as if 48 kHz had been written down for 44.1 kHz, which the rest bears out or not.
    target.frames = FRAMES * 441 / 480;
    alignment.confidence = 22.0;
    check_timing(&alignment, false, 0.0);
    expect("confidence", VERDICT_OK, "");
    assert_null(checks_find(&checks, "lengths"));
    alignment.confidence = 21.9;
    check_timing(&alignment, false, 0.0);
    expect("lengths", VERDICT_REFUSE, "one was recorded at 44100 Hz and the other at 48000 Hz");
    target.frames = FRAMES;
    check_timing(&alignment, false, 0.0);
    assert_null(checks_find(&checks, "lengths"));
    expect("confidence", VERDICT_WARN, "stands out there by 21.9 dB only");
    alignment = sound;
    alignment.inverted = true;
    check_timing(&alignment, false, 0.0);
    assert_true(expect("polarity", VERDICT_WARN, "upside down") == -1.0);
    alignment = sound;
    alignment.error = 0.9;
    check_timing(&alignment, false, 0.0);
    expect("learnable", VERDICT_OK, "error of 0.9");
    alignment.error = 0.91;
    check_timing(&alignment, false, 0.0);
    expect("learnable", VERDICT_REFUSE, "out.wav: does not follow from in.wav");
    alignment.tried = false;
    check_timing(&alignment, false, 0.0);
    assert_null(checks_find(&checks, "learnable"));
}

// Both signs together are sure, each alone is not: a peakier target, and an inverse that is easier.
static void test_swapped(void **state) {
    (void)state;
    static const struct {
        double crest, inverse; // dB; error of the inverse beside that of the device
        Verdict verdict;
    } cases[] = {{2.9, 0.51, VERDICT_OK},     {2.9, 0.49, VERDICT_WARN}, {3.1, 0.51, VERDICT_OK},
                 {3.1, 0.49, VERDICT_REFUSE}, {5.9, 0.51, VERDICT_OK},   {6.1, 0.51, VERDICT_WARN},
                 {6.1, 0.49, VERDICT_REFUSE}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        // A square wave with a single peak: next to nothing is added to its RMS.
        Alignment alignment = sound;
        wet[7] = (float)(0.5 * pow(10.0, cases[i].crest / 20.0));
        alignment.swapped = cases[i].inverse * alignment.error;
        check_timing(&alignment, false, 0.0);
        double more = expect("swapped", cases[i].verdict, "");
        assert_true(fabs(more - cases[i].crest) < 0.05);
        alignment.tried = false; // then the numbers mean nothing
        check_timing(&alignment, false, 0.0);
        expect("swapped", cases[i].crest > 6.0 ? VERDICT_WARN : VERDICT_OK, "");
    }
}

// ---- The list ----

static void test_list(void **state) {
    (void)state;
    checks = (Checks){0};
    for (int i = 0; i < CHECKS_MOST + 3; i++) {
        Verdict verdict = i >= 6 ? VERDICT_REFUSE : i == 5 ? VERDICT_WARN : VERDICT_OK;
        checks_add(&checks, i == 4 ? "four" : "other", verdict, i, "dB", "number %d%0400d", i, 0);
    }
    assert_int_equal(checks.count, CHECKS_MOST);
    const Check *four = checks_find(&checks, "four");
    assert_ptr_equal(four, &checks.check[4]);
    assert_true(four->value == 4.0 && strncmp(four->text, "number 400", 10) == 0);
    assert_int_equal(strlen(four->text), sizeof four->text - 1);
    assert_string_equal(four->unit, "dB");
    assert_ptr_equal(checks_refusal(&checks), &checks.check[6]);
    assert_null(checks_find(&checks, "none"));
    assert_string_equal(verdict_name(VERDICT_OK), "ok");
    assert_string_equal(verdict_name(VERDICT_WARN), "warn");
    assert_string_equal(verdict_name(VERDICT_REFUSE), "refuse");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_rates_and_lengths, begin),
        cmocka_unit_test_setup(test_stereo, begin),
        cmocka_unit_test_setup(test_short, begin),
        cmocka_unit_test_setup(test_levels, begin),
        cmocka_unit_test_setup(test_clipping, begin),
        cmocka_unit_test_setup(test_clipping_at_any_level, begin),
        cmocka_unit_test_setup(test_dc, begin),
        cmocka_unit_test_setup(test_identical, begin),
        cmocka_unit_test_setup(test_delay, begin),
        cmocka_unit_test_setup(test_fit, begin),
        cmocka_unit_test_setup(test_swapped, begin),
        cmocka_unit_test_setup(test_list, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
