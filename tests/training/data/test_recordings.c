// SPDX-License-Identifier: ISC
// Recordings as people make them: each kind of accident in the demo's own pair, what is said of it,
// and what is left to learn from.
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

#include "dsp/base/level.h"
#include "dsp/base/memory.h"
#include "dsp/base/random.h"
#include "tests/rig/checks_rig.h"
#include "tests/rig/scratch.h"
#include "training/data/dataset_read.h"

static int make(void **state) {
    int status = checks_rig_make(state);
    save("in.wav", RATE, dry, FRAMES);
    save("out.wav", RATE, wet, FRAMES);
    return status;
}

// Reads what is not refused; the caller clears it.
static void read_pair(Dataset *dataset, const char *input, const char *target) {
    Diagnostic diagnostic = {""};
    Status status = load(dataset, input, target, false, false, &diagnostic);
    if (status != STATUS_OK) {
        fail_msg("%s %s: %s", input, target, diagnostic.text);
    }
}

// All but these checks are content.
static void expect_only(const Dataset *dataset, const char *first, const char *second) {
    const Checks *checks = &dataset->recordings[0].checks;
    for (int i = 0; i < checks->count; i++) {
        const Check *check = &checks->check[i];
        bool known = strcmp(check->id, "short") == 0 || strcmp(check->id, first) == 0 ||
                     strcmp(check->id, second) == 0;
        if (!known && check->verdict != VERDICT_OK) {
            fail_msg("%s: %s", check->id, check->text);
        }
    }
}

// How far the recording is from the samples of the pair that it was before.
static double error_of(const Dataset *dataset, const float *target) {
    const Recording *recording = &dataset->recordings[0];
    double error = 0.0, energy = 0.0;
    for (size_t n = 0; n < recording->frames; n++) {
        size_t place = recording_place(recording, n);
        if (place + 1000 >= FRAMES) {
            break; // what came after the end is not known
        }
        assert_true(recording->input[n] == dry[place]);
        double off = (double)recording->target[n] - (double)target[place];
        error += off * off;
        energy += (double)target[place] * (double)target[place];
    }
    return error / energy;
}

// ---- Time ----

static void test_dropout(void **state) {
    (void)state;
    static const struct {
        double second;
        int lost;
        const char *words;
    } cases[] = {{11.0, 480, "bad.wav: about 480 samples (10.0 ms) are missing at 1"},
                 {24.0, 96, "bad.wav: about 96 samples (2.0 ms) are missing at 2"},
                 {5.0, 9600, "bad.wav: about 9600 samples (200.0 ms) are missing at "}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t at = (size_t)(cases[i].second * RATE), lost = (size_t)cases[i].lost;
        memcpy(work, wet, at * sizeof(float));
        memcpy(work + at, wet + at + lost, (FRAMES - at - lost) * sizeof(float));
        memset(work + FRAMES - lost, 0, lost * sizeof(float));
        save("bad.wav", RATE, work, FRAMES);
        double value = expect("in.wav", "bad.wav", false, "dropouts", VERDICT_WARN, cases[i].words);
        assert_true(value == cases[i].lost);
        Dataset dataset;
        read_pair(&dataset, "in.wav", "bad.wav");
        expect_only(&dataset, "dropouts", "");
        const Recording *recording = &dataset.recordings[0];
        assert_int_equal(recording->latency, 0);
        assert_int_equal(recording->cuts, 1);
        size_t cut = recording->cut[0].frames;
        // A tenth of a second to either side, where the place is unsure, and up to a quiet moment.
        assert_true(cut >= lost + (size_t)(0.2 * RATE) && cut < lost + (size_t)(0.8 * RATE));
        assert_int_equal(recording->unusable.count, 1); // nothing is learnt across the joint
        Range joint = recording->unusable.range[0];
        assert_true(joint.begin + 2 == joint.end && joint.begin + 1 == recording->cut[0].at);
        assert_true(error_of(&dataset, wet) < 1e-5); // all that is left is where it belongs
        dataset_clear(&dataset);
    }
    // The guitar's recorder lost them.
    size_t at = 15 * RATE;
    memcpy(work, dry, at * sizeof(float));
    memcpy(work + at, dry + at + 256, (FRAMES - at - 256) * sizeof(float));
    save("bad.wav", RATE, work, FRAMES - 256);
    assert_true(expect("bad.wav", "out.wav", false, "dropouts", VERDICT_WARN,
                       "bad.wav: about 256 samples (5.3 ms) are missing at 1") == 256.0);
    // It repeated some.
    memcpy(work + at, dry + at - 256, (FRAMES - at + 256) * sizeof(float));
    save("bad.wav", RATE, work, FRAMES + 256);
    expect("bad.wav", "out.wav", false, "dropouts", VERDICT_WARN,
           "bad.wav: about 256 samples (5.3 ms) were added at 1");
    // Four of them, of which three are named.
    size_t written = 0;
    for (size_t part = 0; part < 5; part++) {
        size_t from = part * 6 * RATE + part * 200, end = part < 4 ? from + 6 * RATE : FRAMES;
        memcpy(work + written, wet + from, (end - from) * sizeof(float));
        written += end - from;
    }
    save("bad.wav", RATE, work, written);
    assert_true(expect("in.wav", "bad.wav", false, "dropouts", VERDICT_WARN,
                       " and at 1 more places; each part") == 800.0);
}

