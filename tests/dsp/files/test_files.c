// SPDX-License-Identifier: ISC
// Atomic files and audio files.
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <math.h>
#include <signal.h>
#include <sndfile.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dsp/base/memory.h"
#include "dsp/files/atomic_file.h"
#include "dsp/files/audio/audio_file.h"
#include "dsp/files/audio/audio_io.h"
#include "tests/rig/near.h"
#include "tests/rig/scratch.h"

// ---- Helpers ----

static void assert_line(const Diagnostic *diagnostic, const char *first, const char *second) {
    if (!strstr(diagnostic->text, first) || !strstr(diagnostic->text, second) ||
        strchr(diagnostic->text, '\n')) {
        fail_msg("'%s' should be one line with '%s' and '%s'", diagnostic->text, first, second);
    }
}

// From here on no file can grow beyond `bytes`: a full disk.
static struct rlimit limit_files(rlim_t bytes) {
    struct rlimit before, limit;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    limit = before;
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    return before;
}

static void unlimit_files(const struct rlimit *before) {
    assert_int_equal(setrlimit(RLIMIT_FSIZE, before), 0);
}

static mode_t mode_of(const char *name) {
    struct stat status;
    assert_int_equal(stat(scratch_path(name), &status), 0);
    return status.st_mode & 0777;
}

static Status write_text(const char *name, const char *text, Diagnostic *diagnostic) {
    return atomic_file_write(scratch_path(name), text, strlen(text), diagnostic);
}

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

// ---- Atomic files ----

static void test_replaces_whole_file(void **state) {
    (void)state;
    Diagnostic diagnostic;
    int before = scratch_count();
    assert_int_equal(write_text("a", "first", &diagnostic), STATUS_OK);
    assert_int_equal(write_text("a", "second, longer", &diagnostic), STATUS_OK);
    assert_true(scratch_holds("a", "second, longer"));
    assert_int_equal(scratch_count(), before + 1);
}

static void test_abandon_leaves_nothing(void **state) {
    (void)state;
    AtomicFile file = {0};
    atomic_file_abandon(&file); // all zero
    scratch_write("kept", "old", 3);
    int before = scratch_count();
    assert_int_equal(atomic_file_begin(&file, scratch_path("kept"), NULL), STATUS_OK);
    assert_true(file.fd > 0);
    assert_int_equal(write(file.fd, "new", 3), 3);
    assert_int_equal(scratch_count(), before + 1);
    atomic_file_abandon(&file);
    atomic_file_abandon(&file);
    assert_int_equal(scratch_count(), before);
    assert_true(scratch_holds("kept", "old"));
}

// Standard input may be closed: its number stands for no file.
static void test_abandon_without_standard_input(void **state) {
    (void)state;
    AtomicFile file = {0};
    int before = scratch_count(), input = dup(0);
    close(0);
    Status status = atomic_file_begin(&file, scratch_path("new"), NULL);
    atomic_file_abandon(&file);
    if (input >= 0) {
        dup2(input, 0);
        close(input);
    }
    assert_int_equal(status, STATUS_OK);
    assert_int_equal(scratch_count(), before);
}

static void test_full_disk_keeps_old_file(void **state) {
    (void)state;
    static char big[100000];
    static float samples[50000];
    Diagnostic diagnostic;
    scratch_write("full", "old", 3);
    int count = scratch_count();
    struct rlimit before = limit_files(4096);
    Status text = atomic_file_write(scratch_path("full"), big, sizeof big, &diagnostic);
    Diagnostic sound_diagnostic;
    Status sound = audio_file_write(scratch_path("full"), 48000, samples, 50000, &sound_diagnostic);
    unlimit_files(&before);
    assert_int_equal(text, STATUS_CANNOT_WRITE);
    assert_line(&diagnostic, scratch_path("full"), "File too large");
    assert_int_equal(sound, STATUS_CANNOT_WRITE);
    assert_line(&sound_diagnostic, scratch_path("full"), "cannot be written");
    assert_int_equal(scratch_count(), count);
    assert_true(scratch_holds("full", "old"));
}

static void test_impossible_targets(void **state) {
    (void)state;
    Diagnostic diagnostic;
    assert_int_equal(write_text("no/such/folder", "x", &diagnostic), STATUS_CANNOT_WRITE);
    assert_line(&diagnostic, "no/such/folder", "No such file or directory");
    assert_int_equal(atomic_file_write(scratch_path(""), "x", 1, &diagnostic), STATUS_CANNOT_WRITE);
    assert_line(&diagnostic, scratch_path(""), "folder");
    assert_int_equal(atomic_file_write("", "x", 1, &diagnostic), STATUS_CANNOT_WRITE);
    assert_line(&diagnostic, "", "it has no name");
    assert_int_equal(atomic_file_write("/dev/null", "x", 1, &diagnostic), STATUS_CANNOT_WRITE);
    assert_line(&diagnostic, "/dev/null", "regular file");
    assert_int_equal(symlink("nowhere", scratch_path("dangling")), 0);
    assert_int_equal(write_text("dangling", "x", &diagnostic), STATUS_CANNOT_WRITE);
    assert_line(&diagnostic, "dangling", "leads nowhere");
}

