// SPDX-License-Identifier: ISC
// Audio files: what is written is read again, and what is wrong with one is told.
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <math.h>
#include <sndfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dsp/base/memory.h"
#include "dsp/files/audio/audio_file.h"
#include "dsp/files/audio/audio_io.h"
#include "tests/dsp/files/line.h"
#include "tests/rig/near.h"
#include "tests/rig/scratch.h"

// Writes interleaved samples with libsndfile itself.
static void write_sound(const char *name, int format, int channels, const float *samples,
                        sf_count_t frames) {
    SF_INFO info = {.samplerate = 44100, .channels = channels, .format = format};
    SNDFILE *sound = sf_open(scratch_path(name), SFM_WRITE, &info);
    assert_non_null(sound);
    assert_int_equal(sf_writef_float(sound, samples, frames), frames);
    sf_close(sound);
}

static void expect_unreadable(const char *name, Status expected, const char *cause) {
    Audio audio = {.frames = 7};
    Diagnostic diagnostic = {""};
    assert_int_equal(audio_file_read(&audio, scratch_path(name), &diagnostic), expected);
    assert_line(&diagnostic, scratch_path(name), cause);
    assert_null(audio.samples);
    assert_int_equal(audio.frames, 0);
}

static void test_samples_survive(void **state) {
    (void)state;
    const float samples[] = {0.0f, -0.0f, 1.0f, -1.5f, 0.1f, 1e-30f, 3e8f};
    enum { COUNT = sizeof samples / sizeof *samples };
    Diagnostic diagnostic = {""};
    const char *path = scratch_path("float.wav");
    assert_int_equal(audio_file_write(path, 48000, samples, COUNT, &diagnostic), STATUS_OK);
    Audio audio;
    assert_int_equal(audio_file_read(&audio, path, &diagnostic), STATUS_OK);
    assert_int_equal(audio.rate, 48000);
    assert_int_equal(audio.channels, 1);
    assert_int_equal(audio.frames, COUNT);
    assert_memory_equal(audio.samples, samples, sizeof samples);
    audio_clear(&audio);
    assert_null(audio.samples);
    audio_clear(&audio);
}

// Nothing in the file tells when it was written.
static void test_same_samples_same_bytes(void **state) {
    (void)state;
    const float samples[] = {0.25f, -0.5f};
    size_t lengths[2] = {0, 0};
    char *bytes[2];
    for (int i = 0; i < 2; i++) {
        assert_int_equal(audio_file_write(scratch_path("twice.wav"), 48000, samples, 2, NULL),
                         STATUS_OK);
        bytes[i] = scratch_read("twice.wav", &lengths[i]);
    }
    assert_int_equal(lengths[0], lengths[1]);
    assert_memory_equal(bytes[0], bytes[1], lengths[0]);
    assert_null(memmem(bytes[0], lengths[0], "PEAK", 4));
    free(bytes[0]);
    free(bytes[1]);
}

static void test_first_channel_is_kept(void **state) {
    (void)state;
    enum { FRAMES = 40000 }; // more than a chunk
    static float samples[2 * FRAMES];
    for (int i = 0; i < FRAMES; i++) {
        samples[2 * i] = (float)(i % 100) / 128.0f;
        samples[2 * i + 1] = -0.5f;
    }
    const int formats[] = {SF_FORMAT_WAV | SF_FORMAT_PCM_16, SF_FORMAT_FLAC | SF_FORMAT_PCM_24,
                           SF_FORMAT_AIFF | SF_FORMAT_PCM_24};
    for (int f = 0; f < 3; f++) {
        write_sound("stereo", formats[f], 2, samples, FRAMES);
        Audio audio;
        assert_int_equal(audio_file_read(&audio, scratch_path("stereo"), NULL), STATUS_OK);
        assert_int_equal(audio.rate, 44100);
        assert_int_equal(audio.channels, 2);
        assert_int_equal(audio.frames, FRAMES);
        for (int i = 0; i < FRAMES; i++) {
            assert_true(fabsf(audio.samples[i] - samples[2 * i]) < 1e-4f);
        }
        audio_clear(&audio);
    }
}