static void test_drift(void **state) {
    (void)state;
    static const double ppm[] = {50.0, -50.0, 8.0, 200.0};
    for (size_t i = 0; i < sizeof ppm / sizeof *ppm; i++) {
        demo_drift(work, wet, FRAMES, ppm[i]);
        size_t frames = FRAMES - 1000;
        save("bad.wav", RATE, work, frames);
        double drift = expect("in.wav", "bad.wav", false, "drift", VERDICT_WARN,
                              "different clocks; it is resampled");
        double expected = -ppm[i] * 1e-6 * (double)frames * 2.0 / 3.0;
        assert_true(fabs(drift - expected) < fmax(0.1, 0.03 * fabs(expected)));
        Dataset dataset;
        read_pair(&dataset, "in.wav", "bad.wav");
        expect_only(&dataset, "drift", "lengths");
        assert_int_equal(dataset.recordings[0].latency, 0);
        double error = error_of(&dataset, wet);
        printf("%g ppm: error %.2g\n", ppm[i], error);
        assert_true(error <
                    1e-3); // what is high is not resampled as well by the clock of this test
        dataset_clear(&dataset);
    }
}

static void test_one_is_longer(void **state) {
    (void)state;
    size_t more = 5 * RATE, frames = FRAMES + more;
    float *longer = memory_new(frames, sizeof(float));
    Random random = {2};
    memcpy(longer, wet, FRAMES * sizeof(float));
    for (size_t n = FRAMES; n < frames; n++) {
        longer[n] = (float)random_within(&random, 1e-5);
    }
    // The last one: as 44.1 kHz are to 48 kHz, but the pair fits.
    static const double seconds[] = {2.0, 5.0, 32.0 * (480.0 / 441.0 - 1.0)};
    for (size_t i = 0; i < 3; i++) {
        size_t length = FRAMES + (size_t)(seconds[i] * RATE);
        save("longer.wav", RATE, longer, length);
        assert_true(expect("in.wav", "longer.wav", false, "lengths", VERDICT_WARN, "more than ") ==
                    (double)(length - FRAMES));
        Dataset dataset;
        read_pair(&dataset, "in.wav", "longer.wav");
        expect_only(&dataset, "lengths", "");
        assert_int_equal(dataset.recordings[0].frames, FRAMES);
        dataset_clear(&dataset);
    }
    memcpy(longer, dry, FRAMES * sizeof(float));
    save("longer.wav", RATE, longer, frames);
    expect("longer.wav", "out.wav", false, "lengths", VERDICT_WARN, "what both have is used");
    memory_free(longer);
}

// ---- Silence ----

