// SPDX-License-Identifier: ISC
// What a recording holds from moment to moment, and what of it is missing: each gap is named where
// its sound was left out, and only there.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/memory.h"
#include "dsp/signals/test_signal.h"
#include "tests/rig/near.h"
#include "training/data/coverage.h"
#include "training/data/gaps.h"

enum { RATE = 8000, SECONDS = 60, FRAMES = SECONDS * RATE };

static float input[FRAMES], target[FRAMES];

// Adds a note with four overtones that falls by 60 dB in `decay` s, from `start` s on for `length`.
static void pluck(double start, double length, double hertz, double level, double decay) {
    for (size_t i = 0; i < (size_t)(length * RATE); i++) {
        double t = (double)i / RATE, x = 0.0;
        for (int k = 1; k <= 5 && k * hertz < 0.45 * RATE; k++) {
            x += sin(2.0 * M_PI * k * hertz * t) / (2.0 * k);
        }
        input[(size_t)(start * RATE) + i] += (float)(level * x * pow(10.0, -3.0 * t / decay));
    }
}

// ---- Moments ----

static void find(Moments *moments) {
    assert_int_equal(moments_find(moments, input, FRAMES, RATE, 0.0, NULL), STATUS_OK);
    assert_true(moments->count > 200);
}

// The moment that `time` lies in.
static const Moment *at(const Moments *moments, double time) {
    return &moments->moment[(size_t)(time * RATE) / moments->step];
}

static void test_bands(void **state) {
    (void)state;
    memset(input, 0, sizeof input);
    for (int i = 10 * RATE; i < 50 * RATE; i++) {
        input[i] = (float)(0.5 * sin(2.0 * M_PI * 62.5 * i / RATE) +
                           0.05 * sin(2.0 * M_PI * 1000.0 * i / RATE));
    }
    Moments moments;
    find(&moments);
    const Moment *moment = at(&moments, 30.0);
    assert_int_equal(moment->kind, MOMENT_SUSTAINED);
    assert_int_equal(moments_band(62.5), 5);
    assert_int_equal(moments_band(1000.0), 17);
    assert_true(moments_band(1.0) == 0 && moments_band(1e6) == MOMENTS_BANDS);
    assert_near(moments_hertz(5), 62.5, 1e-5);
    assert_near(moments_hertz(17), 1000.0, 1e-4);
    assert_near(moment->level[5], -6.0, 0.3);
    assert_near(moment->level[17], -26.0, 0.3);
    assert_near(moment->all, -6.0, 0.3);
    assert_near(moments_between(moment, 0, MOMENTS_BANDS), -6.0, 0.3);
    assert_near(moments_between(moment, 6, MOMENTS_BANDS), -26.0, 0.6);
    assert_true(moment->level[10] < -60.0 && moment->level[22] < -60.0);
    assert_true(isinf(moment->level[MOMENTS_BANDS - 1])); // above half the rate
    assert_near(moment->peak, 20.0 * log10(0.55), 0.2);
    Moments louder;
    assert_int_equal(moments_find(&louder, input, FRAMES, RATE, 12.0, NULL), STATUS_OK);
    assert_near(at(&louder, 30.0)->level[5], moment->level[5] + 12.0, 1e-9);
    assert_near(at(&louder, 30.0)->peak, moment->peak + 12.0, 1e-9);
    assert_near(at(&louder, 30.0)->all, moment->all + 12.0, 1e-9);
    moments_clear(&louder);
    assert_int_equal(at(&moments, 5.0)->kind, MOMENT_SILENT);
    assert_int_equal(at(&moments, 55.0)->kind, MOMENT_SILENT);
    moments_clear(&moments);
}

// A stroke is a rise by 6 dB, not one by 5, and no fall; a note rings out when it is 20 dB below.
static void test_strokes(void **state) {
    (void)state;
    memset(input, 0, sizeof input);
    for (int i = 0; i < FRAMES; i++) {
        int second = i / RATE;
        double level = second < 10 ? 0.1 : second < 20 ? 0.18 : second < 30 ? 0.4 : 0.2;
        input[i] = (float)(level * sin(2.0 * M_PI * 200.0 * i / RATE));
    }
    memset(input + 40 * RATE, 0, 20 * RATE * sizeof *input);
    pluck(42.0, 15.0, 200.0, 0.5, 9.0); // 20 dB in 3 s
    Moments moments;
    find(&moments);
    for (int second = 5; second < 42; second++) {
        bool struck = at(&moments, second)->kind == MOMENT_STRUCK;
        assert_int_equal(struck, second == 20);
    }
    assert_int_equal(at(&moments, 42.05)->kind, MOMENT_STRUCK);
    assert_int_equal(at(&moments, 42.4)->kind, MOMENT_SUSTAINED);
    assert_false(at(&moments, 44.0)->ringing);
    assert_true(at(&moments, 46.0)->ringing);
    moments_clear(&moments);
}

// ---- Gaps ----

