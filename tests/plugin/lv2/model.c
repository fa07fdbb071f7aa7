// SPDX-License-Identifier: ISC
// The plugin's model: chosen by message, told, saved and restored.
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
#include "tests/rig/sample_model.h"

enum { FRAMES = 20000, FADE = SAMPLE_RATE / 50 };

static float in[FRAMES], out[FRAMES], expected[FRAMES];

// After a second of silence an engine's past is forgotten as far as a float can tell... but for the
// last bits, hence a tolerance.
static void assert_plays(Host *host, unsigned seed) {
    static float silence[SAMPLE_RATE];
    memset(silence, 0, sizeof silence);
    host_play(host, silence, silence, SAMPLE_RATE, 256);
    host_play(host, in, out, FRAMES, 64);
    Engine *engine = sample_engine_new(SAMPLE_HIDDEN, seed, 1);
    memset(silence, 0, sizeof silence);
    float *quiet[1] = {silence};
    engine_run(engine, quiet, (const float *const *)quiet, SAMPLE_RATE);
    float *to[1] = {expected};
    const float *from[1] = {in};
    engine_run(engine, to, from, FRAMES);
    engine_free(engine);
    for (int i = 0; i < FRAMES; i++) {
        if (!(fabsf(out[i] - expected[i]) < 1e-5f)) {
            print_error("sample %d: %g, not %g\n", i, out[i], expected[i]);
            fail();
        }
    }
}

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

// News of an earlier load, in the same cycle, does not hide that a later one was refused.
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
    assert_float_equal(host_output(host, PORT_CONVERSION), RATE_RESAMPLED, 0.0);
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

// ---- State ----

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
        cmocka_unit_test(tells_the_default_model_and_answers_get),
        cmocka_unit_test(plays_the_model_that_a_message_names),
        cmocka_unit_test(many_loads_end_with_the_last),
        cmocka_unit_test(a_refusal_is_told_beside_news),
        cmocka_unit_test(tells_that_rates_differ),
        cmocka_unit_test(plays_but_doubts_what_fails_its_own_test),
        cmocka_unit_test(says_why_it_cannot_load),
        cmocka_unit_test(malformed_messages_do_nothing),
        cmocka_unit_test(state_brings_back_model_and_controls),
        cmocka_unit_test(saving_again_names_the_file_itself),
        cmocka_unit_test(a_session_can_be_moved),
        cmocka_unit_test(state_brings_back_controls),
        cmocka_unit_test(state_is_restored_while_playing),
        cmocka_unit_test(a_session_plays_without_its_file),
        cmocka_unit_test(a_changed_file_does_not_change_the_session),
        cmocka_unit_test(damaged_content_is_not_used),
    };
    return cmocka_run_group_tests_name("lv2 model", tests, make, files_remove);
}