static void test_silence(void **state) {
    (void)state;
    enum { QUIET = 15 * RATE, FADE = RATE / 50 };
    static const struct {
        int before, middle, after; // times QUIET
        float noise;
    } cases[] = {{0, 0, 2, 0.0f}, {1, 0, 0, 0.0f},  {1, 1, 1, 0.0f},
                 {0, 2, 0, 0.0f}, {1, 0, 2, 1e-4f}, {0, 1, 1, 2e-3f}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t quiet = (size_t)(cases[i].before + cases[i].middle + cases[i].after) * QUIET;
        size_t frames = FRAMES + quiet, half = FRAMES / 2;
        size_t first = (size_t)cases[i].before * QUIET;
        size_t second = first + half + (size_t)cases[i].middle * QUIET;
        float *both = memory_new(2 * frames, sizeof(float)), *sides[] = {both, both + frames};
        Random random = {7};
        for (int side = 0; side < 2; side++) {
            const float *from = side ? wet : dry;
            memcpy(sides[side] + first, from, half * sizeof(float));
            memcpy(sides[side] + second, from + half, (FRAMES - half) * sizeof(float));
            for (size_t n = 0; n < FADE; n++) {
                sides[side][first + half - 1 - n] *= (float)n / FADE;
                sides[side][second + n] *= (float)n / FADE;
            }
            for (size_t n = 0; n < frames; n++) {
                sides[side][n] += cases[i].noise * (float)random_within(&random, 1.0);
            }
            save(side ? "bad.wav" : "stops.wav", RATE, sides[side], frames);
        }
        double out = expect("stops.wav", "bad.wav", false, "silence", VERDICT_WARN, "left out");
        assert_true(out < (double)quiet / RATE && out > (double)quiet / RATE - 9.0);
        Dataset dataset;
        read_pair(&dataset, "stops.wav", "bad.wav");
        expect_only(&dataset, "silence", cases[i].noise > 0.0f ? "noise" : "");
        dataset_undo_gains(&dataset);
        const Recording *recording = &dataset.recordings[0];
        assert_true(fabs((double)recording->frames + out * RATE - (double)frames) < 2.0);
        for (size_t n = 0; n < recording->frames; n += 101) {
            size_t place = recording_place(recording, n);
            assert_true(recording->input[n] == sides[0][place]);
            assert_true(recording->target[n] == sides[1][place]);
        }
        double power = 0.0, length = 0.0;
        for (int k = 0; k < recording->validation.count; k++) {
            Range held = recording->validation.range[k];
            double count = (double)(held.end - held.begin);
            power += count *
                     level_mean_square(recording->target + held.begin, held.end - held.begin);
            length += count;
        }
        // What is held out has sound.
        assert_true(length > 4.0 * RATE && power / length > 0.3 * level_mean_square(wet, FRAMES));
        memory_free(both);
        dataset_clear(&dataset);
    }
}

// ---- Channels ----

static void save_channels(const char *name, int channels, int taken, const float *samples,
                          float other) {
    SF_INFO info = {
        .samplerate = RATE, .channels = channels, .format = SF_FORMAT_WAV | SF_FORMAT_FLOAT};
    float *frames = memory_new((size_t)channels * FRAMES, sizeof(float));
    for (int i = 0; i < FRAMES; i++) {
        for (int c = 0; c < channels; c++) {
            frames[i * channels + c] = c == taken ? samples[i] : other * (float)(i % 50 - 25);
        }
    }
    SNDFILE *sound = sf_open(scratch_path(name), SFM_WRITE, &info);
    assert_non_null(sound);
    assert_int_equal(sf_writef_float(sound, frames, FRAMES), FRAMES);
    sf_close(sound);
    memory_free(frames);
}

