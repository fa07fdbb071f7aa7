// SPDX-License-Identifier: ISC
// Where the host finds its own files and the plugin's, what it says, and numbers for URIs.
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <cmocka.h>

#include "dsp/base/clock.h"
#include "plugin/standalone/bundle.h"
#include "plugin/standalone/notices.h"
#include "plugin/standalone/urid_map.h"
#include "plugin/standalone/watch.h"
#include "plugin/standalone/xdg_paths.h"
#include "tests/rig/scratch.h"

// ---- Places ----

static void assert_place(bool config, const char *expected) {
    char path[64] = "";
    bool found = config ? xdg_config_path(path, sizeof path, "midi")
                        : xdg_state_path(path, sizeof path, "midi");
    assert_int_equal(found, expected != NULL);
    if (expected) {
        assert_string_equal(path, expected);
    }
}

// As the XDG Base Directory Specification has it: what is not absolute does not count.
static void files_lie_where_the_desktop_wants_them(void **state) {
    (void)state;
    setenv("HOME", "/home/me", 1);
    unsetenv("XDG_CONFIG_HOME");
    unsetenv("XDG_STATE_HOME");
    assert_place(true, "/home/me/.config/gruff/midi");
    assert_place(false, "/home/me/.local/state/gruff/midi");
    setenv("XDG_CONFIG_HOME", "/c", 1);
    setenv("XDG_STATE_HOME", "/s", 1);
    assert_place(true, "/c/gruff/midi");
    assert_place(false, "/s/gruff/midi");
    setenv("XDG_CONFIG_HOME", "relative", 1);
    setenv("XDG_STATE_HOME", "", 1);
    assert_place(true, "/home/me/.config/gruff/midi");
    assert_place(false, "/home/me/.local/state/gruff/midi");
    unsetenv("HOME");
    assert_place(true, NULL);
    assert_place(false, NULL);
    setenv("HOME", "/a/home/that/is/longer/than/the/room/for/a/path/of/this/test", 1);
    assert_place(true, NULL);
}

// ---- The bundle ----

static void make_bundle(const char *folder) {
    char path[512];
    assert_int_equal(mkdir(scratch_path(folder), 0777), 0);
    snprintf(path, sizeof path, "%s/gruff.lv2", folder);
    assert_int_equal(mkdir(scratch_path(path), 0777), 0);
    strcat(path, "/manifest.ttl");
    scratch_write(path, "x", 1);
}

static void assert_bundle(const char *folders, const char *expected) {
    char path[BUNDLE_PATH], end[64];
    setenv("LV2_PATH", folders, 1);
    assert_true(bundle_find(path));
    snprintf(end, sizeof end, "%s/gruff.lv2/", expected);
    assert_true(strlen(path) > strlen(end));
    assert_string_equal(path + strlen(path) - strlen(end), end);
}

// The first of LV2_PATH that has it.
static void the_bundle_is_looked_for_along_the_path(void **state) {
    (void)state;
    char folders[2048], first[512], second[512];
    make_bundle("first");
    make_bundle("second");
    assert_int_equal(mkdir(scratch_path("empty"), 0777), 0);
    snprintf(first, sizeof first, "%s", scratch_path("first"));
    snprintf(second, sizeof second, "%s", scratch_path("second"));
    snprintf(folders, sizeof folders, "%s:%s:%s", scratch_path("empty"), first, second);
    assert_bundle(folders, "first");
    snprintf(folders, sizeof folders, ":%s:%s", second, first);
    assert_bundle(folders, "second");
    setenv("HOME", scratch_path("."), 1);
    assert_bundle("~/second", "second");
    char path[BUNDLE_PATH];
    assert_true(bundle_user_folder(path));
    assert_string_equal(path + strlen(path) - 5, "/.lv2");
    unsetenv("HOME");
    assert_false(bundle_user_folder(path));
}

// ---- Watching a file ----

// As if `name` had been written with these bytes at this time.
static void write_at(const char *name, const char *bytes, time_t seconds) {
    const struct timespec times[2] = {{seconds, 0}, {seconds, 0}};
    scratch_write(name, bytes, strlen(bytes));
    assert_int_equal(utimensat(AT_FDCWD, scratch_path(name), times, 0), 0);
}

