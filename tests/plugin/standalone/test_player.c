// SPDX-License-Identifier: ISC
// The player: controls, files and meters through the starts and ends of a backend.
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

#include "dsp/chain/meters.h"
#include "dsp/files/models/model_file.h"
#include "plugin/standalone/player.h"
#include "tests/plugin/standalone/fake_backend.h"
#include "tests/rig/near.h"
#include "tests/rig/scratch.h"

enum { RATE = 48000, FRAMES = 4800 };

static Notices notices;
static Player *player;
static float in[FRAMES], out[FRAMES];

// A model of `rate` Hz whose output is `gain` times its input.
static void write_model(const char *name, float gain, double rate) {
    Model *model = model_new();
    assert_int_equal(model_add_layer(model, LAYER_DENSE, ACTIVATION_LINEAR, 1, 1, NULL), STATUS_OK);
    model->sample_rate = rate;
    model->layers[0].kernel[0] = gain;
    assert_int_equal(model_file_write(model, scratch_path(name), NULL), STATUS_OK);
    model_free(model);
}

static int make(void **state) {
    scratch_begin(state);
    write_model("half.json", 0.5f, RATE);
    write_model("double.json", 2.0f, RATE);
    scratch_audio("turned.wav", RATE, 1, (const float[]){-1.0f}, 1);
    return 0;
}

static int begin(void **state) {
    (void)state;
    memset(&notices, 0, sizeof notices);
    notices_hold(&notices);
    fake_begin(RATE);
    assert_int_equal(player_new(&player, &fake_setup, &notices, NULL), STATUS_OK);
    player_set(player, CONTROL_DC_BLOCK, 0.0f);
    return 0;
}

static int end(void **state) {
    (void)state;
    player_free(player);
    return 0;
}

// What comes out of a constant in the end, as a share of it.
static float gain(void) {
    for (int i = 0; i < FRAMES; i++) {
        in[i] = 0.25f;
    }
    fake_play(out, in, FRAMES);
    return out[FRAMES - 1] / 0.25f;
}

static void controls_are_held_to_their_range_and_heard(void **state) {
    (void)state;
    assert_true(player_get(player, CONTROL_BASS) == controls[CONTROL_BASS].initial);
    player_set(player, CONTROL_OUTPUT, 1000.0f);
    assert_true(player_get(player, CONTROL_OUTPUT) == controls[CONTROL_OUTPUT].maximum);
    player_set(player, CONTROL_OUTPUT, NAN);
    assert_true(player_get(player, CONTROL_OUTPUT) == controls[CONTROL_OUTPUT].initial);
    player_set(player, CONTROL_OUTPUT, -6.0f);
    assert_int_equal(player_start(player, NULL), STATUS_OK);
    assert_near(gain(), pow(10.0, -6.0 / 20.0), 1e-5);
}

// Before the first start and while it plays; a path that is relative is kept from the root.
static void files_are_loaded_at_any_time(void **state) {
    (void)state;
    char here[4096], expected[4200];
    assert_non_null(getcwd(here, sizeof here));
    assert_int_equal(chdir(scratch_path(".")), 0);
    assert_true(player_load(player, FILE_MODEL, "half.json"));
    assert_non_null(getcwd(expected, sizeof expected - 32));
    strcat(expected, "/half.json");
    assert_string_equal(player_path(player, FILE_MODEL), expected);
    assert_int_equal(chdir(here), 0);
    assert_int_equal(player_start(player, NULL), STATUS_OK);
    assert_near(gain(), 0.5, 1e-6);
    assert_true(player_load(player, FILE_CABINET, scratch_path("turned.wav")));
    assert_near(gain(), -0.5, 1e-6);
    assert_true(player_step(player, false)); // double.json
    assert_near(gain(), -1.0 * 2.0, 1e-6);
    assert_true(player_model(player)->layers[0].kernel[0] == 2.0f);
    assert_true(player_load(player, FILE_CABINET, ""));
    assert_string_equal(player_path(player, FILE_CABINET), "");
    assert_near(gain(), 2.0, 1e-6);
    assert_false(player_load(player, FILE_MODEL, "/nowhere.json")); // what sounded sounds on
    assert_near(gain(), 2.0, 1e-6);
    assert_non_null(strstr(notices_line(&notices, 0), "/nowhere.json"));
}

// Another rate after a pause, too.
static void a_new_start_plays_the_same_files(void **state) {
    (void)state;
    assert_true(player_load(player, FILE_MODEL, scratch_path("half.json")));
    assert_true(player_load(player, FILE_CABINET, scratch_path("turned.wav")));
    static const double rates[] = {48000.0, 48000.0, 44100.0, 96000.0};
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        fake.rate = rates[i];
        assert_int_equal(player_start(player, NULL), STATUS_OK);
        assert_true(player_runs(player));
        float now = gain();
        assert_true(now < -0.4f); // both are there; at 48 kHz the cabinet is one sample
        assert_true(rates[i] != 48000.0 || now == -0.5f);
        PlayerMeters meters = player_meters(player);
        assert_true(meters.rate == rates[i] && meters.running);
        assert_int_equal(meters.latency > 0, rates[i] == 44100.0);
        assert_int_equal(fake.latency, meters.latency);
        player_stop(player);
        assert_false(player_runs(player));
        assert_int_equal(fake.freed, i + 1);
    }
    assert_non_null(strstr(player_path(player, FILE_MODEL), "half.json"));
}