typedef enum Part { LOW, HIGH, LOUD, SOFT, RINGING, RESTS, PARTS } Part;

static const char *const ids[PARTS] = {"low", "high", "loud", "soft", "ringing", "rests"};

// One second in twelve: a low note, a high one, a soft one; then one that rings out, others, and a
// second of silence; but for what is `without`.
static void play_second(int second, Part without) {
    double level = without == LOUD ? 0.1 : 0.6;
    switch (second % 12) {
    case 0:
        pluck(second, 1.0, without == LOW ? 110.0 : 41.0, level, 4.0);
        break;
    case 1:
        pluck(second, 1.0, without == HIGH ? 220.0 : 880.0, level, 4.0);
        break;
    case 2:
        pluck(second, 1.0, 196.0, without == SOFT ? 0.3 : 0.01, 4.0);
        break;
    case 3:
        pluck(second, without == RINGING ? 0.7 : 3.0, 147.0, without == SOFT ? 0.9 : level,
              without == RESTS  ? 3.5
              : without == SOFT ? 6.5
                                : 3.0);
        break;
    case 4:
    case 5: // still ringing
        break;
    case 8:
        if (without == RESTS) {
            pluck(second, 1.0, 165.0, 0.2, 4.0);
        }
        break;
    default:
        pluck(second, 1.0, 165.0, level, 4.0);
    }
}

static void make(Dataset *dataset) {
    for (int i = 0; i < FRAMES; i++) {
        target[i] = tanhf(3.0f * input[i]);
    }
    assert_int_equal(dataset_make(dataset, input, target, FRAMES, RATE, NULL), STATUS_OK);
}

static void measure(Coverage *coverage) {
    Dataset dataset;
    make(&dataset);
    assert_int_equal(coverage_measure(coverage, &dataset, NULL), STATUS_OK);
    assert_near(coverage->trained, (double)dataset.training_frames / RATE, 1.0);
    assert_near(coverage->silent + coverage->struck + coverage->sustained, coverage->trained, 1e-6);
    dataset_clear(&dataset);
}

static void test_gaps(void **state) {
    (void)state;
    static Coverage coverage;
    for (int without = 0; without <= PARTS; without++) {
        memset(input, 0, sizeof input);
        for (int second = 0; second < SECONDS; second++) {
            play_second(second, (Part)without);
        }
        measure(&coverage);
        assert_int_equal(coverage.missing.count, PARTS + 1);
        for (int i = 0; i < coverage.missing.count; i++) {
            print_message("%s\n", coverage.missing.check[i].text);
        }
        for (int i = 0; i < PARTS; i++) {
            const Check *lack = checks_find(&coverage.missing, ids[i]);
            assert_int_equal(lack->verdict, i == without ? VERDICT_WARN : VERDICT_OK);
            assert_int_equal(strstr(lack->text, "hardly any") != NULL, i == without);
            assert_int_equal(strstr(lack->text, "untried") != NULL, i == without);
        }
        assert_int_equal(checks_find(&coverage.missing, "struck")->verdict, VERDICT_OK);
    }
}

// Nothing is struck in a tone that only swells.
static void test_not_struck(void **state) {
    (void)state;
    static Coverage coverage;
    for (int i = 0; i < FRAMES; i++) {
        double swell = 0.3 - 0.2 * cos(2.0 * M_PI * i / (5.0 * RATE));
        input[i] = (float)(swell * sin(2.0 * M_PI * 200.0 * i / RATE));
    }
    measure(&coverage);
    assert_int_equal(checks_find(&coverage.missing, "struck")->verdict, VERDICT_WARN);
    assert_true(coverage.struck < 0.5 && coverage.sustained > 50.0);
}

// What gruff-capture plays lacks nothing.
static void test_signal(void **state) {
    (void)state;
    static float signal[188 * RATE];
    static Coverage coverage;
    enum { ALL = 188 * RATE };
    Dataset dataset = {.rate = RATE};
    assert_int_equal(test_signal_make(signal, ALL, RATE, 1.0, 1, NULL), STATUS_OK);
    assert_int_equal(dataset_room(&dataset, 1, NULL), STATUS_OK);
    Recording *recording = dataset.recordings;
    *recording = (Recording){.frames = ALL, .input = signal, .target = signal};
    recording->signals = (size_t)(TEST_SIGNAL_GUITAR * RATE);
    assert_int_equal(dataset_split(recording, RATE, SPLIT_AUTO, NULL), STATUS_OK);
    assert_int_equal(coverage_measure(&coverage, &dataset, NULL), STATUS_OK);
    for (int i = 0; i < coverage.missing.count; i++) {
        print_message("%s: %s\n", coverage.missing.check[i].id, coverage.missing.check[i].text);
        assert_int_equal(coverage.missing.check[i].verdict, VERDICT_OK);
    }
    print_message("likeness of what is held out: %.2f\n", coverage.likeness);
    Gaps gaps[2]; // nor does it look as if samples were lost
    gaps_find(gaps, &(Pair){RATE, signal, ALL, signal, ALL}, 0);
    assert_int_equal(gaps[0].count, 0);
    // What is held out has its part of the low and of the high notes.
    double low = 0.0, high = 0.0, held = 0.0;
    Moments moments;
    assert_int_equal(moments_find(&moments, signal, ALL, RATE, 0.0, NULL), STATUS_OK);
    for (size_t i = 0; i < (size_t)moments.count; i++) {
        if (ranges_hold(&recording->validation, i * moments.step + moments.step / 2)) {
            double seconds = (double)moments.step / RATE;
            held += seconds;
            low += coverage_is(&moments.moment[i], COVERAGE_LOW) ? seconds : 0.0;
            high += coverage_is(&moments.moment[i], COVERAGE_HIGH) ? seconds : 0.0;
        }
    }
    moments_clear(&moments);
    double share_low = coverage.low[moments_band(71.0)] / coverage.trained;
    double share_high = coverage.high / coverage.trained;
    print_message("held out: %.1f s low of %.1f, %.1f s high of %.1f\n", low, share_low * held,
                  high, share_high * held);
    assert_true(low > 0.5 * share_low * held && low < 2.0 * share_low * held);
    assert_true(high > 0.4 * share_high * held && high < 2.5 * share_high * held);
    assert_true(coverage.likeness > 0.7);
    dataset_clear(&dataset);
}

