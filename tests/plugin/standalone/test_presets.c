// SPDX-License-Identifier: ISC
// Presets and the last session through lilv, with the bundle of the build and a home of the test's.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "dsp/base/clock.h"
#include "dsp/files/models/model_file.h"
#include "plugin/standalone/session.h"
#include "tests/plugin/standalone/fake_backend.h"
#include "tests/rig/scratch.h"

enum { RATE = 48000 };

static Notices notices;
static Player *player;
static Presets *presets;
static char model[512], session_file[512];

// ---- A home of its own ----

static int make(void **state) {
    const char *bundle = getenv("GRUFF_BUNDLE");
    char path[2048];
    scratch_begin(state);
    assert_non_null(bundle);
    snprintf(path, sizeof path, "%s/..:%s/.lv2", bundle, scratch_path("."));
    setenv("LV2_PATH", path, 1);
    setenv("HOME", scratch_path("."), 1);
    setenv("XDG_STATE_HOME", scratch_path("state"), 1);
    snprintf(model, sizeof model, "%s", scratch_path("model.json"));
    snprintf(session_file, sizeof session_file, "%s", scratch_path("state/gruff/session.ttl"));
    Model *made = model_new();
    assert_int_equal(model_add_layer(made, LAYER_DENSE, ACTIVATION_LINEAR, 1, 1, NULL), STATUS_OK);
    made->sample_rate = RATE;
    made->layers[0].kernel[0] = 0.5f;
    assert_int_equal(model_file_write(made, model, NULL), STATUS_OK);
    model_free(made);
    return 0;
}

static int begin(void **state) {
    (void)state;
    char bundle[2048];
    Diagnostic diagnostic = {""};
    memset(&notices, 0, sizeof notices);
    notices_hold(&notices);
    fake_begin(RATE);
    snprintf(bundle, sizeof bundle, "%s/", getenv("GRUFF_BUNDLE"));
    assert_int_equal(player_new(&player, &fake_setup, &notices, NULL), STATUS_OK);
    assert_int_equal(presets_new(&presets, bundle, &notices, &diagnostic), STATUS_OK);
    return 0;
}

static int end(void **state) {
    (void)state;
    presets_free(presets);
    player_free(player);
    return 0;
}

// What belongs together: a model and where its controls stand.
static void play_something(void) {
    assert_true(player_load(player, FILE_MODEL, model));
    player_set(player, CONTROL_BASS, 3.5f);
    player_set(player, CONTROL_RELEASE, 123.0f);
    player_set(player, CONTROL_GATE, 1.0f);
}

static void play_something_else(void) {
    player_set(player, CONTROL_BASS, -7.0f);
    player_set(player, CONTROL_RELEASE, 20.0f);
    player_set(player, CONTROL_GATE, 0.0f);
}

static void assert_plays_something(void) {
    assert_true(player_get(player, CONTROL_BASS) == 3.5f);
    assert_true(player_get(player, CONTROL_RELEASE) == 123.0f);
    assert_true(player_get(player, CONTROL_GATE) == 1.0f);
    assert_string_equal(player_path(player, FILE_MODEL), model);
}

// ---- Presets ----

static void they_are_listed_by_name(void **state) {
    (void)state;
    int count = presets_count(presets);
    assert_true(count >= 3); // those of the bundle
    for (int i = 0; i < count; i++) {
        char number[16];
        const char *name = presets_name(presets, i);
        assert_true(i == 0 || strcasecmp(presets_name(presets, i - 1), name) < 0);
        assert_int_equal(presets_find(presets, name), i);
        snprintf(number, sizeof number, "%d", i + 1);
        assert_int_equal(presets_find(presets, number), i);
    }
    assert_string_equal(presets_name(presets, -1), "");
    assert_string_equal(presets_name(presets, count), "");
    assert_int_equal(presets_find(presets, "no such preset"), -1);
    assert_int_equal(presets_find(presets, "0"), -1);
    assert_int_equal(presets_find(presets, "1000"), -1);
    assert_int_equal(presets_find(presets, ""), -1);
    assert_int_equal(presets_count(NULL), 0);
}

// "Neutral" says nothing of the gate's release, and names no model.
static void what_a_preset_does_not_say_stays(void **state) {
    (void)state;
    play_something();
    assert_true(presets_apply(presets, presets_find(presets, "neutral"), player));
    assert_true(player_get(player, CONTROL_BASS) == 0.0f);
    assert_true(player_get(player, CONTROL_GATE) == 0.0f);
    assert_true(player_get(player, CONTROL_RELEASE) == 123.0f);
    assert_string_equal(player_path(player, FILE_MODEL), model);
}

