// SPDX-License-Identifier: ISC
// The loader: which files sound, what it remembers of them, what it tells.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "dsp/base/memory.h"
#include "dsp/files/models/model_file.h"
#include "plugin/session/loader.h"
#include "tests/rig/near.h"
#include "tests/rig/scratch.h"

enum { RATE = 48000, FADE = RATE / 50 };

// ---- A loader over a processor that plays constants ----

static Processor *processor;
static Loader *loader;
static char logged[3][8192]; // by LogLevel
static float out[2 * FADE];

static void log_line(void *data, LogLevel level, const char *text) {
    (void)data;
    size_t length = strlen(logged[level]);
    snprintf(logged[level] + length, sizeof logged[level] - length, "%s\n", text);
}

// A model whose output is `value`.
static void write_model(const char *name, float value) {
    Model *model = model_new();
    assert_int_equal(model_add_layer(model, LAYER_DENSE, ACTIVATION_LINEAR, 1, 1, NULL), STATUS_OK);
    model->sample_rate = RATE;
    model->layers[0].bias[0] = value;
    assert_int_equal(model_file_write(model, scratch_path(name), NULL), STATUS_OK);
    model_free(model);
}

static int make(void **state) {
    scratch_begin(state);
    write_model("one.json", 1.0f);
    write_model("two.json", 2.0f);
    scratch_write("bad.json", "{}", 2);
    scratch_audio("turned.wav", RATE, 1, (const float[]){-1.0f}, 1);
    return 0;
}

static int begin(void **state) {
    (void)state;
    assert_int_equal(processor_new(&processor, RATE, 1, NULL), STATUS_OK);
    processor_set(processor, CONTROL_DC_BLOCK, 0.0f);
    loader = loader_new(processor, RATE, 1, (LoaderLog){log_line, NULL});
    assert_non_null(loader);
    memset(logged, 0, sizeof logged);
    return 0;
}

static int end(void **state) {
    (void)state;
    loader_free(loader);
    processor_free(processor);
    return 0;
}

static void run(int frames) {
    static float silence[2 * FADE];
    processor_run(processor, (float *[]){out}, (const float *[]){silence}, frames);
}

// What sounds in the end.
static float level(void) {
    run(2 * FADE);
    return out[2 * FADE - 1];
}

static void assert_saved(FileKind kind, const char *path, bool has_content) {
    Content content;
    char *saved = loader_saved(loader, kind, &content);
    assert_int_equal(saved != NULL, path != NULL);
    if (saved) {
        assert_string_equal(saved, path);
    }
    assert_int_equal(content.bytes != NULL, has_content);
    content_clear(&content);
    memory_free(saved);
}

static void assert_notification(const char *model, const char *cabinet, const char *words) {
    const Notification *notification = loader_notification(loader);
    assert_non_null(notification);
    assert_string_equal(notification->paths[FILE_MODEL], model);
    assert_string_equal(notification->paths[FILE_CABINET], cabinet);
    assert_non_null(strstr(notification->status.text, words));
    assert_null(loader_notification(loader)); // told once
    loader_collect(loader);
}

// A copy: scratch_path forgets.
static const char *path_of(char path[512], const char *name) {
    snprintf(path, 512, "%s", scratch_path(name));
    return path;
}

static char one[512], two[512], bad[512], turned[512];

static void name_files(void) {
    path_of(one, "one.json");
    path_of(two, "two.json");
    path_of(bad, "bad.json");
    path_of(turned, "turned.wav");
}

// ---- Tests ----

static void at_once_or_through_a_fade(void **state) {
    (void)state;
    name_files();
    assert_int_equal(loader_load(loader, FILE_MODEL, one, true), STATUS_OK);
    run(1);
    assert_true(out[0] == 1.0f);
    assert_int_equal(loader_load(loader, FILE_MODEL, two, false), STATUS_OK);
    run(1);
    assert_true(out[0] > 1.0f && out[0] < 1.1f);
    assert_true(level() == 2.0f);
    assert_int_equal(loader_load(loader, FILE_CABINET, turned, true), STATUS_OK);
    run(1);
    assert_true(out[0] == -2.0f);
    assert_int_equal(loader_load(loader, FILE_CABINET, "", false), STATUS_OK); // out again
    run(1);
    assert_true(out[0] < -1.9f);
    assert_true(level() == 2.0f);
    assert_saved(FILE_CABINET, NULL, false);
}

static void a_file_is_what_it_holds(void **state) {
    (void)state;
    name_files();
    assert_int_equal(loader_load(loader, FILE_CABINET, one, true), STATUS_OK);
    assert_int_equal(loader_load(loader, FILE_MODEL, turned, true), STATUS_OK);
    assert_true(level() == -1.0f);
    assert_saved(FILE_MODEL, one, true);
    assert_saved(FILE_CABINET, turned, true);
    assert_notification(one, turned, "cabinet");
    assert_string_equal(logged[LOG_ERROR], "");
}

