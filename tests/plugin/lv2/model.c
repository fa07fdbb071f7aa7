// SPDX-License-Identifier: ISC
// The plugin's model: chosen by message, and told.
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
#include "tests/rig/near.h"
#include "tests/rig/sample_model.h"

enum { FRAMES = 20000 };

static float in[FRAMES], out[FRAMES];

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

// ---- Messages ----

static void tells_the_default_model_and_answers_get(void **state) {
    (void)state;
    Host *host = make_host(HOST_FULL);
    assert_true(host_await_status(host));
    assert_string_equal(host_model(host), default_path());
    host_forget(host);
    host_run(host, in, out, 64);
    assert_string_equal(host_model(host), ""); // told once
    host_send_get(host);
    host_run(host, in, out, 64);
    assert_string_equal(host_model(host), default_path());
    assert_non_null(strstr(host_status(host), "hidden size 12"));
    host_free(host);
}

// A Get of one property is answered with that one.
static void tells_what_is_asked_for(void **state) {
    (void)state;
    static const char *const properties[] = {GRUFF_MODEL_URI, GRUFF_CABINET_URI, GRUFF_STATUS_URI};
    Host *host = make_host(HOST_FULL);
    assert_true(host_await_status(host));
    for (int i = 0; i < 3; i++) {
        struct {
            LV2_Atom_Object object;
            LV2_Atom_Property_Body property;
            LV2_URID value;
            uint32_t pad;
        } get = {
            {{sizeof get - sizeof(LV2_Atom), host_urid(host, LV2_ATOM__Object)},
             {0, host_urid(host, LV2_PATCH__Get)}},
            {host_urid(host, LV2_PATCH__property), 0, {4, host_urid(host, LV2_ATOM__URID)}},
            host_urid(host, properties[i]),
            0,
        };
        host_forget(host);
        host_send_raw(host, &get, sizeof get);
        host_run(host, in, out, 64);
        assert_string_equal(host_model(host), i == 0 ? default_path() : "");
        assert_int_equal(host_status(host)[0] != '\0', i == 2);
    }
    host_free(host);
}

static void plays_the_model_that_a_message_names(void **state) {
    (void)state;
    static const unsigned kinds[] = {HOST_FULL, HOST_FULL | HOST_THREAD};
    for (int i = 0; i < 2; i++) {
        Host *host = make_host(kinds[i]);
        host_play(host, in, out, FRAMES, 64);
        host_forget(host);
        host_send_model(host, files_path("other.json"));
        assert_true(host_await_status(host));
        assert_string_equal(host_model(host), files_path("other.json"));
        assert_plays(host, OTHER_SEED);
        host_free(host);
    }
}

static void many_loads_end_with_the_last(void **state) {
    (void)state;
    Host *host = make_host(HOST_FULL | HOST_THREAD);
    for (int i = 0; i < 300; i++) {
        host_send_model(host, i % 2 ? files_path("other.json") : default_path());
        host_play(host, in, out, 500, 0);
    }
    do { // the worker may be too far behind to take it
        host_forget(host);
        host_send_model(host, files_path("other.json"));
        host_run(host, in, out, 64);
    } while (strstr(host_status(host), "busy"));
    do { // every load has an answer, and the last answer is the last load's
        host_forget(host);
    } while (host_await_status(host));
    host_send_get(host);
    host_run(host, in, out, 64);
    assert_string_equal(host_model(host), files_path("other.json"));
    assert_plays(host, OTHER_SEED);
    host_free(host);
}

// A notification of an earlier load, in the same cycle, does not hide that a later one was refused.
static void a_refusal_is_told_beside_news(void **state) {
    (void)state;
    Host *host = make_host(HOST_FULL);
    while (host_await_status(host)) {
        host_forget(host);
    }
    host_send_model(host, files_path("other.json"));
    host_run(host, in, out, 64); // after it the worker loads
    assert_string_equal(host_model(host), "");
    host_set_busy(host, true);
    host_send_model(host, default_path());
    host_run(host, in, out, 64);
    assert_non_null(strstr(host_status(host), "busy"));
    assert_string_equal(host_model(host), files_path("other.json"));
    host_free(host);
}

static void tells_that_rates_differ(void **state) {
    (void)state;
    Host *host = make_host(HOST_FULL);
    assert_true(host_await_status(host));
    host_forget(host);
    host_send_model(host, files_path("slow.json"));
    assert_true(host_await_status(host));
    assert_non_null(strstr(host_status(host), "44100"));
    assert_non_null(strstr(host_log(host), "44100"));
    host_free(host);
}