static void a_change_is_told_once_it_has_settled(void **state) {
    (void)state;
    char path[512];
    Watch watch;
    snprintf(path, sizeof path, "%s", scratch_path("watched"));
    write_at("watched", "one", 1000);
    watch_begin(&watch, path);
    assert_false(watch_changed(&watch));
    assert_false(watch_changed(&watch));
    write_at("watched", "tw", 1001); // still written
    assert_false(watch_changed(&watch));
    write_at("watched", "two", 1001);
    assert_false(watch_changed(&watch));
    assert_true(watch_changed(&watch)); // the same for two calls
    assert_false(watch_changed(&watch));
    assert_int_equal(remove(path), 0); // gone is not changed
    assert_false(watch_changed(&watch));
    assert_false(watch_changed(&watch));
    write_at("watched", "six", 1001); // another file that looks alike
    assert_false(watch_changed(&watch));
    (void)watch_changed(&watch);
    watch_begin(&watch, path);
    write_at("beside", "two", 1001); // the same but for its number
    assert_int_equal(rename(scratch_path("beside"), path), 0);
    assert_false(watch_changed(&watch));
    assert_true(watch_changed(&watch));
    watch_begin(&watch, NULL);
    assert_false(watch_changed(&watch));
}

// A file that comes up later counts.
static void a_file_may_come_later(void **state) {
    (void)state;
    char path[512];
    Watch watch;
    snprintf(path, sizeof path, "%s", scratch_path("later"));
    watch_begin(&watch, path);
    assert_false(watch_changed(&watch));
    write_at("later", "x", 1000);
    assert_false(watch_changed(&watch));
    assert_true(watch_changed(&watch));
}

// ---- Notices ----

static void the_latest_lines_are_kept(void **state) {
    (void)state;
    static Notices notices = {.held = true};
    assert_string_equal(notices_line(&notices, 0), "");
    notices_say(&notices, "%s", ""); // nothing to say
    assert_int_equal(notices.count, 0);
    for (int i = 0; i < NOTICES_KEPT + 10; i++) {
        notices_say(&notices, "line %d\n\x1b[m", i); // nothing that a terminal obeys
    }
    for (unsigned back = 0; back < NOTICES_KEPT; back++) {
        char expected[32];
        snprintf(expected, sizeof expected, "line %u  [m", NOTICES_KEPT + 9 - back);
        assert_string_equal(notices_line(&notices, back), expected);
    }
    assert_string_equal(notices_line(&notices, NOTICES_KEPT), "");
    assert_string_equal(notices_line(&notices, 1000000), "");
}

// The clock is set back instead of waiting: a line was said so many seconds ago.
static void lines_that_come_by_the_thousand_are_said_once_a_second(void **state) {
    (void)state;
    static Notices notices = {.held = true};
    RateLimit limit = {0};
    notices_say_limited(&notices, &limit, "lost");
    limit.said = clock_now() + 1000.0; // however long this test takes
    for (int i = 0; i < 5; i++) {
        notices_say_limited(&notices, &limit, "lost");
    }
    assert_int_equal(notices.count, 1);
    limit.said = clock_now() - 1.0;
    notices_say_limited(&notices, &limit, "lost again");
    assert_int_equal(notices.count, 2);
    assert_string_equal(notices_line(&notices, 0), "lost again (and 5 more before)");
    limit.said = clock_now() - 1.0;
    notices_say_limited(&notices, &limit, "lost");
    assert_string_equal(notices_line(&notices, 0), "lost");
}

// ---- Numbers for URIs ----

static void a_uri_keeps_its_number(void **state) {
    (void)state;
    static UridMap map;
    char uri[32];
    urid_map_begin(&map);
    for (int round = 0; round < 2; round++) {
        for (uint32_t i = 1; i <= URID_MAP_MOST; i++) {
            snprintf(uri, sizeof uri, "urn:%u", i);
            assert_int_equal(map.map.map(map.map.handle, uri), i);
            assert_string_equal(map.unmap.unmap(map.unmap.handle, i), uri);
        }
    }
    assert_int_equal(map.map.map(map.map.handle, "urn:one too many"), 0);
    assert_null(map.unmap.unmap(map.unmap.handle, 0));
    assert_null(map.unmap.unmap(map.unmap.handle, URID_MAP_MOST + 1));
    urid_map_clear(&map);
    assert_null(map.unmap.unmap(map.unmap.handle, 1));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_lie_where_the_desktop_wants_them),
        cmocka_unit_test(the_bundle_is_looked_for_along_the_path),
        cmocka_unit_test(a_change_is_told_once_it_has_settled),
        cmocka_unit_test(a_file_may_come_later),
        cmocka_unit_test(the_latest_lines_are_kept),
        cmocka_unit_test(lines_that_come_by_the_thousand_are_said_once_a_second),
        cmocka_unit_test(a_uri_keeps_its_number),
    };
    return cmocka_run_group_tests_name("places", tests, scratch_begin, scratch_end);
}
