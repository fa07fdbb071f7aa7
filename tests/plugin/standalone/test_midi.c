// SPDX-License-Identifier: ISC
// The standalone host's MIDI: map, scales, learning, the file, and the way from the audio thread.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/memory.h"
#include "plugin/backend/midi_ring.h"
#include "plugin/standalone/midi.h"
#include "tests/plugin/standalone/fake_backend.h"
#include "tests/rig/near.h"
#include "tests/rig/scratch.h"

// ---- A player over a backend that hands out the messages that a test has put there ----

static Notices notices;
static int chosen; // the last program that was asked for

static bool choose(void *data, int number) {
    *(int *)data = number;
    return number < 3;
}

static const PresetChooser chooser = {.number = choose, .data = &chosen};

static Player *begin(void) {
    Player *player = NULL;
    memset(&notices, 0, sizeof notices);
    notices_hold(&notices);
    fake_begin(48000.0);
    chosen = -1;
    assert_int_equal(player_new(&player, &fake_setup, &notices, NULL), STATUS_OK);
    assert_int_equal(player_start(player, NULL), STATUS_OK);
    return player;
}

static Midi *begin_midi(Player *player, const char *path) {
    Midi *midi = NULL;
    Diagnostic diagnostic = {""};
    Status status = midi_new(&midi, player, &notices, path, chooser, &diagnostic);
    assert_string_equal(diagnostic.text, "");
    assert_int_equal(status, STATUS_OK);
    return midi;
}

// ---- The ring ----

static void the_ring_takes_what_is_of_use(void **state) {
    (void)state;
    static const struct {
        unsigned char bytes[4];
        size_t size;
    } useless[] = {
        {{0}, 0},
        {{0x90, 60, 100}, 3},
        {{0xf8}, 1},
        {{0xf0, 1, 2, 0xf7}, 4},
        {{MIDI_CONTROL, 1}, 2},
        {{MIDI_PROGRAM, 1, 2}, 3},
        {{1, 2, 3}, 3},
    };
    unsigned char message[3] = {0};
    fake_begin(48000.0);
    for (size_t i = 0; i < sizeof useless / sizeof *useless; i++) {
        midi_ring_put(&fake.ring, useless[i].bytes, useless[i].size);
        assert_int_equal(midi_ring_take(&fake.ring, message), 0);
    }
    fake_send(MIDI_CONTROL | 15, 7, 127);
    fake_send(MIDI_PROGRAM, 5, 0);
    assert_int_equal(midi_ring_take(&fake.ring, message), 3);
    assert_memory_equal(message, "\xbf\x07\x7f", 3);
    assert_int_equal(midi_ring_take(&fake.ring, message), 2);
    assert_memory_equal(message, "\xc0\x05", 2);
    assert_int_equal(midi_ring_take(&fake.ring, message), 0);
}

static void the_ring_tells_what_is_lost(void **state) {
    (void)state;
    unsigned char message[3] = {0};
    fake_begin(48000.0);
    atomic_store(&fake.ring.written, UINT32_MAX - 10); // over the end of the count
    atomic_store(&fake.ring.read, UINT32_MAX - 10);
    for (int i = 0; i < MIDI_RING_SIZE + 2; i++) {
        fake_send(MIDI_CONTROL | (i & 15), i / 128, i % 128);
    }
    assert_int_equal(midi_ring_take(&fake.ring, message), -1);
    for (int i = 0; i < MIDI_RING_SIZE; i++) {
        assert_int_equal(midi_ring_take(&fake.ring, message), 3);
        assert_int_equal(message[0], MIDI_CONTROL | (i & 15));
        assert_int_equal(message[1] * 128 + message[2], i);
    }
    assert_int_equal(midi_ring_take(&fake.ring, message), 0);
}

// ---- The map ----