static void test_spares_what_is_read(void **state) {
    (void)state;
    Diagnostic diagnostic;
    scratch_write("dry.wav", "old", 3);
    scratch_write("same.wav", "old", 3);
    assert_int_equal(link(scratch_path("dry.wav"), scratch_path("hard.wav")), 0);
    assert_int_equal(symlink("dry.wav", scratch_path("soft.wav")), 0);
    static const char *const names[] = {"dry.wav", "./dry.wav", "hard.wav", "soft.wav"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s", scratch_path(names[i]));
        assert_int_equal(atomic_file_spares(path, scratch_path("dry.wav"), &diagnostic),
                         STATUS_BAD_ARGUMENT);
        assert_line(&diagnostic, path, "dry.wav, which is read");
    }
    char other[4096];
    snprintf(other, sizeof other, "%s", scratch_path("same.wav"));
    assert_int_equal(atomic_file_spares(other, scratch_path("dry.wav"), NULL), STATUS_OK);
    assert_int_equal(atomic_file_spares(other, scratch_path("none.wav"), NULL), STATUS_OK);
    assert_int_equal(atomic_file_spares("none.wav", "none.wav", NULL), STATUS_OK);
}

// Root may write everything, and is somebody else for this test.
static void test_read_only_target(void **state) {
    (void)state;
    const uid_t nobody = 65534, user = geteuid();
    Diagnostic diagnostic;
    scratch_write("locked", "old", 3);
    assert_int_equal(chmod(scratch_path("locked"), 0444), 0);
    assert_int_equal(chmod(scratch_path("."), 0777), 0);
    assert_true(user != 0 || seteuid(nobody) == 0);
    Status status = write_text("locked", "x", &diagnostic);
    assert_true(user != 0 || seteuid(user) == 0);
    assert_int_equal(status, STATUS_CANNOT_WRITE);
    assert_line(&diagnostic, "locked", "Permission denied");
    assert_true(scratch_holds("locked", "old"));
}

static void test_follows_links(void **state) {
    (void)state;
    scratch_write("real", "old", 3);
    assert_int_equal(symlink("real", scratch_path("link")), 0);
    assert_int_equal(write_text("link", "new", NULL), STATUS_OK);
    assert_true(scratch_holds("real", "new"));
    struct stat status;
    assert_int_equal(lstat(scratch_path("link"), &status), 0);
    assert_true(S_ISLNK(status.st_mode));
}

static void test_permission_bits(void **state) {
    (void)state;
    mode_t mask = umask(027);
    assert_int_equal(write_text("fresh", "x", NULL), STATUS_OK);
    scratch_write("private", "x", 1);
    assert_int_equal(chmod(scratch_path("private"), 0600), 0);
    umask(022);
    assert_int_equal(write_text("private", "y", NULL), STATUS_OK);
    umask(mask);
    assert_int_equal(mode_of("fresh"), 0640);
    assert_int_equal(mode_of("private"), 0600);
}

static void test_write_without_memory(void **state) {
    (void)state;
    scratch_write("short", "old", 3);
    int count = scratch_count();
    long allowed = 0;
    for (;; allowed++) {
        memory_fail_after(allowed);
        Status status = write_text("short", "new", NULL);
        memory_fail_after(-1);
        if (status == STATUS_OK) {
            break;
        }
        assert_int_equal(status, STATUS_NO_MEMORY);
        assert_int_equal(scratch_count(), count);
        assert_true(scratch_holds("short", "old"));
    }
    assert_true(allowed >= 2);
    assert_true(scratch_holds("short", "new"));
}

// ---- Audio files ----

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
        cmocka_unit_test(test_replaces_whole_file),
        cmocka_unit_test(test_abandon_leaves_nothing),
        cmocka_unit_test(test_abandon_without_standard_input),
        cmocka_unit_test(test_full_disk_keeps_old_file),
        cmocka_unit_test(test_impossible_targets),
        cmocka_unit_test(test_spares_what_is_read),
        cmocka_unit_test(test_read_only_target),
        cmocka_unit_test(test_follows_links),
        cmocka_unit_test(test_permission_bits),
        cmocka_unit_test(test_write_without_memory),
        cmocka_unit_test(test_samples_survive),
        cmocka_unit_test(test_same_samples_same_bytes),
        cmocka_unit_test(test_first_channel_is_kept),
        cmocka_unit_test(test_values_that_are_not_numbers),
        cmocka_unit_test(test_not_audio),
        cmocka_unit_test(test_cut_short),
        cmocka_unit_test(test_read_without_memory),
        cmocka_unit_test(test_encoded_audio_is_clipped),
        cmocka_unit_test(test_spread_of_other_channels),
        cmocka_unit_test(test_impossible_audio),
    };
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
