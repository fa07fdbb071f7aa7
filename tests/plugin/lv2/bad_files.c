// SPDX-License-Identifier: ISC
// Files of every bad kind, for the model and for the cabinet, by message and in a folder that is
// gone through: the sound goes on bit by bit, and the host is told which file and why.
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "dsp/files/audio/audio_file.h"
#include "dsp/files/models/model_file.h"
#include "plugin/lv2/amp.h"
#include "tests/plugin/lv2/files.h"
#include "tests/plugin/lv2/host.h"
#include "tests/rig/sample_model.h"

enum { FRAMES = 20000, BLOCK = 50 };

// What files_make has, and what is made here.
static const char *const bad[] = {
    "truncated.json", "nan.json",    "folder.json", "missing.json",     "empty.json",
    "huge.json",      "text.json",   "nested.json", "picture.json",     "pipe.json",
    "sizes.json",     "locked.json", "nan.wav",     "truncated.wav",    "missing.wav",
    "empty.wav",      "huge.wav",    "text.wav",    "a/b/missing.json", "device",
};
enum { BAD = sizeof bad / sizeof *bad };

static float in[FRAMES], out[FRAMES], expected[FRAMES];

static void put(const char *name, const char *bytes, size_t length) {
    FILE *file = fopen(files_path(name), "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

// A hole: no room on the disk, but 64 GiB to whoever reads it.
static void put_hole(const char *name) {
    int file = open(files_path(name), O_WRONLY | O_CREAT, 0666);
    assert_true(file >= 0 && ftruncate(file, (off_t)64 << 30) == 0 && close(file) == 0);
}

// The first `length` bytes of a file; one word of them changed to another as long.
static void put_changed(const char *name, const char *from, long length, const char *word,
                        const char *other) {
    char bytes[65536];
    FILE *file = fopen(files_path(from), "r");
    assert_non_null(file);
    size_t size = fread(bytes, 1, sizeof bytes - 1, file);
    assert_true(size > 0 && size < sizeof bytes - 1 && fclose(file) == 0);
    bytes[size] = 0;
    char *place = word ? strstr(bytes, word) : NULL;
    if (place) {
        memcpy(place, other, strlen(other));
    }
    assert_true(!word || place);
    put(name, bytes, length < 0 ? size : (size_t)length);
}

static int make(void **state) {
    static char nested[20000];
    static float samples[400];
    const float not_a_number = strtof("nan", NULL);
    files_make(state);
    sample_signal(in, FRAMES, SAMPLE_RATE, 1);
    memset(nested, '[', sizeof nested);
    put("nested.json", nested, sizeof nested);
    put("empty.json", "", 0);
    put("empty.wav", "", 0);
    put("text.json", "a model\n", 8);
    put("text.wav", "an impulse response\n", 20);
    put("picture.json", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16);
    put_hole("huge.json");
    put_hole("huge.wav");
    put_changed("truncated.wav", "cabinet.wav", 700, NULL, NULL);
    put_changed("sizes.json", "other.json", -1, "12", "13"); // a shape that the weights are not of
    assert_int_equal(mkfifo(files_path("pipe.json"), 0666), 0);
    assert_int_equal(symlink("/dev/zero", files_path("device")), 0);
    samples[0] = 1.0f;
    samples[200] = not_a_number;
    assert_int_equal(audio_file_write(files_path("nan.wav"), SAMPLE_RATE, samples, 400, NULL),
                     STATUS_OK);
    put_changed("locked.json", "other.json", -1, NULL, NULL);
    assert_int_equal(chmod(files_path("locked.json"), 0), 0);
    return 0;
}

// To root nothing is locked.
static bool is_bad(const char *name) {
    return strcmp(name, "locked.json") != 0 || geteuid() != 0;
}

static void the_sound_goes_on(void **state) {
    (void)state;
    static const char *const properties[] = {GRUFF_MODEL_URI, GRUFF_CABINET_URI};
    files_play_model(DEFAULT_SEED, in, expected, FRAMES);
    for (int p = 0; p < 2; p++) {
        Host *host = host_new(files_path("lv2/gruff.lv2"), SAMPLE_RATE, HOST_FULL);
        int at = 0;
        for (int i = 0; i < BAD; i++) {
            host_forget(host);
            if (is_bad(bad[i])) {
                host_send_file(host, properties[p], files_path(bad[i]));
            }
            for (int end = FRAMES / BAD * (i + 1); at < end; at += BLOCK) {
                host_run(host, in + at, out + at, BLOCK);
            }
            if (is_bad(bad[i])) {
                assert_non_null(strstr(host_status(host), bad[i]));
                assert_non_null(strstr(host_log(host), bad[i]));
                assert_string_equal(host_model(host), files_path(FILES_DEFAULT));
                assert_string_equal(host_cabinet(host), "");
            }
        }
        assert_int_equal(at, FRAMES);
        assert_memory_equal(out, expected, sizeof out);
        host_free(host);
    }
}

// The next model of the folder is the one good file of it.
static void a_folder_of_bad_files_is_gone_through(void **state) {
    (void)state;
    Host *host = host_new(files_path("lv2/gruff.lv2"), SAMPLE_RATE, HOST_FULL);
    assert_true(host_await_status(host));
    assert_int_equal(unlink(files_path("doubtful.json")), 0);
    assert_int_equal(unlink(files_path("slow.json")), 0);
    put_changed("zz.json", "other.json", -1, NULL, NULL);
    assert_int_equal(unlink(files_path("locked.json")), 0);
    for (int i = 0; i < 3; i++) {
        static const char *const round[] = {"other.json", "zz.json", "other.json"};
        host_forget(host);
        if (i == 0) {
            host_send_model(host, files_path(round[0]));
        } else {
            host_press(host, PORT_NEXT, true);
        }
        assert_true(host_await_status(host));
        assert_string_equal(host_model(host), files_path(round[i]));
        host_press(host, PORT_NEXT, false);
        host_run(host, in, out, BLOCK);
    }
    for (int i = 0; i < BAD; i++) {
        bool json = strstr(bad[i], ".json") && !strstr(bad[i], "missing");
        if (json && strcmp(bad[i], "locked.json") != 0) {
            assert_non_null(strstr(host_log(host), bad[i]));
        }
    }
    host_free(host);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sound_goes_on),
        cmocka_unit_test(a_folder_of_bad_files_is_gone_through),
    };
    return cmocka_run_group_tests_name("lv2 bad files", tests, make, files_remove);
}