static void a_controller_moves_over_the_whole_range(void **state) {
    (void)state;
    for (int i = 0; i < CONTROL_COUNT; i++) {
        ControlId id = (ControlId)i;
        const Control *control = &controls[i];
        float least = i >= CONTROL_KNOB_1 ? 0.0f : control->minimum;
        assert_near(midi_map_value(id, 0), least, 0.0);
        assert_near(midi_map_value(id, 127), control->maximum, 0.0);
        for (int value = 1; value < 128; value++) {
            float before = midi_map_value(id, value - 1), now = midi_map_value(id, value);
            assert_near(control_clamp(id, now), now, 0.0);
            if (control->scale == SCALE_LINEAR || control->scale == SCALE_LOG) {
                assert_true(now > before);
            } else if (control->scale == SCALE_CHOICE) {
                assert_int_equal(control_choice(id, now), value * control->choice_count / 128);
            } else {
                assert_near(now, value >= 64 ? 1.0f : 0.0f, 0.0);
            }
        }
    }
    assert_near(midi_map_value(CONTROL_BASS, 64), 0.0f, 0.0);
    assert_near(midi_map_value(CONTROL_INPUT, 32), -12.0f, 0.0);
    assert_near(midi_map_value(CONTROL_KNOB_1, 64), 50.0f, 0.0);
    assert_near(midi_map_value(CONTROL_RELEASE, 64), sqrtf(10.0f * 2000.0f), 0.01);
}

static void a_channel_goes_before_any(void **state) {
    (void)state;
    MidiMap map = {0};
    ControlId id;
    char text[MIDI_SOURCE_TEXT];
    assert_false(midi_map_find(&map, 1, 20, &id));
    assert_false(midi_map_source(&map, CONTROL_INPUT, text));
    assert_string_equal(text, "");
    midi_map_set(&map, MIDI_ANY_CHANNEL, 20, CONTROL_INPUT);
    midi_map_set(&map, 16, 20, CONTROL_ENABLED);
    assert_true(midi_map_find(&map, 1, 20, &id));
    assert_int_equal(id, CONTROL_INPUT);
    assert_true(midi_map_find(&map, 16, 20, &id));
    assert_int_equal(id, CONTROL_ENABLED);
    assert_false(midi_map_find(&map, 16, 127, &id));
    assert_true(midi_map_source(&map, CONTROL_ENABLED, text));
    assert_string_equal(text, "cc 16/20");
    assert_true(midi_map_forget(&map, CONTROL_ENABLED));
    assert_false(midi_map_forget(&map, CONTROL_ENABLED));
    assert_true(midi_map_find(&map, 16, 20, &id));
    assert_int_equal(id, CONTROL_INPUT);
    midi_map_set(&map, 2, 21, CONTROL_INPUT);
    assert_true(midi_map_forget(&map, CONTROL_INPUT)); // wherever it is
    assert_false(midi_map_find(&map, 16, 20, &id));
    assert_false(midi_map_find(&map, 2, 21, &id));
}

static void lines_are_read_or_refused(void **state) {
    (void)state;
    static const char *const good[] = {
        "", "  \t\r", "# cc 1 nonsense", "cc 1 mix", " cc  16/119 bass\r", "cc\t0 knob8 "};
    static const char *const bad[] = {
        "cc",
        "cc 1",
        "cc 1 gain",
        "cc 1 mix mix",
        "cc 120 mix",
        "cc -1 mix",
        "cc 0/1 mix",
        "cc 17/1 mix",
        "cc 1/ mix",
        "cc /1 mix",
        "cc 1/2/3 mix",
        "cc 99999999 mix",
        "cc 1/99999 mix",
        "note 1 mix",
        "cc x mix",
        "mix cc 1",
        "cc 1 MIX",
        "cc 1/120 mix",
        "cc 1.5 mix",
        "cc 123456789012345678 mix",
        "cc 99999999999999 mix",
        "cc 4294967297 mix",
        "cc 4294967297/1 mix",
        "cc 1//2 mix",
        "cc / mix",
        "cc +1 mix",
        "cc 1e1 mix",
        "cc 0x1 mix",
        "cc nan mix",
    };
    MidiMap map = {0};
    const MidiMap empty = {0};
    Diagnostic diagnostic = {""};
    ControlId id;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        diagnostic.text[0] = '\0';
        assert_int_equal(midi_map_read_line(&map, bad[i], &diagnostic), STATUS_BAD_ARGUMENT);
        assert_true(diagnostic.text[0]);
    }
    assert_memory_equal(&map, &empty, sizeof map);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_int_equal(midi_map_read_line(&map, good[i], &diagnostic), STATUS_OK);
    }
    assert_true(midi_map_find(&map, 9, 1, &id));
    assert_int_equal(id, CONTROL_MIX);
    assert_true(midi_map_find(&map, 16, 119, &id));
    assert_int_equal(id, CONTROL_BASS);
    assert_true(midi_map_find(&map, 1, 0, &id));
    assert_int_equal(id, CONTROL_KNOB_8);
}

