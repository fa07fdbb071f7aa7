// SPDX-License-Identifier: ISC
// Atomic files: whole or not there.
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dsp/base/memory.h"
#include "dsp/files/atomic_file.h"
#include "dsp/files/audio/audio_file.h"
#include "tests/dsp/files/line.h"
#include "tests/rig/scratch.h"

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

// Whether the system has files without a name in the folder of the test, and can name them later.
static bool files_can_be_nameless(void) {
#ifdef O_TMPFILE
    int fd = open(scratch_path("."), O_RDWR | O_TMPFILE, 0600);
    if (fd >= 0) {
        close(fd);
        return access("/proc/self/fd", X_OK) == 0;
    }
#endif
    return false;
}

// ---- The tests ----

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
    assert_int_equal(scratch_count(), before + (file.nameless ? 0 : 1));
    atomic_file_abandon(&file);
    atomic_file_abandon(&file);
    assert_int_equal(scratch_count(), before);
    assert_true(scratch_holds("kept", "old"));
}

// When the rename fails, the name beside the final one goes too.
static void test_failed_rename_leaves_nothing(void **state) {
    (void)state;
    AtomicFile file = {0};
    Diagnostic diagnostic;
    assert_int_equal(atomic_file_begin(&file, scratch_path("taken"), NULL), STATUS_OK);
    assert_int_equal(mkdir(scratch_path("taken"), 0777), 0);
    int before = scratch_count();
    before -= file.nameless ? 0 : 1;
    assert_int_equal(atomic_file_commit(&file, &diagnostic), STATUS_CANNOT_WRITE);
    assert_line(&diagnostic, scratch_path("taken"), "cannot be written");
    assert_int_equal(scratch_count(), before);
    assert_int_equal(rmdir(scratch_path("taken")), 0);
}

// Who is killed while it writes leaves the old file, and nothing beside it where files can do
// without a name.
static void test_killed_writer(void **state) {
    (void)state;
    AtomicFile file = {0};
    scratch_write("kept", "old", 3);
    int before = scratch_count();
    if (!files_can_be_nameless()) {
        skip();
    }
    pid_t writer = fork();
    if (writer == 0) {
        bool begun = atomic_file_begin(&file, scratch_path("kept"), NULL) == STATUS_OK &&
                     write(file.fd, "new", 3) == 3;
        raise(begun ? SIGKILL : SIGTERM);
    }
    int status = 0;
    assert_true(writer > 0 && waitpid(writer, &status, 0) == writer);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
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
    int number = file.fd;
    atomic_file_abandon(&file);
    if (input >= 0) {
        dup2(input, 0);
        close(input);
    }
    assert_int_equal(status, STATUS_OK);
    assert_true(number > 0);
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_replaces_whole_file),
        cmocka_unit_test(test_abandon_leaves_nothing),
        cmocka_unit_test(test_failed_rename_leaves_nothing),
        cmocka_unit_test(test_killed_writer),
        cmocka_unit_test(test_abandon_without_standard_input),
        cmocka_unit_test(test_full_disk_keeps_old_file),
        cmocka_unit_test(test_impossible_targets),
        cmocka_unit_test(test_spares_what_is_read),
        cmocka_unit_test(test_read_only_target),
        cmocka_unit_test(test_follows_links),
        cmocka_unit_test(test_permission_bits),
        cmocka_unit_test(test_write_without_memory),
    };
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
