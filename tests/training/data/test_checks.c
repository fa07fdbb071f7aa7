// SPDX-License-Identifier: ISC
// The checks of recordings: faults made on purpose in the demo's own pair, each with its verdict.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <math.h>
#include <sndfile.h>

#include "dsp/base/memory.h"
#include "dsp/base/random.h"
#include "tests/rig/checks_rig.h"
#include "tests/rig/scratch.h"
#include "training/data/dataset_read.h"

// Interleaved, with libsndfile itself.
static void save_stereo(const char *name, const float *samples) {
    SF_INFO info = {.samplerate = RATE, .channels = 2, .format = SF_FORMAT_WAV | SF_FORMAT_FLOAT};
    SNDFILE *sound = sf_open(scratch_path(name), SFM_WRITE, &info);
    assert_non_null(sound);
    assert_int_equal(sf_writef_float(sound, samples, FRAMES), FRAMES);
    sf_close(sound);
}

static void test_sound_pair(void **state) {
    (void)state;
    Dataset dataset;
    save("in.wav", RATE, dry, FRAMES);
    save("out.wav", RATE, wet, FRAMES);
    assert_int_equal(load(&dataset, "in.wav", "out.wav", false, true, NULL), STATUS_OK);
    const Recording *recording = &dataset.recordings[0];
    for (int i = 0; i < recording->checks.count; i++) {
        const Check *check = &recording->checks.check[i];
        bool expected = strcmp(check->id, "short") == 0;
        assert_int_equal(check->verdict, expected ? VERDICT_WARN : VERDICT_OK);
    }
    assert_int_equal(recording->latency, 0);
    assert_string_equal(recording->name, "out.wav");
    assert_int_equal(recording->frames, FRAMES);
    dataset_clear(&dataset);
}

static void test_swapped(void **state) {
    (void)state;
    double more = expect("out.wav", "in.wav", true, "swapped", VERDICT_REFUSE, "dry file first");
    assert_true(more > 5.0);
    expect("out.wav", "in.wav", false, "swapped", VERDICT_WARN, "may be swapped");
}

static void test_inverted(void **state) {
    (void)state;
    for (int i = 0; i < FRAMES; i++) {
        work[i] = -wet[i];
    }
    save("bad.wav", RATE, work, FRAMES);
    expect("in.wav", "bad.wav", false, "polarity", VERDICT_WARN, "upside down");
}

