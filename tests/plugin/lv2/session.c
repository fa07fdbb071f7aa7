// SPDX-License-Identifier: ISC
// Saved sessions through lilv: what comes back, with the files, without them, moved.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <lv2/atom/atom.h>
#include <lv2/patch/patch.h>

#include "plugin/lv2/amp.h"
#include "tests/plugin/lv2/files.h"
#include "tests/plugin/lv2/host.h"
#include "tests/plugin/lv2/playing.h"
#include "tests/rig/sample_model.h"

enum { FRAMES = 20000, FADE = SAMPLE_RATE / 50 };

static float in[FRAMES], out[FRAMES], expected[FRAMES];

static Host *make_host(unsigned flags) {
    return host_new(files_path("lv2/gruff.lv2"), SAMPLE_RATE, flags);
}

static const char *default_path(void) {
    return files_path(FILES_DEFAULT);
}

static int make(void **state) {
    sample_signal(in, FRAMES, SAMPLE_RATE, 1);
    return files_make(state);
}

static void save_chosen(const char *model, const char *folder) {
    Host *host = make_host(HOST_FULL);
    assert_true(host_await_status(host));
    host_forget(host);
    host_send_model(host, model);
    assert_true(host_await_status(host));
    host_set(host, CONTROL_OUTPUT, 0.5f);
    host_set(host, CONTROL_INPUT, -0.5f);
    assert_true(host_save(host, folder));
    host_free(host);
}

// A host with what save_chosen saved in `folder`; its levels are back at 0 dB.
static Host *restored(const char *folder) {
    Host *host = make_host(HOST_FULL);
    assert_true(host_restore(host, folder, false));
    host_set(host, CONTROL_OUTPUT, 0.0f);
    host_set(host, CONTROL_INPUT, 0.0f);
    return host;
}

// Without a fade: the same bytes.
static void assert_plays_other_at_once(Host *host) {
    host_play(host, in, out, FRAMES, 64);
    files_play_model(OTHER_SEED, in, expected, FRAMES);
    assert_memory_equal(out, expected, sizeof out);
}

static void state_brings_back_model_and_controls(void **state) {
    (void)state;
    const char *folder = files_path("saved");
    save_chosen(files_path("other.json"), folder);
    Host *host = restored(folder);
    assert_plays_other_at_once(host);
    assert_non_null(strstr(host_model(host), "other.json"));
    host_free(host);
}

// lilv puts a link beside the state. A link to a link would be one deeper at every saving.
static void saving_again_names_the_file_itself(void **state) {
    (void)state;
    save_chosen(files_path("other.json"), files_path("first"));
    Host *host = make_host(HOST_FULL);
    assert_true(host_restore(host, files_path("first"), false));
    host_run(host, in, out, 64);
    assert_string_equal(host_model(host), files_path("other.json"));
    host_free(host);
}

// The session goes to another folder, with its links; then the model goes, too.
static void a_session_can_be_moved(void **state) {
    (void)state;
    const char *model = files_path("travels.json"), *moved = files_path("there");
    assert_int_equal(link(files_path("other.json"), model), 0);
    save_chosen(model, files_path("here"));
    assert_int_equal(rename(files_path("here"), moved), 0);
    for (int i = 0; i < 2; i++) {
        Host *host = restored(moved);
        assert_plays_other_at_once(host);
        assert_int_equal(strstr(host_status(host), "copy plays") != NULL, i == 1);
        host_free(host);
        if (i == 0) {
            assert_int_equal(rename(model, files_path("gone.json")), 0);
        }
    }
}

static void state_brings_back_controls(void **state) {
    (void)state;
    const char *folder = files_path("controls");
    save_chosen(default_path(), folder);
    Host *host = make_host(0 | HOST_MAP);
    assert_true(host_restore(host, folder, false));
    host_play(host, in, out, FRAMES, 64);
    Host *direct = make_host(HOST_MAP);
    host_set(direct, CONTROL_OUTPUT, 0.5f);
    host_set(direct, CONTROL_INPUT, -0.5f);
    host_play(direct, in, expected, FRAMES, 64);
    assert_memory_equal(out, expected, sizeof out);
    host_free(direct);
    host_free(host);
}