// At the rate of before, too: nothing is left of what was heard.
static void a_new_start_has_heard_nothing(void **state) {
    (void)state;
    player_set(player, CONTROL_DC_BLOCK, 1.0f);
    assert_true(player_load(player, FILE_MODEL, scratch_path("half.json")));
    for (int i = 0; i < 2; i++) {
        assert_int_equal(player_start(player, NULL), STATUS_OK);
        for (int blocks = 0; blocks < 10; blocks++) {
            (void)gain();
            assert_true(blocks > 0 || out[0] > 0.12f);
        }
        assert_true(out[FRAMES - 1] < 0.01f); // the constant is blocked by now
        player_stop(player);
    }
}

// It takes no cabinet out.
static void a_path_that_is_too_long_is_refused(void **state) {
    (void)state;
    static char path[2 * LOADER_PATH];
    memset(path, 'x', sizeof path - 1);
    assert_true(player_load(player, FILE_CABINET, scratch_path("turned.wav")));
    for (int k = 0; k < FILE_KINDS; k++) {
        for (int absolute = 0; absolute < 2; absolute++) {
            unsigned said = notices.count;
            path[0] = absolute ? '/' : 'x';
            assert_false(player_load(player, (FileKind)k, path));
            assert_int_equal(notices.count, said + 1);
            assert_non_null(strstr(notices_line(&notices, 0), "too long"));
        }
    }
    assert_non_null(strstr(player_path(player, FILE_CABINET), "turned.wav"));
}

static void a_server_that_is_gone_is_told(void **state) {
    (void)state;
    Diagnostic diagnostic = {""};
    fake.gone = true;
    assert_int_equal(player_start(player, &diagnostic), STATUS_CANNOT_READ);
    assert_false(player_runs(player));
    fake.gone = false;
    assert_int_equal(player_start(player, NULL), STATUS_OK);
    assert_true(player_alive(player, NULL));
    fake.gone = true;
    assert_false(player_alive(player, &diagnostic));
    assert_string_equal(diagnostic.text, "the server is gone");
}

static void peaks_are_since_the_last_look(void **state) {
    (void)state;
    assert_true(player_meters(player).rate == 0.0);
    assert_int_equal(player_start(player, NULL), STATUS_OK);
    player_set(player, CONTROL_OUTPUT, -20.0f);
    memset(in, 0, sizeof in);
    fake_play(out, in, FRAMES);
    in[7] = -0.5f;
    fake_play(out, in, FRAMES);
    memset(in, 0, sizeof in);
    fake_play(out, in, FRAMES);
    PlayerMeters meters = player_meters(player);
    assert_near(meters.peak_in, -6.02, 0.01);
    assert_near(meters.peak_out, -26.02, 0.01);
    assert_near(meters.time, 3.0 * FRAMES / RATE, 1e-9);
    assert_true(meters.load > 0.0 && meters.worst >= meters.recent && meters.recent > 0.0);
    fake_play(out, in, FRAMES);
    meters = player_meters(player);
    assert_true(meters.peak_in == METER_FLOOR && meters.peak_out == METER_FLOOR);
}

static void midi_comes_only_while_it_plays(void **state) {
    (void)state;
    unsigned char message[3];
    fake_send(MIDI_CONTROL, 7, 100);
    assert_int_equal(player_midi(player, message), 0);
    assert_int_equal(player_start(player, NULL), STATUS_OK);
    assert_int_equal(player_midi(player, message), 3);
    assert_memory_equal(message, "\xb0\x07\x64", 3);
    player_stop(player);
    fake_send(MIDI_CONTROL, 7, 100);
    assert_int_equal(player_midi(player, message), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(controls_are_held_to_their_range_and_heard, begin, end),
        cmocka_unit_test_setup_teardown(files_are_loaded_at_any_time, begin, end),
        cmocka_unit_test_setup_teardown(a_new_start_plays_the_same_files, begin, end),
        cmocka_unit_test_setup_teardown(a_new_start_has_heard_nothing, begin, end),
        cmocka_unit_test_setup_teardown(a_path_that_is_too_long_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(a_server_that_is_gone_is_told, begin, end),
        cmocka_unit_test_setup_teardown(peaks_are_since_the_last_look, begin, end),
        cmocka_unit_test_setup_teardown(midi_comes_only_while_it_plays, begin, end),
    };
    return cmocka_run_group_tests_name("player", tests, make, scratch_end);
}