// The delay is found, taken out and said.
static void test_delays(void **state) {
    (void)state;
    static const struct {
        int delay;
        Verdict verdict;
        const char *words;
    } cases[] = {{-300, VERDICT_WARN, "before the input"},
                 {40, VERDICT_OK, "ms) late; they are taken out"},
                 {20000, VERDICT_WARN, "no converter takes"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int delay = cases[i].delay;
        memset(work, 0, (FRAMES + RATE) * sizeof(float));
        for (int n = 0; n < FRAMES; n++) {
            if (n + delay >= 0) {
                work[n + delay] = wet[n];
            }
        }
        save("bad.wav", RATE, work, (size_t)(FRAMES + delay));
        double found = expect("in.wav", "bad.wav", false, "delay", cases[i].verdict,
                              cases[i].words);
        assert_true(found <= delay && found >= delay - 7.0);
        Dataset dataset;
        assert_int_equal(load(&dataset, "in.wav", "bad.wav", true, false, NULL), STATUS_OK);
        const Recording *recording = &dataset.recordings[0];
        assert_int_equal(recording->latency, (int)found);
        int shift = recording->latency - delay, early = delay < 0 ? -recording->latency : 0;
        for (int n = 1000; n < 2000; n++) {
            assert_true(recording->input[n] == dry[n + early]);
            assert_true(recording->target[n] == wet[n + early + shift]);
        }
        dataset_clear(&dataset);
    }
}

static void test_latency_given(void **state) {
    (void)state;
    char first[512], second[512];
    snprintf(first, sizeof first, "%s", scratch_path("in.wav"));
    snprintf(second, sizeof second, "%s", scratch_path("out.wav"));
    const char *paths[] = {first, second};
    static const int given[] = {0, 17, -5};
    for (int i = 0; i < 3; i++) {
        Dataset dataset;
        DatasetOptions options = {.latency_given = true, .latency = given[i], .threads = 1};
        assert_int_equal(dataset_read(&dataset, paths, 2, &options, NULL), STATUS_OK);
        assert_int_equal(dataset.recordings[0].latency, given[i]);
        assert_int_equal(dataset.recordings[0].frames, FRAMES - abs(given[i]));
        dataset_clear(&dataset);
    }
    Dataset dataset;
    DatasetOptions options = {.latency_given = true, .latency = FRAMES, .threads = 1};
    assert_int_equal(dataset_read(&dataset, paths, 2, &options, NULL), STATUS_BAD_ARGUMENT);
    assert_null(dataset.recordings);
}

static void test_files_do_not_fit(void **state) {
    (void)state;
    save("bad.wav", 44100, wet, FRAMES);
    expect("in.wav", "bad.wav", false, "rates", VERDICT_REFUSE, "44100 Hz");
    save("bad.wav", RATE, wet, FRAMES - 2 * RATE);
    expect("in.wav", "bad.wav", false, "lengths", VERDICT_WARN, "what both have is used");
    save("bad.wav", RATE, wet, FRAMES - 777);
    assert_true(expect("in.wav", "bad.wav", false, "lengths", VERDICT_WARN, "777 samples") ==
                777.0);
    save("short.wav", RATE, dry, 20 * RATE);
    save("bad.wav", RATE, wet, 20 * RATE);
    expect("short.wav", "bad.wav", false, "short", VERDICT_REFUSE, "too short (20.0 s)");
    expect("in.wav", "in.wav", false, "identical", VERDICT_REFUSE, "identical");
}

// Recorded at 44.1 kHz by a file that says 48 kHz: all is lower and longer, or the other way round.
static void test_mislabelled(void **state) {
    (void)state;
    size_t frames = (size_t)FRAMES * 441 / 480;
    for (size_t i = 0; i < frames; i++) {
        double at = (double)i * 480.0 / 441.0;
        size_t n = (size_t)at;
        float share = (float)(at - (double)n);
        work[i] = (1.0f - share) * wet[n] + share * wet[n + 1];
    }
    save("bad.wav", RATE, work, frames);
    expect("in.wav", "bad.wav", false, "lengths", VERDICT_REFUSE, "at 44100 Hz and the other");
    save("bad.wav", 44100, work, frames); // and one that says so
    expect("in.wav", "bad.wav", false, "rates", VERDICT_REFUSE, "44100 Hz");
}

static void test_stereo(void **state) {
    (void)state;
    float *both = memory_new(2 * (size_t)FRAMES, sizeof(float));
    for (int differ = 0; differ < 2; differ++) {
        for (int i = 0; i < FRAMES; i++) {
            both[2 * i] = wet[i];
            both[2 * i + 1] = differ ? 0.5f * wet[i] : wet[i];
        }
        save_stereo("bad.wav", both);
        expect("in.wav", "bad.wav", false, "stereo", differ ? VERDICT_WARN : VERDICT_OK,
               differ ? "differ" : "");
    }
    memory_free(both);
}

static void test_levels(void **state) {
    (void)state;
    for (int i = 0; i < FRAMES; i++) {
        work[i] = fminf(fmaxf(4.0f * wet[i], -1.0f), 1.0f);
    }
    save("bad.wav", RATE, work, FRAMES);
    expect("in.wav", "bad.wav", false, "clipping", VERDICT_REFUSE, "less gain");
    memcpy(work, wet, FRAMES * sizeof(float));
    for (int i = 0; i < 5; i++) {
        work[RATE + i] = 1.0f;
    }
    save("bad.wav", RATE, work, FRAMES);
    assert_true(expect("in.wav", "bad.wav", false, "clipping", VERDICT_WARN, "clipped") == 5.0);
    for (int i = 0; i < FRAMES; i++) {
        work[i] = 0.02f * wet[i];
    }
    save("bad.wav", RATE, work, FRAMES);
    expect("in.wav", "bad.wav", false, "level", VERDICT_WARN, "record it with more level");
    // What 16 bits make of it: rounding is noise of a twelfth of the step's square.
    double power = 0.0;
    for (int i = 0; i < FRAMES; i++) {
        work[i] = roundf(0.002f * wet[i] * 32768.0f) / 32768.0f;
        power += (double)work[i] * (double)work[i] / FRAMES;
    }
    char words[64];
    snprintf(words, sizeof words, "makes an ESR of %.2g,", pow(2.0, -30.0) / 12.0 / power);
    save("bad.wav", RATE, work, FRAMES);
    expect("in.wav", "bad.wav", false, "level", VERDICT_WARN, words);
    for (int i = 0; i < FRAMES; i++) {
        work[i] = wet[i] + 0.01f;
    }
    save("bad.wav", RATE, work, FRAMES);
    expect("in.wav", "bad.wav", false, "dc", VERDICT_WARN, "DC offset");
    memset(work, 0, FRAMES * sizeof(float));
    save("bad.wav", RATE, work, FRAMES);
    Dataset dataset;
    Diagnostic diagnostic = {""};
    assert_int_equal(load(&dataset, "in.wav", "bad.wav", false, false, &diagnostic),
                     STATUS_BAD_AUDIO);
    assert_non_null(strstr(diagnostic.text, "silent"));
    work[FRAMES / 2] = NAN;
    save("bad.wav", RATE, work, FRAMES);
    assert_int_equal(load(&dataset, "in.wav", "bad.wav", true, false, &diagnostic),
                     STATUS_BAD_AUDIO);
    assert_non_null(strstr(diagnostic.text, "NaN"));
}

static void test_unrelated(void **state) {
    (void)state;
    Random random = {9};
    for (int i = 0; i < FRAMES; i++) {
        work[i] = (float)random_within(&random, 0.5);
    }
    save("bad.wav", RATE, work, FRAMES);
    expect("in.wav", "bad.wav", false, "confidence", VERDICT_WARN, "--latency");
    expect("in.wav", "bad.wav", true, "learnable", VERDICT_REFUSE, "learnt nothing");
}

// The input stops for a while: what sounds on is noise, a gate or reverb.
static void test_silence_in_the_input(void **state) {
    (void)state;
    enum { STOP = 5 * RATE, GO = 6 * RATE };
    float *stopped = memory_new(FRAMES, sizeof(float));
    memcpy(stopped, dry, FRAMES * sizeof(float));
    memset(stopped + STOP, 0, (GO - STOP) * sizeof(float));
    for (int i = STOP - RATE / 10; i < STOP; i++) {
        stopped[i] += 0.1f * sinf(0.05f * (float)i);
    }
    save("stops.wav", RATE, stopped, FRAMES);
    memory_free(stopped);

    Random random = {4};
    memcpy(work, wet, FRAMES * sizeof(float));
    for (int i = STOP - RATE / 10; i < STOP; i++) {
        work[i] += 0.3f * sinf(0.05f * (float)i);
    }
    for (int i = STOP; i < GO; i++) {
        work[i] = (float)random_within(&random, 1e-4);
    }
    save("bad.wav", RATE, work, FRAMES);
    double noise = expect("stops.wav", "bad.wav", false, "noise", VERDICT_OK, "noise");
    assert_true(noise > 1e-8 && noise < 1e-5);
    expect("stops.wav", "bad.wav", false, "tail", VERDICT_OK, "");
    expect("in.wav", "bad.wav", false, "noise", VERDICT_OK, "not measured");
    for (int i = STOP; i < GO; i++) { // reverb: 60 dB in half a second
        work[i] = 0.3f * (float)random_within(&random, 1.0) *
                  expf(-13.8f * (float)(i - STOP) / RATE);
    }
    save("bad.wav", RATE, work, FRAMES);
    expect("stops.wav", "bad.wav", false, "tail", VERDICT_WARN, "reverb");
    memcpy(work, wet, FRAMES * sizeof(float));
    memset(work + STOP, 0, RATE / 5 * sizeof(float));
    save("bad.wav", RATE, work, FRAMES);
    double gated = expect("in.wav", "bad.wav", false, "gate", VERDICT_WARN, "noise gate");
    assert_true(fabs(gated - 0.2) < 1e-3);
    for (int i = STOP; i < STOP + RATE / 5; i++) { // dithered to 16 bits
        work[i] = (float)lrint(random_within(&random, 1.0)) / 32768.0f;
    }
    save("bad.wav", RATE, work, FRAMES);
    gated = expect("in.wav", "bad.wav", false, "gate", VERDICT_WARN, "noise gate");
    assert_true(fabs(gated - 0.2) < 1e-3);
}

// A low-pass at 0.7 of the spectrum, steep enough for any resampler (windowed sinc).
static void test_resampled(void **state) {
    (void)state;
    enum { HALF = 64 };
    float taps[2 * HALF + 1];
    for (int k = -HALF; k <= HALF; k++) {
        double x = M_PI * 0.7 * k,
               window = 0.42 + 0.5 * cos(M_PI * k / HALF) + 0.08 * cos(2.0 * M_PI * k / HALF);
        taps[k + HALF] = (float)(0.7 * window * (k ? sin(x) / x : 1.0));
    }
    memset(work, 0, FRAMES * sizeof(float));
    for (int n = HALF; n < FRAMES - HALF; n++) {
        for (int k = -HALF; k <= HALF; k++) {
            work[n] += taps[k + HALF] * wet[n - k];
        }
    }
    save("bad.wav", RATE, work, FRAMES);
    expect("in.wav", "bad.wav", false, "resampled", VERDICT_WARN, "resampled");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sound_pair),    cmocka_unit_test(test_swapped),
        cmocka_unit_test(test_inverted),      cmocka_unit_test(test_delays),
        cmocka_unit_test(test_latency_given), cmocka_unit_test(test_files_do_not_fit),
        cmocka_unit_test(test_mislabelled),   cmocka_unit_test(test_stereo),
        cmocka_unit_test(test_levels),        cmocka_unit_test(test_unrelated),
        cmocka_unit_test(test_resampled),     cmocka_unit_test(test_silence_in_the_input),
    };
    return cmocka_run_group_tests(tests, checks_rig_make, checks_rig_remove);
}
