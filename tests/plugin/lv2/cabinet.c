// SPDX-License-Identifier: ISC
// The plugin's cabinet: chosen by message, told, saved and restored.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "plugin/session/uris.h"
#include "tests/plugin/lv2/files.h"
#include "tests/plugin/lv2/host.h"
#include "tests/rig/sample_model.h"

enum { FRAMES = 20000 };

static float in[FRAMES], out[FRAMES], expected[FRAMES];

static Host *make_host(void) {
    return host_new(files_path("lv2/gruff.lv2"), SAMPLE_RATE, HOST_FULL);
}

static int make(void **state) {
    sample_signal(in, FRAMES, SAMPLE_RATE, 1);
    return files_make(state);
}

static void send_cabinet(Host *host, const char *path) {
    host_forget(host);
    host_send_file(host, GRUFF_CABINET_URI, path);
    assert_true(host_await_status(host));
}

static void a_file_is_what_it_holds(void **state) {
    (void)state;
    Host *host = make_host();
    assert_true(host_await_status(host));
    send_cabinet(host, files_path("other.json"));
    assert_string_equal(host_model(host), files_path("other.json"));
    assert_string_equal(host_cabinet(host), "");
    host_forget(host);
    host_send_model(host, files_path("cabinet.wav"));
    assert_true(host_await_status(host));
    assert_string_equal(host_cabinet(host), files_path("cabinet.wav"));
    assert_string_equal(host_model(host), files_path("other.json"));
    host_free(host);
}

static void a_cabinet_is_chosen_saved_and_taken_out(void **state) {
    (void)state;
    const char *folder = files_path("with-cabinet"), *cabinet = files_path("copy.wav");
    assert_int_equal(link(files_path("cabinet.wav"), cabinet), 0);
    Host *host = make_host();
    assert_true(host_await_status(host));
    assert_string_equal(host_cabinet(host), "");
    send_cabinet(host, cabinet);
    assert_string_equal(host_cabinet(host), cabinet);
    assert_non_null(strstr(host_status(host), "copy.wav"));
    assert_true(host_save(host, folder));
    send_cabinet(host, files_path("missing.wav"));
    assert_non_null(strstr(host_status(host), "missing.wav"));
    assert_string_equal(host_cabinet(host), cabinet); // the old one stays
    send_cabinet(host, "");
    assert_string_equal(host_cabinet(host), "");
    host_free(host);

    assert_int_equal(unlink(cabinet), 0); // with the file gone, the sound comes back at once
    host = make_host();
    assert_true(host_restore(host, folder, false));
    host_play(host, in, out, FRAMES, 64);
    files_play_model(DEFAULT_SEED, in, expected, FRAMES);
    for (int i = 0; i < FRAMES; i++) { // 0.6 and 0.8: of energy 1 already
        float wanted = 0.6f * expected[i] + (i >= 399 ? 0.8f * expected[i - 399] : 0.0f);
        assert_true(fabsf(out[i] - wanted) < 1e-5f);
    }
    assert_non_null(strstr(host_status(host), "the session's own copy plays"));
    host_free(host);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_what_it_holds),
        cmocka_unit_test(a_cabinet_is_chosen_saved_and_taken_out),
    };
    return cmocka_run_group_tests_name("lv2 cabinet", tests, make, files_remove);
}