// The channel with the sound, wherever it is: the first unless another is 20 dB louder.
static void test_sounding_channel_is_found(void **state) {
    (void)state;
    enum { FRAMES = 30000 };
    static float samples[4 * FRAMES];
    static const struct {
        int channels;
        float levels[4];
        int taken;
        bool alone;
    } cases[] = {
        {1, {0.5f}, 1, false},
        {2, {0.5f, 0.5f}, 1, false},
        {2, {0.5f, 0.0f}, 1, true},
        {2, {0.0f, 0.5f}, 2, true},
        {2, {0.051f, 0.5f}, 1, false},
        {2, {0.049f, 0.5f}, 2, true},
        {2, {0.5f, 0.049f}, 1, true},
        {4, {0.0f, 1e-4f, 0.0f, 0.3f}, 4, true},
        {4, {0.0f, 0.2f, 0.3f, 0.0f}, 3, false},
        {2, {0.0f, 0.0f}, 1, true},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        int channels = cases[k].channels;
        for (int i = 0; i < FRAMES * channels; i++) {
            int c = i % channels;
            samples[i] = cases[k].levels[c] * (i / channels % 2 ? 1.0f : -1.0f);
        }
        write_sound("channels.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, channels, samples, FRAMES);
        Audio audio;
        assert_int_equal(
            audio_file_read_channel(&audio, scratch_path("channels.wav"), AUDIO_SOUNDING, NULL),
            STATUS_OK);
        assert_int_equal(audio.channel, cases[k].taken);
        assert_int_equal(audio.alone, cases[k].alone);
        assert_int_equal(audio.frames, FRAMES);
        assert_near(audio.samples[FRAMES - 1], cases[k].levels[cases[k].taken - 1], 0.0);
        audio_clear(&audio);
        assert_int_equal(audio_file_read(&audio, scratch_path("channels.wav"), NULL), STATUS_OK);
        assert_true(audio.channel == 1 && !audio.alone);
        audio_clear(&audio);
    }
}

static void test_channel_of_a_number(void **state) {
    (void)state;
    static const float samples[] = {0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.7f};
    Audio audio;
    write_sound("three.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 3, samples, 2);
    for (int channel = 1; channel <= 3; channel++) {
        assert_int_equal(audio_file_read_channel(&audio, scratch_path("three.wav"), channel, NULL),
                         STATUS_OK);
        assert_int_equal(audio.channel, channel);
        assert_near(audio.samples[1], samples[2 + channel], 0.0);
        assert_near(audio.spread, fmaxf(0.7f - samples[2 + channel], samples[2 + channel] - 0.4f),
                    1e-7);
        audio_clear(&audio);
    }
    Diagnostic diagnostic;
    assert_int_equal(audio_file_read_channel(&audio, scratch_path("three.wav"), 4, &diagnostic),
                     STATUS_BAD_AUDIO);
    assert_line(&diagnostic, "three.wav", "has 3 channels, and no channel 4");
    assert_null(audio.samples);
    write_sound("one.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 1, samples, 6);
    assert_int_equal(audio_file_read_channel(&audio, scratch_path("one.wav"), 2, NULL), STATUS_OK);
    assert_int_equal(audio.channel, 1);
    audio_clear(&audio);
}

static void test_values_that_are_not_numbers(void **state) {
    (void)state;
    float samples[44200] = {0.0f};
    samples[44100] = NAN;
    write_sound("nan.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 1, samples, 44200);
    expect_unreadable("nan.wav", STATUS_BAD_AUDIO, "sample 44100 (at 1.0000 s) is NaN");
    samples[44100] = -INFINITY;
    write_sound("nan.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 1, samples, 44200);
    expect_unreadable("nan.wav", STATUS_BAD_AUDIO, "is infinite");
}

static void test_not_audio(void **state) {
    (void)state;
    expect_unreadable("missing.wav", STATUS_CANNOT_READ, "No such file");
    expect_unreadable("", STATUS_CANNOT_READ, "folder");
    scratch_write("empty.wav", "", 0);
    expect_unreadable("empty.wav", STATUS_CANNOT_READ, "empty");
    scratch_write("text.wav", "this is not audio\n", 18);
    expect_unreadable("text.wav", STATUS_CANNOT_READ, "cannot be read");
    assert_int_equal(mkfifo(scratch_path("pipe.wav"), 0600), 0);
    expect_unreadable("pipe.wav", STATUS_CANNOT_READ, "regular file");
    write_sound("none.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 1, NULL, 0);
    expect_unreadable("none.wav", STATUS_BAD_AUDIO, "0 samples");
}

static void test_cut_short(void **state) {
    (void)state;
    static float samples[40000];
    for (int i = 0; i < 40000; i++) {
        samples[i] = 0.5f * sinf(0.01f * (float)i) + 0.01f * (float)((i * 7919) % 13);
    }
    const struct {
        const char *name;
        int format;
    } files[] = {{"cut.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT},
                 {"cut.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16}};
    for (int f = 0; f < 2; f++) {
        write_sound(files[f].name, files[f].format, 1, samples, 40000);
        size_t length = 0;
        char *bytes = scratch_read(files[f].name, &length);
        scratch_write(files[f].name, bytes, length / 2);
        free(bytes);
        expect_unreadable(files[f].name, STATUS_CANNOT_READ, ".");
    }
    expect_unreadable("cut.wav", STATUS_CANNOT_READ, "cut short");
}

// What programs write that cannot go back to the header, and those that do not count the last byte,
// which pads.
static void test_lengths_that_do_not_count(void **state) {
    (void)state;
    static const float samples[1001] = {0.5f};
    static const int64_t off[] = {1, 0, -1}; // from what the header of such a file says
    size_t length = 0;
    write_sound("piped.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 1, samples, 1001);
    char *bytes = scratch_read("piped.wav", &length);
    for (int i = 0; i < 6; i++) {
        uint32_t promised = i == 0  ? 0
                            : i < 3 ? UINT32_MAX - (i == 1 ? 0 : 7)
                                    : (uint32_t)((int64_t)length - 8 + off[i - 3]);
        for (int k = 0; k < 4; k++) {
            bytes[4 + k] = (char)(promised >> 8 * k);
        }
        scratch_write("piped.wav", bytes, length);
        Audio audio;
        assert_int_equal(audio_file_read(&audio, scratch_path("piped.wav"), NULL), STATUS_OK);
        assert_int_equal(audio.frames, 1001);
        audio_clear(&audio);
    }
    free(bytes);
}

static void test_read_without_memory(void **state) {
    (void)state;
    static float samples[600000]; // more than the first room
    write_sound("long.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 1, samples, 600000);
    long allowed = 0;
    for (;; allowed++) {
        Audio audio;
        memory_fail_after(allowed);
        Status status = audio_file_read(&audio, scratch_path("long.wav"), NULL);
        memory_fail_after(-1);
        if (status == STATUS_OK) {
            assert_int_equal(audio.frames, 600000);
            audio_clear(&audio);
            break;
        }
        assert_int_equal(status, STATUS_NO_MEMORY);
        assert_null(audio.samples);
    }
    assert_true(allowed >= 2);
}

// FLAC of 16 bits: a step is 1 / 32768.
static void test_encoded_audio_is_clipped(void **state) {
    (void)state;
    const float samples[] = {0.0f, 0.5f, 1.5f, -1.5f, -0.25f, 100.0f};
    enum { COUNT = sizeof samples / sizeof *samples };
    void *bytes = NULL;
    size_t length = 0;
    Audio audio;
    assert_int_equal(audio_encode_flac(&bytes, &length, 44100, samples, COUNT, NULL), STATUS_OK);
    assert_memory_equal(bytes, "fLaC", 4);
    scratch_write("clipped.flac", bytes, length);
    memory_free(bytes);
    assert_int_equal(audio_file_read(&audio, scratch_path("clipped.flac"), NULL), STATUS_OK);
    assert_int_equal(audio.rate, 44100);
    assert_int_equal(audio.frames, COUNT);
    for (int i = 0; i < COUNT; i++) {
        float held = fmaxf(-1.0f, fminf(samples[i], 1.0f));
        assert_near(audio.samples[i], held, 1.0 / 32768.0);
    }
    audio_clear(&audio);
}

static void test_spread_of_other_channels(void **state) {
    (void)state;
    float samples[] = {0.5f, 0.5f, -0.25f, -0.25f, 0.125f, 0.0f, 0.0f, 0.0625f};
    Audio audio;
    write_sound("spread.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 2, samples, 4);
    assert_int_equal(audio_file_read(&audio, scratch_path("spread.wav"), NULL), STATUS_OK);
    assert_near(audio.spread, 0.125, 0.0);
    audio_clear(&audio);
}

static void test_impossible_audio(void **state) {
    (void)state;
    Diagnostic diagnostic;
    assert_int_equal(audio_file_write(scratch_path("x.wav"), 0, NULL, 0, &diagnostic),
                     STATUS_BAD_ARGUMENT);
    float sample = 0.0f;
    assert_int_equal(
        audio_file_write(scratch_path("x.wav"), 48000, &sample, (size_t)1 << 40, &diagnostic),
        STATUS_CANNOT_WRITE);
    assert_line(&diagnostic, "x.wav", "cannot hold");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples_survive),
        cmocka_unit_test(test_same_samples_same_bytes),
        cmocka_unit_test(test_first_channel_is_kept),
        cmocka_unit_test(test_sounding_channel_is_found),
        cmocka_unit_test(test_channel_of_a_number),
        cmocka_unit_test(test_values_that_are_not_numbers),
        cmocka_unit_test(test_not_audio),
        cmocka_unit_test(test_cut_short),
        cmocka_unit_test(test_lengths_that_do_not_count),
        cmocka_unit_test(test_read_without_memory),
        cmocka_unit_test(test_encoded_audio_is_clipped),
        cmocka_unit_test(test_spread_of_other_channels),
        cmocka_unit_test(test_impossible_audio),
    };
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