static void test_channels(void **state) {
    (void)state;
    static const struct {
        int channels, taken;
        const char *words;
    } cases[] = {{2, 1, "only one has sound, right"},
                 {2, 0, "only one has sound, left"},
                 {4, 2, "only one has sound, number 3"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        save_channels("dry.wav", cases[i].channels, cases[i].taken, dry, 0.0f);
        save_channels("wet.wav", cases[i].channels, cases[i].taken, wet, 1e-6f);
        expect("dry.wav", "wet.wav", false, "stereo", VERDICT_WARN, cases[i].words);
        Dataset dataset;
        read_pair(&dataset, "dry.wav", "wet.wav");
        expect_only(&dataset, "stereo", "");
        assert_memory_equal(dataset.recordings[0].input, dry, FRAMES * sizeof(float));
        assert_memory_equal(dataset.recordings[0].target, wet, FRAMES * sizeof(float));
        dataset_clear(&dataset);
    }
    // Both in one file, as is told.
    char path[512];
    float *both = memory_new((size_t)2 * FRAMES, sizeof(float));
    SF_INFO info = {.samplerate = RATE, .channels = 2, .format = SF_FORMAT_WAV | SF_FORMAT_FLOAT};
    snprintf(path, sizeof path, "%s", scratch_path("both.wav"));
    for (size_t n = 0; n < FRAMES; n++) {
        both[2 * n] = wet[n];
        both[2 * n + 1] = dry[n];
    }
    SNDFILE *sound = sf_open(path, SFM_WRITE, &info);
    assert_non_null(sound);
    assert_int_equal(sf_writef_float(sound, both, FRAMES), FRAMES);
    sf_close(sound);
    memory_free(both);
    Dataset dataset;
    DatasetOptions options = {.channel = {2, 1}, .threads = 1};
    assert_int_equal(dataset_read(&dataset, (const char *const[]){path, path}, 2, &options, NULL),
                     STATUS_OK);
    assert_memory_equal(dataset.recordings[0].input, dry, FRAMES * sizeof(float));
    assert_memory_equal(dataset.recordings[0].target, wet, FRAMES * sizeof(float));
    expect_only(&dataset, "", "");
    dataset_clear(&dataset);
}

// ---- Sound ----

static void test_hot_floats(void **state) {
    (void)state;
    static const double peaks[] = {1.0, 1.5, 2.0, 30.0};
    for (size_t i = 0; i < sizeof peaks / sizeof *peaks; i++) {
        float gain = (float)peaks[i] / level_peak(wet, FRAMES);
        for (size_t n = 0; n < FRAMES; n++) {
            work[n] = gain * wet[n];
        }
        save("bad.wav", RATE, work, FRAMES);
        expect("in.wav", "bad.wav", false, "clipping", VERDICT_OK, "not clipped");
        for (size_t n = 0; n < FRAMES; n++) {
            float most = 0.7f * (float)peaks[i];
            work[n] = fminf(fmaxf(work[n], -most), most) / (i ? 1.0f : 0.7f);
        }
        save("bad.wav", RATE, work, FRAMES);
        expect("in.wav", "bad.wav", false, "clipping", i ? VERDICT_WARN : VERDICT_REFUSE,
               i ? "in a row at its peak of" : "at full scale");
    }
}

static void test_echo(void **state) {
    (void)state;
    static const struct {
        double seconds, level; // dB
    } cases[] = {{0.25, -8.0}, {0.08, -15.0}, {0.6, -3.0}, {1.4, -12.0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t late = (size_t)(cases[i].seconds * RATE);
        float gain = (float)pow(10.0, cases[i].level / 20.0);
        for (size_t n = 0; n < FRAMES; n++) {
            work[n] = 0.7f * (wet[n] + (n >= late ? gain * wet[n - late] : 0.0f));
        }
        save("bad.wav", RATE, work, FRAMES);
        char words[64];
        snprintf(words, sizeof words, "repeats the sound %.0f ms later", 1e3 * cases[i].seconds);
        double found = expect("in.wav", "bad.wav", false, "echo", VERDICT_WARN, words);
        assert_true(fabs(found - 1e3 * cases[i].seconds) < 0.4);
        Dataset dataset;
        read_pair(&dataset, "in.wav", "bad.wav");
        const Check *echo = checks_find(&dataset.recordings[0].checks, "echo");
        double level = strtod(strstr(echo->text, "later, at ") + 10, NULL);
        assert_true(fabs(level - cases[i].level) < 1.0);
        dataset_clear(&dataset);
    }
    expect("in.wav", "out.wav", false, "echo", VERDICT_OK, "no echo");
}

static void test_hum(void **state) {
    (void)state;
    static const struct {
        double frequency, level, begin, end;
        Verdict verdict;
    } cases[] = {{50.0, 0.01, 0.0, 32.0, VERDICT_WARN},
                 {60.0, 0.01, 0.0, 32.0, VERDICT_WARN},
                 {49.97, 0.02, 10.0, 26.0, VERDICT_WARN},
                 {50.0, 1e-4, 0.0, 32.0, VERDICT_OK},
                 {55.0, 0.01, 0.0, 32.0, VERDICT_OK}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (size_t n = 0; n < FRAMES; n++) {
            double time = (double)n / RATE, turn = 2.0 * M_PI * cases[i].frequency * time;
            bool hums = time >= cases[i].begin && time < cases[i].end;
            double hum = cases[i].level *
                         (sin(turn) + 0.5 * sin(2.0 * turn) + 0.3 * sin(3.0 * turn));
            work[n] = wet[n] + (hums ? (float)hum : 0.0f);
        }
        save("bad.wav", RATE, work, FRAMES);
        char words[32];
        snprintf(words, sizeof words, "hums at %.0f Hz", cases[i].frequency);
        bool bad = cases[i].verdict == VERDICT_WARN;
        double share = expect("in.wav", "bad.wav", false, "hum", cases[i].verdict,
                              bad ? words : "no hum");
        double expected = 0.67 * cases[i].level * cases[i].level / level_mean_square(wet, FRAMES);
        assert_true(!bad || fabs(share / expected - 1.0) < 0.3);
    }
}

static void test_clicks(void **state) {
    (void)state;
    static const double seconds[] = {4.0, 9.5, 20.25};
    memcpy(work, wet, FRAMES * sizeof(float));
    for (size_t i = 0; i < 3; i++) {
        work[(size_t)(seconds[i] * RATE)] += i % 2 ? -0.5f : 0.5f;
    }
    save("bad.wav", RATE, work, FRAMES);
    assert_true(
        expect("in.wav", "bad.wav", false, "clicks", VERDICT_WARN,
               "3 clicks that nothing in the input explains, at 4.00 s, 9.50 s, 20.25 s;") == 3.0);
    // What the input has, too, is the device's answer to it.
    static float clicked[FRAMES];
    memcpy(clicked, dry, sizeof clicked);
    for (size_t i = 0; i < 3; i++) {
        clicked[(size_t)(seconds[i] * RATE)] += i % 2 ? -0.5f : 0.5f;
    }
    save("clicked.wav", RATE, clicked, FRAMES);
    expect("clicked.wav", "bad.wav", false, "clicks", VERDICT_OK, "no clicks");
    Random random = {8};
    for (int i = 0; i < 60; i++) { // a bad cable, for three seconds
        work[12 * RATE + (int)(3.0 * RATE * random_uniform(&random))] += 0.4f;
    }
    save("bad.wav", RATE, work, FRAMES);
    double count = expect("in.wav", "bad.wav", false, "clicks", VERDICT_WARN, "crackles: ");
    assert_true(count > 40.0 && count <= 63.0);
}

// What a recorder lost and left empty.
static void test_gaps(void **state) {
    (void)state;
    size_t at = level_loudest(wet, FRAMES - RATE, RATE / 10, RATE / 10) + RATE / 20;
    memcpy(work, wet, FRAMES * sizeof(float));
    memset(work + at, 0, 480 * sizeof(float));
    save("bad.wav", RATE, work, FRAMES);
    char words[32];
    snprintf(words, sizeof words, "empty for 10.0 ms at %.2f s", (double)at / RATE);
    assert_true(expect("in.wav", "bad.wav", false, "gaps", VERDICT_WARN, words) == 1.0);
    Dataset dataset;
    read_pair(&dataset, "in.wav", "bad.wav");
    expect_only(&dataset, "gaps", "");
    assert_true(error_of(&dataset, wet) < 1e-5);
    dataset_clear(&dataset);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dropout),       cmocka_unit_test(test_drift),
        cmocka_unit_test(test_one_is_longer), cmocka_unit_test(test_silence),
        cmocka_unit_test(test_channels),      cmocka_unit_test(test_hot_floats),
        cmocka_unit_test(test_echo),          cmocka_unit_test(test_hum),
        cmocka_unit_test(test_clicks),        cmocka_unit_test(test_gaps),
    };
    return cmocka_run_group_tests(tests, make, checks_rig_remove);
}