// ---- The map ----

// Half of the time one tone, half of it another one, softer.
static void test_map(void **state) {
    (void)state;
    static Coverage coverage;
    for (int i = 0; i < FRAMES; i++) {
        bool loud = i / RATE % 2 == 0;
        input[i] = (float)((loud ? 0.4 : 0.1) *
                           sin(2.0 * M_PI * (loud ? 250.0 : 1000.0) * i / RATE));
    }
    measure(&coverage);
    int loud = (int)((-8.0 - COVERAGE_LOWEST) / COVERAGE_ROW);
    int soft = (int)((-20.0 - COVERAGE_LOWEST) / COVERAGE_ROW);
    double low = coverage.sustained_map[loud][moments_band(250.0)];
    double high = coverage.sustained_map[soft][moments_band(1000.0)];
    low += coverage.struck_map[loud][moments_band(250.0)];
    high += coverage.struck_map[soft][moments_band(1000.0)];
    print_message("%.1f s and %.1f s of %.1f s\n", low, high, coverage.trained);
    assert_near(low, 0.5 * coverage.trained, 0.15 * coverage.trained); // but where they meet
    assert_near(high, 0.5 * coverage.trained, 0.15 * coverage.trained);
    assert_true(coverage.sustained_map[soft][moments_band(40.0)] == 0.0);
    assert_true(coverage.likeness > 0.8);
    // What was turned up before it is trained on counts as it was recorded.
    static Coverage louder;
    Dataset dataset;
    make(&dataset);
    for (int i = 0; i < FRAMES; i++) {
        dataset.recordings[0].input_memory[i] *= 2.0f;
    }
    dataset.input_gain = 20.0 * log10(2.0);
    assert_int_equal(coverage_measure(&louder, &dataset, NULL), STATUS_OK);
    assert_near(louder.loud, coverage.loud, 1e-9);
    assert_near(louder.sustained_map[loud][moments_band(250.0)],
                coverage.sustained_map[loud][moments_band(250.0)], 1e-9);
    dataset_clear(&dataset);
}

// What is held out for itself has nothing in common with what is trained on.
static void test_likeness(void **state) {
    (void)state;
    static Coverage coverage;
    Dataset dataset;
    for (int i = 0; i < FRAMES; i++) {
        double hertz = i < FRAMES / 2 ? 100.0 : 1000.0;
        input[i] = (float)(0.4 * sin(2.0 * M_PI * hertz * i / RATE));
    }
    make(&dataset);
    dataset.recordings[0].training = ranges_of(0, FRAMES / 2);
    dataset.recordings[0].validation = ranges_of(FRAMES / 2, FRAMES);
    assert_int_equal(coverage_measure(&coverage, &dataset, NULL), STATUS_OK);
    assert_true(coverage.likeness < 0.2);
    dataset_clear(&dataset);
}

static void test_short_memory(void **state) {
    (void)state;
    static Coverage coverage;
    Dataset dataset;
    make(&dataset);
    Status status = STATUS_NO_MEMORY;
    int failures = 0;
    for (; status != STATUS_OK; failures++) {
        memory_fail_after(failures);
        status = coverage_measure(&coverage, &dataset, NULL);
        memory_fail_after(-1);
        assert_true(status == STATUS_OK || status == STATUS_NO_MEMORY);
    }
    assert_true(failures > 5);
    dataset_clear(&dataset);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bands),    cmocka_unit_test(test_strokes),
        cmocka_unit_test(test_gaps),     cmocka_unit_test(test_not_struck),
        cmocka_unit_test(test_signal),   cmocka_unit_test(test_map),
        cmocka_unit_test(test_likeness), cmocka_unit_test(test_short_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
