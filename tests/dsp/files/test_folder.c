// SPDX-License-Identifier: ISC
// Folders, and files that are read whole.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "dsp/base/memory.h"
#include "dsp/files/folder.h"
#include "dsp/files/whole_file.h"
#include "tests/rig/scratch.h"

static void names_come_in_the_order_of_their_bytes(void **state) {
    (void)state;
    static const char *const files[] = {"in/b",  "in/B",       "in/a10",
                                        "in/a9", "in/.hidden", "in/\xc3\xa9"};
    static const char expected[] = "B\0a10\0a9\0b\0\xc3\xa9"; // and the last zero
    assert_int_equal(mkdir(scratch_path("in"), 0777), 0);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        scratch_write(files[i], "x", 1);
    }
    char *names = NULL;
    size_t length = 0;
    assert_int_equal(folder_read(&names, &length, scratch_path("in"), NULL), STATUS_OK);
    assert_int_equal(length, sizeof expected);
    assert_memory_equal(names, expected, sizeof expected);
    memory_free(names);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        assert_int_equal(unlink(scratch_path(files[i])), 0);
    }
    assert_int_equal(folder_read(&names, &length, scratch_path("in"), NULL), STATUS_OK);
    assert_int_equal(length, 0);
    memory_free(names);
    assert_int_equal(rmdir(scratch_path("in")), 0);
}

static void a_folder_that_cannot_be_read_is_named(void **state) {
    (void)state;
    char *names = NULL;
    size_t length = 1;
    Diagnostic diagnostic = {""};
    assert_int_equal(folder_read(&names, &length, scratch_path("none"), &diagnostic),
                     STATUS_CANNOT_READ);
    assert_non_null(strstr(diagnostic.text, scratch_path("none")));
    assert_non_null(strstr(diagnostic.text, "No such file"));
    assert_null(names);
    assert_int_equal(length, 0);
}

static void endings_count_in_either_case(void **state) {
    (void)state;
    static const char *const endings[] = {".wav", ".flac", NULL};
    static const char *const good[] = {"a.wav", "A.WAV", "a.b.Flac", ".wav"};
    static const char *const bad[] = {"wav", "a.wave", "a.wav.txt", "a.", "", "a.wa"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(folder_name_ends(good[i], endings));
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(folder_name_ends(bad[i], endings));
    }
}

static void the_folders_above_a_file_are_made(void **state) {
    (void)state;
    char path[512];
    Diagnostic diagnostic = {""};
    snprintf(path, sizeof path, "%s", scratch_path("x//y/z/file"));
    for (int again = 0; again < 2; again++) {
        assert_int_equal(folder_make_for(path, NULL), STATUS_OK);
        assert_true(folder_is(scratch_path("x/y/z")));
        assert_int_not_equal(access(path, F_OK), 0); // the file itself is not
    }
    assert_int_equal(rmdir(scratch_path("x/y/z")), 0);
    assert_int_equal(rmdir(scratch_path("x/y")), 0);
    assert_int_equal(rmdir(scratch_path("x")), 0);
    scratch_write("x", "", 0);
    assert_false(folder_is(scratch_path("x")));
    assert_int_equal(folder_make_for(path, &diagnostic), STATUS_CANNOT_WRITE);
    assert_non_null(strstr(diagnostic.text, "cannot be made"));
    assert_int_equal(unlink(scratch_path("x")), 0);
}

// As long as it may be, and a byte more.
static void a_whole_file_has_a_limit(void **state) {
    (void)state;
    char *bytes = NULL;
    size_t length = 0;
    Diagnostic diagnostic = {""};
    scratch_write("ten", "0123456789", 10);
    assert_int_equal(whole_file_read(&bytes, &length, 10, scratch_path("ten"), NULL), STATUS_OK);
    assert_int_equal(length, 10);
    assert_string_equal(bytes, "0123456789"); // with a zero behind it
    memory_free(bytes);
    assert_int_equal(whole_file_read(&bytes, &length, 9, scratch_path("ten"), &diagnostic),
                     STATUS_UNSUPPORTED);
    assert_non_null(strstr(diagnostic.text, "10 bytes"));
    assert_null(bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_come_in_the_order_of_their_bytes),
        cmocka_unit_test(a_folder_that_cannot_be_read_is_named),
        cmocka_unit_test(endings_count_in_either_case),
        cmocka_unit_test(the_folders_above_a_file_are_made),
        cmocka_unit_test(a_whole_file_has_a_limit),
    };
    return cmocka_run_group_tests_name("folder", tests, scratch_begin, scratch_end);
}