static void what_is_saved_comes_back(void **state) {
    (void)state;
    int count = presets_count(presets);
    play_something();
    assert_true(presets_save(presets, player, "Mine: \"a\" tone"));
    assert_int_equal(presets_count(presets), count + 1);
    play_something_else();
    // By what stands before or after the colon, in any case.
    int index = presets_find(presets, "MINE");
    assert_true(index >= 0);
    assert_int_equal(presets_find(presets, "\"A\" tone"), index);
    assert_int_equal(presets_find(presets, "min"), -1);
    assert_true(presets_apply(presets, index, player));
    assert_plays_something();
    assert_string_equal(notices_line(&notices, 0), "preset 'Mine: \"a\" tone'");
    // One of the same name is replaced.
    play_something_else();
    assert_true(presets_save(presets, player, "Mine: \"a\" tone"));
    assert_int_equal(presets_count(presets), count + 1);
    play_something();
    assert_true(presets_apply(presets, presets_find(presets, "mine"), player));
    assert_true(player_get(player, CONTROL_BASS) == -7.0f);
    assert_false(presets_save(presets, player, ""));
    assert_false(presets_apply(presets, -1, player));
    assert_false(presets_apply(presets, count + 1, player));
}

// By a host that starts later, too.
static void they_are_there_for_others(void **state) {
    (void)state;
    int index = presets_find(presets, "Mine: \"a\" tone");
    assert_true(index >= 0);
    assert_true(presets_apply(presets, index, player));
    assert_string_equal(player_path(player, FILE_MODEL), model);
}

// ---- Sessions ----

// Plays something and writes it as a session, whose path it gives.
static void write_something(char path[512]) {
    snprintf(path, 512, "%s", scratch_path("written.ttl"));
    play_something();
    assert_int_equal(presets_write_session(presets, player, path, NULL), STATUS_OK);
}

static void a_session_is_written_and_read_back(void **state) {
    (void)state;
    char path[512];
    Diagnostic diagnostic = {""};
    write_something(path);
    play_something_else();
    assert_true(player_load(player, FILE_CABINET, "")); // stays as it is
    assert_int_equal(presets_read_session(presets, player, path, &diagnostic), STATUS_OK);
    assert_plays_something();
    // Half a file is none, and changes nothing.
    size_t length = 0;
    char *text = scratch_read("written.ttl", &length);
    play_something_else();
    for (size_t part = 1; part < 8; part++) {
        scratch_write("written.ttl", text, length * part / 8);
        assert_int_equal(presets_read_session(presets, player, path, &diagnostic),
                         STATUS_CANNOT_READ);
        assert_non_null(strstr(diagnostic.text, "written.ttl"));
        assert_true(player_get(player, CONTROL_BASS) == -7.0f);
    }
    free(text);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(presets_read_session(presets, player, path, NULL), STATUS_CANNOT_READ);
}

// Puts `value` in place of what a written session has for a control.
static void write_value(const char *symbol, const char *value) {
    char port[64], text[65536];
    size_t length = 0;
    char *whole = scratch_read("written.ttl", &length);
    snprintf(port, sizeof port, "lv2:symbol \"%s\" ;", symbol);
    char *at = strstr(whole, port);
    assert_non_null(at);
    at = strstr(at, "pset:value ");
    assert_non_null(at);
    at += strlen("pset:value ");
    int written = snprintf(text, sizeof text, "%.*s%s%s", (int)(at - whole), whole, value,
                           at + strcspn(at, " \n"));
    assert_in_range(written, 1, sizeof text - 1);
    scratch_write("written.ttl", text, (size_t)written);
    free(whole);
}

// As other hosts write them.
static void values_may_be_of_other_types(void **state) {
    (void)state;
    char path[512];
    Diagnostic diagnostic = {""};
    write_something(path);
    write_value("bass", "-7");
    write_value("gate", "false");
    write_value("release", "\"200.5\"^^xsd:double");
    assert_int_equal(presets_read_session(presets, player, path, &diagnostic), STATUS_OK);
    assert_true(player_get(player, CONTROL_BASS) == -7.0f);
    assert_true(player_get(player, CONTROL_GATE) == 0.0f);
    assert_true(player_get(player, CONTROL_RELEASE) == 200.5f);
    write_value("gate", "true");
    assert_int_equal(presets_read_session(presets, player, path, &diagnostic), STATUS_OK);
    assert_true(player_get(player, CONTROL_GATE) == 1.0f);
    assert_int_equal(unlink(path), 0);
}