// A map as full as can be comes back from its text.
static void a_map_survives_as_text(void **state) {
    (void)state;
    MidiMap map = {0}, again = {0};
    for (int c = 0; c <= MIDI_CHANNELS; c++) {
        for (int i = 0; i < MIDI_CONTROLLERS; i++) {
            midi_map_set(&map, c, i, (ControlId)((c + i) % CONTROL_COUNT));
        }
    }
    char *text = midi_map_write(&map);
    assert_non_null(text);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        assert_int_equal(midi_map_read_line(&again, line, NULL), STATUS_OK);
    }
    assert_memory_equal(&map, &again, sizeof map);
    memory_free(text);
}

// ---- In the host ----

static void what_is_learned_is_saved(void **state) {
    (void)state;
    char path[512];
    snprintf(path, sizeof path, "%s", scratch_path("new/folder/midi"));
    Player *player = begin();
    Midi *midi = begin_midi(player, path);
    assert_int_equal(midi_learning(midi), -1);
    midi_learn(midi, CONTROL_TREBLE);
    assert_int_equal(midi_learning(midi), CONTROL_TREBLE);
    fake_send(MIDI_CONTROL, 0, 1);   // bank select
    fake_send(MIDI_CONTROL, 101, 0); // number of another controller
    fake_send(MIDI_CONTROL, 123, 0); // all notes off
    fake_send(MIDI_PROGRAM, 1, 0);
    assert_true(midi_poll(midi));
    assert_int_equal(midi_learning(midi), CONTROL_TREBLE);
    assert_int_equal(chosen, 1);
    fake_send(MIDI_CONTROL | 2, 20, 127);
    assert_true(midi_poll(midi));
    assert_int_equal(midi_learning(midi), -1);
    assert_near(player_get(player, CONTROL_TREBLE), 12.0f, 0.0);
    midi_learn(midi, CONTROL_TREBLE); // another one takes its place
    fake_send(MIDI_CONTROL | 3, 21, 0);
    fake_send(MIDI_CONTROL | 2, 20, 127);
    assert_true(midi_poll(midi));
    assert_near(player_get(player, CONTROL_TREBLE), -12.0f, 0.0);
    midi_learn(midi, CONTROL_BASS);
    midi_learn_cancel(midi);
    fake_send(MIDI_CONTROL | 3, 22, 127);
    assert_true(midi_poll(midi));
    assert_near(player_get(player, CONTROL_BASS), 0.0f, 0.0);
    midi_free(midi);

    char text[MIDI_SOURCE_TEXT];
    midi = begin_midi(player, path);
    assert_true(midi_map_source(midi_map(midi), CONTROL_TREBLE, text));
    assert_string_equal(text, "cc 4/21");
    midi_forget(midi, CONTROL_TREBLE);
    midi_free(midi);
    midi = begin_midi(player, path);
    assert_false(midi_map_source(midi_map(midi), CONTROL_TREBLE, text));
    midi_free(midi);
    player_free(player);
    assert_int_equal(remove(path), 0);
    assert_int_equal(remove(scratch_path("new/folder")), 0);
}