static void state_is_restored_while_playing(void **state) {
    (void)state;
    const char *folder = files_path("live");
    save_chosen(files_path("other.json"), folder);
    static const unsigned kinds[] = {HOST_FULL, HOST_MAP};
    for (int i = 0; i < 2; i++) {
        Host *host = make_host(kinds[i]);
        host_play(host, in, out, FRAMES, 64);
        for (int again = 0; again < 5; again++) {
            assert_true(host_restore(host, folder, true));
            host_play(host, in, out, 2 * FADE, 64);
        }
        host_set(host, CONTROL_OUTPUT, 0.0f);
        host_set(host, CONTROL_INPUT, 0.0f);
        assert_plays(host, OTHER_SEED);
        host_free(host);
    }
}

static void assert_saved(const char *folder, const char *words, bool there) {
    static char text[1 << 20];
    char path[600];
    snprintf(path, sizeof path, "%s/state.ttl", folder);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t length = fread(text, 1, sizeof text - 1, file);
    assert_true(length > 0 && length < sizeof text - 1);
    text[length] = 0;
    fclose(file);
    assert_int_equal(strstr(text, words) != NULL, there);
}

// The file is gone: the session's own copy plays, at once, and the path is kept.
static void a_session_plays_without_its_file(void **state) {
    (void)state;
    const char *folder = files_path("lost");
    const char *model = files_path("lost.json");
    assert_int_equal(link(files_path("other.json"), model), 0);
    save_chosen(model, folder);
    assert_saved(folder, "modelData", true);
    assert_int_equal(unlink(model), 0);
    for (int again = 0; again < 2; again++) {
        Host *host = restored(folder);
        assert_plays_other_at_once(host);
        assert_non_null(strstr(host_status(host), "the session's own copy plays"));
        assert_non_null(strstr(host_status(host), "lost.json"));
        assert_non_null(strstr(host_log(host), "lost.json"));
        assert_non_null(strstr(host_model(host), "lost.json"));
        folder = files_path("lost-again");
        assert_true(host_save(host, folder));
        host_free(host);
        assert_saved(folder, "lost.json", true);
    }
}

// Another model under the same name is not what the session was saved with.
static void a_changed_file_does_not_change_the_session(void **state) {
    (void)state;
    const char *folder = files_path("changed"), *model = files_path("changed.json");
    assert_int_equal(link(files_path("other.json"), model), 0);
    save_chosen(model, folder);
    assert_int_equal(unlink(model), 0);
    assert_int_equal(link(default_path(), model), 0);
    Host *host = restored(folder);
    assert_true(host_await_status(host));
    assert_non_null(strstr(host_status(host), "has changed since the session was saved"));
    assert_plays(host, OTHER_SEED);
    host_free(host);
}

// Damaged content, as after a slip of an editor: the file counts.
static void damaged_content_is_not_used(void **state) {
    (void)state;
    const char *folder = files_path("damaged");
    char path[600], line[1 << 16];
    save_chosen(files_path("other.json"), folder);
    snprintf(path, sizeof path, "%s/state.ttl", folder);
    FILE *from = fopen(path, "r"), *to = fopen(files_path("damaged.ttl"), "w");
    while (fgets(line, sizeof line, from)) {
        char *data = strstr(line, "modelData> \"");
        if (data) {
            char *digit = data + strlen("modelData> \"") + 20;
            *digit = *digit == 'A' ? 'B' : 'A';
        }
        fputs(line, to);
    }
    fclose(from);
    fclose(to);
    assert_int_equal(rename(files_path("damaged.ttl"), path), 0);
    Host *host = restored(folder);
    assert_plays_other_at_once(host);
    assert_null(strstr(host_status(host), "copy"));
    host_free(host);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(state_brings_back_model_and_controls),
        cmocka_unit_test(saving_again_names_the_file_itself),
        cmocka_unit_test(a_session_can_be_moved),
        cmocka_unit_test(state_brings_back_controls),
        cmocka_unit_test(state_is_restored_while_playing),
        cmocka_unit_test(a_session_plays_without_its_file),
        cmocka_unit_test(a_changed_file_does_not_change_the_session),
        cmocka_unit_test(damaged_content_is_not_used),
    };
    return cmocka_run_group_tests_name("lv2 session", tests, make, files_remove);
}