// A session or preset with a model that was written before there was oversampling has none;
// settings without a model leave it as it is.
static void what_does_not_know_of_oversampling_has_none(void **state) {
    (void)state;
    char path[512];
    size_t length = 0;
    Diagnostic diagnostic = {""};
    snprintf(path, sizeof path, "%s", scratch_path("written.ttl"));
    play_something();
    player_set(player, CONTROL_OVERSAMPLING, 4.0f);
    assert_int_equal(presets_write_session(presets, player, path, &diagnostic), STATUS_OK);
    player_set(player, CONTROL_OVERSAMPLING, 2.0f);
    assert_int_equal(presets_read_session(presets, player, path, &diagnostic), STATUS_OK);
    assert_true(player_get(player, CONTROL_OVERSAMPLING) == 4.0f);
    char *text = scratch_read("written.ttl", &length), *symbol = strstr(text, "\"oversampling\"");
    assert_non_null(symbol);
    memcpy(symbol, "\"not_known_ye\"", 14);
    scratch_write("written.ttl", text, length);
    free(text);
    assert_int_equal(presets_read_session(presets, player, path, &diagnostic), STATUS_OK);
    assert_true(player_get(player, CONTROL_OVERSAMPLING) == 1.0f);
    player_set(player, CONTROL_OVERSAMPLING, 2.0f);
    assert_true(presets_apply(presets, presets_find(presets, "tight"), player));
    assert_true(player_get(player, CONTROL_OVERSAMPLING) == 2.0f);
    assert_int_equal(unlink(path), 0);
}

static ino_t written(void) {
    struct stat status;
    return stat(session_file, &status) == 0 ? status.st_ino : 0;
}

static void the_last_session_is_kept_when_something_changed(void **state) {
    (void)state;
    Session session;
    session_begin(&session, presets, player, &notices);
    assert_false(session_restore(&session)); // there was none
    play_something();
    session.written = clock_now() + 1000.0; // just now, however long this test takes
    assert_true(session_poll(&session));
    assert_int_equal(written(), 0);
    session.written = clock_now() - 1000.0; // long ago
    assert_true(session_poll(&session));
    ino_t first = written();
    assert_int_not_equal(first, 0);
    assert_true(session.written > clock_now() - 999.0);
    session_write(&session); // nothing new
    assert_int_equal(written(), first);
    play_something_else();
    session_write(&session); // a file of its own, then renamed
    assert_int_not_equal(written(), first);
    play_something();
    session_write(&session);
    play_something_else();
    assert_true(session_restore(&session));
    assert_plays_something();
}

// A disk that was full, for instance: said once, and tried again although nothing is new.
static void what_could_not_be_written_is_written_later(void **state) {
    (void)state;
    Session session;
    setenv("XDG_STATE_HOME", scratch_path("blocked"), 1);
    scratch_write("blocked", "", 0); // no folder can be made there
    session_begin(&session, presets, player, &notices);
    play_something();
    unsigned said = notices.count;
    for (int i = 0; i < 3; i++) {
        session_write(&session);
    }
    assert_int_equal(notices.count, said + 1);
    assert_int_equal(unlink(scratch_path("blocked")), 0);
    session_write(&session);
    assert_int_equal(access(scratch_path("blocked/gruff/session.ttl"), R_OK), 0);
    assert_int_equal(notices.count, said + 1);
    play_something_else();
    assert_true(session_restore(&session));
    assert_plays_something();
    setenv("XDG_STATE_HOME", scratch_path("state"), 1);
}

static void without_a_home_it_is_not_kept(void **state) {
    (void)state;
    Session session;
    char home[512];
    snprintf(home, sizeof home, "%s", getenv("HOME"));
    unsetenv("XDG_STATE_HOME");
    unsetenv("HOME");
    session_begin(&session, presets, player, &notices);
    assert_string_equal(session.path, "");
    assert_non_null(strstr(notices_line(&notices, 0), "set HOME"));
    session_write(&session);
    assert_false(session_restore(&session));
    assert_false(presets_save(presets, player, "homeless"));
    setenv("HOME", home, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(they_are_listed_by_name, begin, end),
        cmocka_unit_test_setup_teardown(what_a_preset_does_not_say_stays, begin, end),
        cmocka_unit_test_setup_teardown(what_is_saved_comes_back, begin, end),
        cmocka_unit_test_setup_teardown(they_are_there_for_others, begin, end),
        cmocka_unit_test_setup_teardown(a_session_is_written_and_read_back, begin, end),
        cmocka_unit_test_setup_teardown(values_may_be_of_other_types, begin, end),
        cmocka_unit_test_setup_teardown(what_does_not_know_of_oversampling_has_none, begin, end),
        cmocka_unit_test_setup_teardown(the_last_session_is_kept_when_something_changed, begin,
                                        end),
        cmocka_unit_test_setup_teardown(what_could_not_be_written_is_written_later, begin, end),
        cmocka_unit_test_setup_teardown(without_a_home_it_is_not_kept, begin, end),
    };
    return cmocka_run_group_tests_name("presets", tests, make, scratch_end);
}