static void on_failure_the_old_one_stays(void **state) {
    (void)state;
    char longest[LOADER_PATH + 1];
    name_files();
    memset(longest, 'x', LOADER_PATH);
    longest[0] = '/';
    longest[LOADER_PATH] = '\0';
    assert_int_equal(loader_load(loader, FILE_MODEL, one, true), STATUS_OK);
    assert_notification(one, "", "one.json");
    const char *const failing[] = {bad, "/nowhere.json", longest};
    for (size_t i = 0; i < sizeof failing / sizeof *failing; i++) {
        assert_int_not_equal(loader_load(loader, FILE_MODEL, failing[i], true), STATUS_OK);
        assert_true(level() == 1.0f);
        assert_saved(FILE_MODEL, one, true);
        assert_notification(one, "", i == 2 ? "longer than" : strrchr(failing[i], '/'));
    }
    assert_non_null(strstr(logged[LOG_ERROR], "bad.json"));
}

static void a_step_goes_round_past_what_cannot_be_loaded(void **state) {
    (void)state;
    name_files();
    assert_int_not_equal(loader_step(loader, true), STATUS_OK); // from nowhere
    assert_notification("", "", "no model is loaded");
    assert_int_equal(loader_load(loader, FILE_MODEL, two, true), STATUS_OK);
    for (int forwards = 0; forwards < 2; forwards++) {
        memset(logged, 0, sizeof logged);
        assert_int_equal(loader_step(loader, forwards), STATUS_OK);
        run(1);
        assert_true(out[0] != 1.0f); // through a fade
        assert_true(level() == 1.0f);
        assert_int_equal(strstr(logged[LOG_WARNING], "passed over: ") != NULL, forwards);
        assert_notification(one, "", "one.json");
        loader_collect(loader);
        assert_int_equal(loader_load(loader, FILE_MODEL, two, true), STATUS_OK);
    }
}

// ---- Sessions ----

// The state of a session in which `path` played.
static Content saved_content(const char *path) {
    Content content = {0};
    assert_int_equal(content_of_model(&content, path, NULL), STATUS_OK);
    return content;
}

static void a_session_plays_its_own_copy(void **state) {
    (void)state;
    name_files();
    Content content = saved_content(two);
    // As it is today: nothing to say.
    assert_int_equal(loader_restore(loader, FILE_MODEL, two, &content, true), STATUS_OK);
    run(1);
    assert_true(out[0] == 2.0f);
    assert_string_equal(logged[LOG_WARNING], "");
    // The file is another one now.
    assert_int_equal(loader_restore(loader, FILE_MODEL, one, &content, true), STATUS_OK);
    run(1);
    assert_true(out[0] == 2.0f);
    assert_non_null(strstr(logged[LOG_WARNING], "one.json: has changed since"));
    assert_saved(FILE_MODEL, one, true);
    // The file is gone.
    memset(logged, 0, sizeof logged);
    assert_int_equal(loader_restore(loader, FILE_MODEL, "/gone.json", &content, true), STATUS_OK);
    run(1);
    assert_true(out[0] == 2.0f);
    assert_non_null(strstr(logged[LOG_WARNING], "own copy plays: /gone.json"));
    assert_saved(FILE_MODEL, "/gone.json", true);
    content_clear(&content);
}

static void without_a_copy_the_file_plays(void **state) {
    (void)state;
    name_files();
    assert_int_equal(loader_restore(loader, FILE_MODEL, one, &(Content){0}, true), STATUS_OK);
    run(1);
    assert_true(out[0] == 1.0f);
    assert_saved(FILE_MODEL, one, true);
}

// Saving again must not lose what could not be loaded today.
static void what_cannot_be_restored_is_saved_again(void **state) {
    (void)state;
    name_files();
    assert_int_equal(loader_load(loader, FILE_MODEL, one, true), STATUS_OK);
    Content content = saved_content(bad); // no model
    assert_int_not_equal(loader_restore(loader, FILE_MODEL, "/gone.json", &content, true),
                         STATUS_OK);
    assert_true(level() == 1.0f);
    assert_notification(one, "", "/gone.json");
    Content saved;
    char *path = loader_saved(loader, FILE_MODEL, &saved);
    assert_string_equal(path, "/gone.json");
    assert_true(content_same(&saved, &content));
    memory_free(path);
    content_clear(&saved);
    content_clear(&content);
}

// ---- Another processor ----

