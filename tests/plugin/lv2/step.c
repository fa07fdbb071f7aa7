// SPDX-License-Identifier: ISC
// The previous and next model of the folder, by the momentary ports.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "plugin/lv2/amp.h"
#include "tests/plugin/lv2/files.h"
#include "tests/plugin/lv2/host.h"

static unsigned kind;
static float silence[64];

// models/ holds "a.json", "B.NAM" (all the same model), "b.json" (half a file), "c.json" (a
// folder), "d.aidax", and what is no model by its name; alone/ one model, worse/ one and a bad one.
static int make(void **state) {
    static const char *const links[][2] = {
        {"other.json", "models/a.json"},     {"other.json", "models/B.NAM"},
        {"truncated.json", "models/b.json"}, {"other.json", "models/d.aidax"},
        {"other.json", "models/e.json.old"}, {"cabinet.wav", "models/f.wav"},
        {"other.json", "alone/only.json"},   {"other.json", "worse/good.json"},
        {"nan.json", "worse/bad.json"},      {"other.json", "lost/gone.json"}};
    files_make(state);
    mkdir(files_path("models"), 0777);
    mkdir(files_path("models/c.json"), 0777);
    mkdir(files_path("alone"), 0777);
    mkdir(files_path("worse"), 0777);
    mkdir(files_path("lost"), 0777);
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        assert_int_equal(link(files_path(links[i][0]), files_path(links[i][1])), 0);
    }
    return 0;
}

static Host *make_host(const char *model) {
    Host *host = host_new(files_path("lv2/gruff.lv2"), SAMPLE_RATE, HOST_FULL | kind);
    assert_true(host_await_status(host));
    if (model) {
        host_forget(host);
        host_send_model(host, files_path(model));
        assert_true(host_await_status(host));
        assert_string_equal(host_model(host), files_path(model));
    }
    host_forget(host);
    return host;
}

static void press(Host *host, unsigned port) {
    host_forget(host);
    host_press(host, port, true);
    host_run(host, silence, silence, 64);
    assert_true(host_await_status(host));
    host_press(host, port, false);
    host_run(host, silence, silence, 64);
}

static void assert_goes(Host *host, unsigned port, const char *name) {
    press(host, port);
    assert_string_equal(host_model(host), files_path(name));
    assert_non_null(strstr(host_status(host), "hidden size 12"));
}

static void goes_round_past_bad_files(void **state) {
    (void)state;
    Host *host = make_host("models/a.json");
    assert_goes(host, PORT_NEXT, "models/d.aidax");
    assert_non_null(strstr(host_log(host), "passed over"));
    assert_non_null(strstr(host_log(host), "models/b.json"));
    assert_non_null(strstr(host_log(host), "models/c.json"));
    assert_null(strstr(host_log(host), "e.json.old"));
    assert_null(strstr(host_log(host), "f.wav"));
    assert_goes(host, PORT_NEXT, "models/B.NAM");
    assert_goes(host, PORT_NEXT, "models/a.json");
    assert_goes(host, PORT_PREVIOUS, "models/B.NAM");
    assert_goes(host, PORT_PREVIOUS, "models/d.aidax");
    assert_goes(host, PORT_PREVIOUS, "models/a.json");
    host_free(host);
}

static void a_press_counts_once(void **state) {
    (void)state;
    Host *host = make_host("models/a.json");
    host_press(host, PORT_NEXT, true);
    assert_true(host_await_status(host));
    host_forget(host);
    host_play(host, silence, silence, 64, 1);
    assert_string_equal(host_status(host), "");
    host_free(host);
}

static void what_was_down_at_the_start_is_no_press(void **state) {
    (void)state;
    Host *host = make_host("models/a.json");
    host_press(host, PORT_NEXT, true);
    host_start_anew(host);
    host_play(host, silence, silence, 64, 1);
    assert_string_equal(host_status(host), "");
    host_press(host, PORT_NEXT, false);
    host_run(host, silence, silence, 64);
    assert_goes(host, PORT_NEXT, "models/d.aidax");
    host_free(host);
}

static void says_when_there_is_no_other(void **state) {
    (void)state;
    static const char *const cases[][2] = {{"alone/only.json", "no other model is there"},
                                           {"worse/good.json", "none of the other models"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Host *host = make_host(cases[i][0]);
        press(host, PORT_NEXT);
        assert_non_null(strstr(host_status(host), cases[i][1]));
        assert_non_null(strstr(host_log(host), cases[i][1]));
        assert_string_equal(host_model(host), files_path(cases[i][0]));
        host_free(host);
    }
}

static void says_why_it_cannot(void **state) {
    (void)state;
    const struct {
        const char *bundle;
        unsigned flags;
        const char *told;
    } cases[] = {{"bare/gruff.lv2", HOST_FULL, "no model is loaded"},
                 {"lv2/gruff.lv2", HOST_MAP | HOST_MESSAGES, "no worker"},
                 {"lv2/gruff.lv2", HOST_FULL | HOST_BUSY, "busy"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Host *host = host_new(files_path(cases[i].bundle), SAMPLE_RATE, cases[i].flags | kind);
        assert_true(host_await_status(host));
        press(host, PORT_PREVIOUS);
        assert_non_null(strstr(host_status(host), cases[i].told));
        host_free(host);
    }
}

// The file is gone, its neighbours are not; then the whole folder is.
static void goes_on_from_a_file_that_is_gone(void **state) {
    (void)state;
    Host *host = make_host("lost/gone.json");
    assert_int_equal(link(files_path("other.json"), files_path("lost/a.json")), 0);
    assert_int_equal(link(files_path("other.json"), files_path("lost/z.json")), 0);
    assert_int_equal(unlink(files_path("lost/gone.json")), 0);
    assert_goes(host, PORT_NEXT, "lost/z.json");
    host_forget(host);
    host_free(host);
    assert_int_equal(link(files_path("other.json"), files_path("lost/gone.json")), 0);
    host = make_host("lost/gone.json");
    assert_int_equal(unlink(files_path("lost/gone.json")), 0);
    assert_goes(host, PORT_PREVIOUS, "lost/a.json");
    assert_int_equal(unlink(files_path("lost/a.json")), 0);
    assert_int_equal(unlink(files_path("lost/z.json")), 0);
    assert_int_equal(rmdir(files_path("lost")), 0);
    press(host, PORT_NEXT);
    assert_non_null(strstr(host_status(host), "cannot be read"));
    assert_int_equal(mkdir(files_path("lost"), 0777), 0);
    assert_int_equal(link(files_path("other.json"), files_path("lost/gone.json")), 0);
    host_free(host);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(goes_round_past_bad_files),
        cmocka_unit_test(a_press_counts_once),
        cmocka_unit_test(what_was_down_at_the_start_is_no_press),
        cmocka_unit_test(says_when_there_is_no_other),
        cmocka_unit_test(says_why_it_cannot),
        cmocka_unit_test(goes_on_from_a_file_that_is_gone),
    };
    int failures = cmocka_run_group_tests_name("lv2 step", tests, make, files_remove);
    kind = HOST_STEREO;
    return failures + cmocka_run_group_tests_name("lv2 step, stereo", tests, make, files_remove);
}