static void bad_lines_are_named_and_left_out(void **state) {
    (void)state;
    static const char text[] = "cc 1 mix\ncc 2 gain\n\n# more\ncc 1/3 bass\ncc";
    scratch_write("bad", text, sizeof text - 1);
    Player *player = begin();
    Midi *midi = begin_midi(player, scratch_path("bad"));
    assert_int_equal(notices.count, 2);
    assert_non_null(strstr(notices_line(&notices, 1), "bad, line 2: there is no control 'gain'"));
    assert_non_null(strstr(notices_line(&notices, 0), "bad, line 6: 'cc' is not of the form"));
    fake_send(MIDI_CONTROL | 7, 1, 0);
    fake_send(MIDI_CONTROL, 3, 127);
    fake_send(MIDI_CONTROL | 1, 3, 0); // not its channel
    assert_true(midi_poll(midi));
    assert_near(player_get(player, CONTROL_MIX), 0.0f, 0.0);
    assert_near(player_get(player, CONTROL_BASS), 12.0f, 0.0);
    midi_free(midi);
    player_free(player);
}

static void programs_choose_presets(void **state) {
    (void)state;
    Player *player = begin();
    Midi *midi = begin_midi(player, scratch_path("none"));
    fake_send(MIDI_PROGRAM | 9, 2, 0);
    assert_true(midi_poll(midi));
    assert_int_equal(chosen, 2);
    assert_int_equal(notices.count, 0);
    for (int i = 0; i < 50; i++) { // said once, not fifty times
        fake_send(MIDI_PROGRAM, 127, 0);
    }
    assert_true(midi_poll(midi));
    assert_int_equal(chosen, 127);
    assert_int_equal(notices.count, 1);
    assert_non_null(strstr(notices_line(&notices, 0), "program 127"));
    player_stop(player); // the server is gone: nothing to listen to
    fake_send(MIDI_PROGRAM, 1, 0);
    assert_true(midi_poll(midi));
    assert_int_equal(chosen, 127);
    midi_free(midi);
    player_free(player);
}

static void what_cannot_be_kept_is_told(void **state) {
    (void)state;
    char path[512];
    Player *player = begin();
    Midi *midi = NULL;
    Diagnostic diagnostic = {""};
    scratch_write("file", "cc 1 mix\n", 9);
    snprintf(path, sizeof path, "%s", scratch_path("file/midi")); // below what is no folder
    midi = begin_midi(player, path);
    midi_learn(midi, CONTROL_MIX);
    fake_send(MIDI_CONTROL, 20, 0);
    assert_true(midi_poll(midi));
    assert_non_null(strstr(notices_line(&notices, 0), "cannot"));
    assert_near(player_get(player, CONTROL_MIX), 0.0f, 0.0); // it turns all the same
    midi_free(midi);
    memory_fail_after(0);
    assert_int_equal(midi_new(&midi, player, &notices, path, chooser, &diagnostic),
                     STATUS_NO_MEMORY);
    memory_fail_after(-1);
    assert_null(midi);
    assert_int_equal(midi_new(&midi, player, &notices, scratch_path("."), chooser, &diagnostic),
                     STATUS_CANNOT_READ);
    assert_null(midi);
    player_free(player);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_ring_takes_what_is_of_use),
        cmocka_unit_test(the_ring_tells_what_is_lost),
        cmocka_unit_test(a_controller_moves_over_the_whole_range),
        cmocka_unit_test(a_channel_goes_before_any),
        cmocka_unit_test(lines_are_read_or_refused),
        cmocka_unit_test(a_map_survives_as_text),
        cmocka_unit_test(what_is_learned_is_saved),
        cmocka_unit_test(bad_lines_are_named_and_left_out),
        cmocka_unit_test(programs_choose_presets),
        cmocka_unit_test(what_cannot_be_kept_is_told),
    };
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