// What was read is what plays, and is handed on: the files may be gone by then.
static void files_are_read_once(void **state) {
    (void)state;
    name_files();
    write_model("gone.json", 3.0f);
    char gone[512];
    path_of(gone, "gone.json");
    assert_null(loader_model(loader));
    assert_int_equal(loader_load(loader, FILE_MODEL, gone, true), STATUS_OK);
    assert_int_equal(loader_load(loader, FILE_CABINET, turned, true), STATUS_OK);
    const Model *model = loader_model(loader);
    assert_true(model->layers[0].bias[0] == 3.0f);
    assert_int_equal(unlink(gone), 0);
    memset(logged, 0, sizeof logged);
    Processor *other = NULL;
    assert_int_equal(processor_new(&other, 2.0 * RATE, 1, NULL), STATUS_OK);
    processor_set(other, CONTROL_DC_BLOCK, 0.0f);
    assert_int_equal(loader_move(loader, other, 2.0 * RATE), STATUS_OK);
    processor_free(processor);
    processor = other;
    float first = level();
    assert_true(first < -2.0f); // the cabinet's response is another one at this rate
    assert_ptr_equal(loader_model(loader), model);
    assert_saved(FILE_MODEL, gone, true);
    assert_non_null(strstr(logged[LOG_NOTE], "gone.json: hidden size"));
    assert_non_null(strstr(logged[LOG_NOTE], "made for 48000 Hz: at 96000 Hz"));
    assert_non_null(strstr(logged[LOG_NOTE], "cabinet"));
    // What comes next goes there, too.
    assert_int_equal(loader_load(loader, FILE_MODEL, two, true), STATUS_OK);
    assert_near(level(), first * 2.0f / 3.0f, 1e-4f);
    assert_true(loader_model(loader)->layers[0].bias[0] == 2.0f);
}

static void where_nothing_can_be_moved_the_old_one_stays(void **state) {
    (void)state;
    name_files();
    assert_int_equal(loader_load(loader, FILE_MODEL, one, true), STATUS_OK);
    Processor *other = NULL;
    assert_int_equal(processor_new(&other, RATE, 1, NULL), STATUS_OK);
    assert_int_not_equal(loader_move(loader, other, 1e7), STATUS_OK); // too far from the model's
    assert_non_null(strstr(logged[LOG_ERROR], "one.json"));
    processor_free(other);
    assert_int_equal(loader_load(loader, FILE_MODEL, two, true), STATUS_OK);
    run(1);
    assert_true(out[0] == 2.0f);
}

// A failed loading leaves the model that sounds.
static void the_model_is_that_which_sounds(void **state) {
    (void)state;
    name_files();
    assert_int_equal(loader_load(loader, FILE_MODEL, one, true), STATUS_OK);
    assert_int_not_equal(loader_load(loader, FILE_MODEL, bad, true), STATUS_OK);
    assert_true(loader_model(loader)->layers[0].bias[0] == 1.0f);
}

// ---- Notifications, and what has retired ----

static void news_waits_for_room_and_the_latest_counts(void **state) {
    (void)state;
    name_files();
    assert_null(loader_notification(loader));
    assert_int_equal(loader_load(loader, FILE_MODEL, one, true), STATUS_OK);
    assert_int_equal(loader_load(loader, FILE_MODEL, two, true), STATUS_OK);
    const Notification *notification = loader_notification(loader); // of the second alone
    assert_string_equal(notification->paths[FILE_MODEL], two);
    assert_null(loader_notification(loader));
    assert_false(loader_has_retired(loader));
    assert_int_equal(loader_load(loader, FILE_MODEL, one, true), STATUS_OK);
    notification = loader_notification(loader);
    assert_string_equal(notification->paths[FILE_MODEL], one);
    assert_true(loader_has_retired(loader)); // the notification before
    loader_collect(loader);
    assert_false(loader_has_retired(loader));
    assert_string_equal(notification->paths[FILE_MODEL], one); // still there
}

static void what_sounded_is_retired_until_it_is_collected(void **state) {
    (void)state;
    name_files();
    assert_int_equal(loader_load(loader, FILE_MODEL, one, true), STATUS_OK);
    assert_int_equal(loader_load(loader, FILE_MODEL, two, false), STATUS_OK);
    assert_true(level() == 2.0f);
    assert_true(loader_has_retired(loader));
    loader_collect(loader);
    assert_false(loader_has_retired(loader));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(at_once_or_through_a_fade, begin, end),
        cmocka_unit_test_setup_teardown(a_file_is_what_it_holds, begin, end),
        cmocka_unit_test_setup_teardown(on_failure_the_old_one_stays, begin, end),
        cmocka_unit_test_setup_teardown(a_step_goes_round_past_what_cannot_be_loaded, begin, end),
        cmocka_unit_test_setup_teardown(a_session_plays_its_own_copy, begin, end),
        cmocka_unit_test_setup_teardown(without_a_copy_the_file_plays, begin, end),
        cmocka_unit_test_setup_teardown(what_cannot_be_restored_is_saved_again, begin, end),
        cmocka_unit_test_setup_teardown(files_are_read_once, begin, end),
        cmocka_unit_test_setup_teardown(where_nothing_can_be_moved_the_old_one_stays, begin, end),
        cmocka_unit_test_setup_teardown(the_model_is_that_which_sounds, begin, end),
        cmocka_unit_test_setup_teardown(news_waits_for_room_and_the_latest_counts, begin, end),
        cmocka_unit_test_setup_teardown(what_sounded_is_retired_until_it_is_collected, begin, end),
    };
    return cmocka_run_group_tests_name("loader", tests, make, scratch_end);
}
