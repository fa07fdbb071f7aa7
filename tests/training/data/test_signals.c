// SPDX-License-Identifier: ISC
// Test signals at the start of a recording are found, guitars are not taken for them.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "dsp/base/memory.h"
#include "dsp/base/random.h"
#include "dsp/files/audio/audio_file.h"
#include "tests/rig/demo_audio.h"
#include "tests/rig/scratch.h"
#include "training/data/dataset.h"
#include "training/data/dataset_read.h"
#include "training/data/signals.h"

enum { RATE = DEMO_RATE, FRAMES = 40 * RATE, MUSIC = 9 * RATE };

static float *guitar, *target, *sound;

static int make(void **state) {
    guitar = memory_new(FRAMES, sizeof(float));
    target = memory_new(FRAMES, sizeof(float));
    sound = memory_new(FRAMES, sizeof(float));
    demo_audio(guitar, target, FRAMES);
    return scratch_begin(state);
}

static int unmake(void **state) {
    memory_free(guitar);
    memory_free(target);
    memory_free(sound);
    return scratch_end(state);
}

// A click, a sweep from 20 Hz to 20 kHz, noise at three levels (white, or red: with a low-pass),
// all before the guitar.
static void put_signals(bool red) {
    Random random = {7};
    float low = 0.0f;
    memcpy(sound, guitar, FRAMES * sizeof(float));
    memset(sound, 0, MUSIC * sizeof(float));
    sound[RATE / 2] = 1.0f;
    for (int i = 0; i < 4 * RATE; i++) {
        double t = (double)i / RATE, rate = log(1000.0) / 4.0;
        sound[RATE + i] = (float)(0.3 * sin(2.0 * M_PI * 20.0 * (exp(rate * t) - 1.0) / rate));
    }
    for (int i = 0; i < 3 * RATE; i++) {
        float white = (float)random_within(&random, 0.4 / (1 << i / RATE * 2));
        low += red ? 0.3f * (white - low) : white - low;
        sound[11 * RATE / 2 + i] = low;
    }
}

static size_t found(const float *samples, size_t frames) {
    size_t end = 99;
    assert_int_equal(signals_find(&end, samples, frames, RATE, NULL), STATUS_OK);
    return end;
}

static void test_found(void **state) {
    (void)state;
    for (int red = 0; red < 2; red++) {
        put_signals(red);
        double end = (double)found(sound, FRAMES) / RATE;
        printf("%s noise: test signals up to %.3f s of 8.5\n", red ? "red" : "white", end);
        assert_true(end > 8.4 && end < 8.6);
    }
    // Nothing after them: there is nothing else to train on.
    assert_int_equal(found(sound, 17 * RATE / 2), 0);
}

static void test_guitars_are_none(void **state) {
    (void)state;
    assert_int_equal(found(guitar, FRAMES), 0);
    assert_int_equal(found(target, FRAMES), 0);
    memset(sound, 0, FRAMES * sizeof(float));
    assert_int_equal(found(sound, FRAMES), 0);
    assert_int_equal(found(sound, 0), 0);
    if (access(SHARED "/data/input.flac", R_OK) != 0) {
        printf("skipped: no %s/data\n", SHARED);
        return;
    }
    static const char *const names[] = {"input", "knob-input", "test-input", "muff"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[256];
        Audio audio = {0};
        snprintf(path, sizeof path, SHARED "/data/%s.flac", names[i]);
        assert_int_equal(audio_file_read(&audio, path, NULL), STATUS_OK);
        size_t end = 0;
        assert_int_equal(signals_find(&end, audio.samples, audio.frames, audio.rate, NULL),
                         STATUS_OK);
        printf("%s: %.2f s\n", names[i], (double)end / audio.rate);
        assert_in_range(end, i ? 0 : 9.8 * audio.rate, i ? 0 : 10.0 * audio.rate);
        audio_clear(&audio);
    }
}

// What is trained on begins after them.
static void test_left_out(void **state) {
    (void)state;
    Recording recording = {.frames = FRAMES, .input = sound, .target = target};
    recording.signals = MUSIC;
    assert_int_equal(dataset_split(&recording, RATE, SPLIT_AUTO, NULL), STATUS_OK);
    for (size_t i = 0; i < MUSIC; i++) {
        assert_false(ranges_hold(&recording.training, i) || ranges_hold(&recording.validation, i));
    }
    assert_int_equal(ranges_frames(&recording.training) + ranges_frames(&recording.validation),
                     FRAMES - MUSIC);
    assert_int_equal(dataset_split(&recording, RATE, SPLIT_TRAINING, NULL), STATUS_OK);
    assert_int_equal(recording.training.range[0].begin, MUSIC);
    assert_int_equal(recording.training.range[0].end, FRAMES);
    assert_int_equal(dataset_split(&recording, RATE, SPLIT_VALIDATION, NULL), STATUS_OK);
    assert_int_equal(recording.validation.range[0].begin, 0);
}

// Or with them, if that is wanted.
static void test_kept(void **state) {
    (void)state;
    put_signals(false);
    for (int i = 0; i < FRAMES; i++) {
        target[i] = 0.5f * tanhf(3.0f * sound[i]);
    }
    scratch_audio("dry.wav", RATE, 1, sound, FRAMES);
    scratch_audio("wet.wav", RATE, 1, target, FRAMES);
    for (int keep = 0; keep < 2; keep++) {
        const char *paths[] = {scratch_path("dry.wav"), scratch_path("wet.wav")};
        DatasetOptions options = {.threads = 1, .keep_signals = keep};
        Dataset dataset;
        Diagnostic diagnostic = {""};
        Status status = dataset_read(&dataset, paths, 2, &options, &diagnostic);
        assert_string_equal(diagnostic.text, "");
        assert_int_equal(status, STATUS_OK);
        const Recording *recording = &dataset.recordings[0];
        size_t first = recording->training.range[0].begin,
               held = recording->validation.range[0].begin;
        assert_int_equal(first < held ? first : held, recording->signals);
        assert_in_range(recording->signals, keep ? 0 : 8.4 * RATE, keep ? 0 : 8.6 * RATE);
        dataset_clear(&dataset);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_found),
        cmocka_unit_test(test_guitars_are_none),
        cmocka_unit_test(test_left_out),
        cmocka_unit_test(test_kept),
    };
    return cmocka_run_group_tests(tests, make, unmake);
}