static void plays_but_doubts_what_fails_its_own_test(void **state) {
    (void)state;
    Host *host = make_host(HOST_FULL);
    assert_true(host_await_status(host));
    host_forget(host);
    host_send_model(host, files_path("doubtful.json"));
    assert_true(host_await_status(host));
    assert_string_equal(host_model(host), files_path("doubtful.json"));
    assert_non_null(strstr(host_status(host), "doubtful.json: self-test FAILED"));
    assert_non_null(strstr(host_status(host), "44100")); // one warning does not hide the other
    assert_non_null(strstr(host_log(host), "self-test FAILED"));
    host_play(host, in, out, FRAMES, 64);
    float peak = 0.0f;
    for (int i = FRAMES / 2; i < FRAMES; i++) {
        peak = fmaxf(peak, fabsf(out[i]));
    }
    assert_true(peak > 0.01f && peak < 10.0f);
    assert_true(host_output(host, PORT_LATENCY) > 0.0f); // it is resampled
    assert_near(host_output(host, PORT_CONVERSION), RATE_RESAMPLED, 0.0);
    host_free(host);
}

static void says_why_it_cannot_load(void **state) {
    (void)state;
    char longest[6000];
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = 0;
    const struct {
        unsigned flags;
        const char *path, *told;
    } cases[] = {{HOST_MAP | HOST_MESSAGES, "/x", "no worker"},
                 {HOST_FULL | HOST_BUSY, "/x", "busy"},
                 {HOST_FULL, longest, "too long"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Host *host = make_host(cases[i].flags);
        assert_true(host_await_status(host));
        host_forget(host);
        host_send_model(host, cases[i].path);
        host_run(host, in, out, 64);
        assert_non_null(strstr(host_status(host), cases[i].told));
        assert_string_equal(host_model(host), default_path());
        host_free(host);
    }
}

// patch:Set messages that are wrong in one way each.
static void malformed_messages_do_nothing(void **state) {
    (void)state;
    Host *host = make_host(HOST_FULL);
    assert_true(host_await_status(host));
    host_forget(host);
    struct {
        LV2_Atom_Object object;
        LV2_Atom_Property_Body property;
        uint32_t property_value, pad;
        LV2_Atom_Property_Body value;
        char text[8];
    } good = {
        {{sizeof good - sizeof(LV2_Atom), host_urid(host, LV2_ATOM__Object)},
         {0, host_urid(host, LV2_PATCH__Set)}},
        {host_urid(host, LV2_PATCH__property), 0, {4, host_urid(host, LV2_ATOM__URID)}},
        host_urid(host, GRUFF_MODEL_URI),
        0,
        {host_urid(host, LV2_PATCH__value), 0, {3, host_urid(host, LV2_ATOM__Path)}},
        "/x",
    };
    for (int i = 0; i < 7; i++) {
        __typeof__(good) bad = good;
        switch (i) {
        case 0:
            memcpy(bad.text, "/xyzabcd", 8); // no final zero
            bad.value.value.size = 8;
            break;
        case 1:
            bad.value.value.size = 0;
            break;
        case 2:
            bad.value.value.type = host_urid(host, LV2_ATOM__Int);
            break;
        case 3:
            bad.property_value = host_urid(host, GRUFF_STATUS_URI); // cannot be written
            break;
        case 4:
            bad.property.key = 0; // no property
            break;
        case 5:
            bad.object.atom.size = sizeof(LV2_Atom_Object_Body); // empty
            break;
        default:
            bad.object.atom.type = host_urid(host, LV2_ATOM__Int);
            break;
        }
        host_send_raw(host, &bad, sizeof bad);
        host_play(host, in, out, 640, 64);
        assert_string_equal(host_status(host), "");
    }
    host_send_raw(host, &good, sizeof good);
    assert_true(host_await_status(host)); // the good one is heard: there is no /x
    assert_non_null(strstr(host_status(host), "/x"));
    host_free(host);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_the_default_model_and_answers_get),
        cmocka_unit_test(tells_what_is_asked_for),
        cmocka_unit_test(plays_the_model_that_a_message_names),
        cmocka_unit_test(many_loads_end_with_the_last),
        cmocka_unit_test(a_refusal_is_told_beside_news),
        cmocka_unit_test(tells_that_rates_differ),
        cmocka_unit_test(plays_but_doubts_what_fails_its_own_test),
        cmocka_unit_test(says_why_it_cannot_load),
        cmocka_unit_test(malformed_messages_do_nothing),
    };
    return cmocka_run_group_tests_name("lv2 model", tests, make, files_remove);
}
