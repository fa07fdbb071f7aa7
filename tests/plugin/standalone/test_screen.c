// SPDX-License-Identifier: ISC
// What the screen of the standalone host shows and does, without a terminal: meters, dials, lists,
// the browser, typing.
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "dsp/chain/meters.h"
#include "plugin/standalone/screen/browser.h"
#include "plugin/standalone/screen/dial.h"
#include "plugin/standalone/screen/keys.h"
#include "plugin/standalone/screen/level_meter.h"
#include "plugin/standalone/screen/list.h"
#include "plugin/standalone/screen/typing.h"
#include "tests/rig/near.h"
#include "tests/rig/scratch.h"

// ---- LevelMeter ----

static void test_meter_holds_its_peak(void **state) {
    (void)state;
    LevelMeter meter = {METER_FLOOR, METER_FLOOR, 0.0, false};
    level_meter_move(&meter, -6.0f, 0.05);
    assert_near(meter.level, -6.0f, 1e-6);
    assert_near(meter.highest, -6.0f, 1e-6);
    for (int i = 0; i < 29; i++) {
        level_meter_move(&meter, METER_FLOOR, 0.05);
    }
    assert_near(meter.level, -6.0f - 29.0f, 1e-3); // 20 dB in a second
    assert_near(meter.highest, -6.0f, 1e-6);       // after 1.45 s
    level_meter_move(&meter, METER_FLOOR, 0.1);
    assert_near(meter.highest, -8.0f, 1e-3);
    level_meter_move(&meter, -7.0f, 0.05);
    assert_near(meter.highest, -7.0f, 1e-6);
    for (int i = 0; i < 200; i++) {
        level_meter_move(&meter, METER_FLOOR, 0.05);
    }
    assert_near(meter.level, METER_FLOOR, 1e-6);
    assert_near(meter.highest, METER_FLOOR, 1e-6);
    assert_false(meter.clipped);
}

static void test_meter_keeps_a_clip(void **state) {
    (void)state;
    LevelMeter meter = {METER_FLOOR, METER_FLOOR, 0.0, false};
    level_meter_move(&meter, -0.01f, 0.05);
    assert_false(meter.clipped);
    level_meter_move(&meter, 20.0f * log10f(32767.0f / 32768.0f), 0.05);
    assert_true(meter.clipped);
    level_meter_move(&meter, METER_FLOOR, 100.0);
    assert_true(meter.clipped);
}

// ---- Dial ----

static const Model two_knobs = {
    .knobs = 2,
    .knob = {{"Drive", 0.0f, 10.0f, 5.0f}, {"", -1.0f, 1.0f, 0.0f}},
};

static const char *text_of(ControlId id, float value) {
    static char text[DIAL_TEXT];
    dial_text(&(Dial){&two_knobs, id, value}, text);
    return text;
}

static void test_dial_tells_where_it_stands(void **state) {
    (void)state;
    assert_string_equal(text_of(CONTROL_INPUT, -3.5f), "-3.5 dB");
    assert_string_equal(text_of(CONTROL_INPUT, -0.0f), "0.0 dB");
    assert_string_equal(text_of(CONTROL_THRESHOLD, -100.0f), "-100 dB");
    assert_string_equal(text_of(CONTROL_RELEASE, 200.0f), "200 ms");
    assert_string_equal(text_of(CONTROL_ENABLED, 1.0f), "on");
    assert_string_equal(text_of(CONTROL_GATE, 0.0f), "off");
    assert_string_equal(text_of(CONTROL_TONE_POSITION, 1.0f), "Before the model");
    assert_string_equal(text_of(CONTROL_KNOB_1, -1.0f), "as in the file");
    assert_string_equal(text_of(CONTROL_KNOB_1, 25.0f), "2.5");
    assert_string_equal(text_of(CONTROL_KNOB_2, 25.0f), "-0.5");
    assert_string_equal(text_of(CONTROL_KNOB_2, 49.99999f), "0");
    assert_string_equal(text_of(CONTROL_THRESHOLD, -99.96f), "-100 dB");
    assert_string_equal(dial_name(&(Dial){&two_knobs, CONTROL_KNOB_1, 0.0f}), "Drive");
    assert_string_equal(dial_name(&(Dial){&two_knobs, CONTROL_KNOB_2, 0.0f}), "Knob 2");
    assert_string_equal(dial_name(&(Dial){NULL, CONTROL_KNOB_1, 0.0f}), "Knob 1");
    assert_true(dial_there(&two_knobs, CONTROL_KNOB_2));
    assert_false(dial_there(&two_knobs, CONTROL_KNOB_3));
    assert_false(dial_there(NULL, CONTROL_KNOB_1));
    assert_true(dial_there(NULL, CONTROL_CABINET));
}

static void test_dial_text_fits_for_all(void **state) {
    (void)state;
    for (int i = 0; i < CONTROL_COUNT; i++) {
        for (int step = 0; step <= 100; step++) {
            const Control *control = &controls[i];
            float value = control->minimum +
                          0.01f * (float)step * (control->maximum - control->minimum);
            value = control_clamp((ControlId)i, value);
            Dial dial = {&two_knobs, (ControlId)i, value};
            float place;
            bool bar = dial_there(&two_knobs, (ControlId)i) && dial_place(&dial, &place);
            assert_true(!bar || strlen(text_of((ControlId)i, value)) <= 9);
            assert_true(!bar || (place >= 0.0f && place <= 1.0f));
            // However it is turned, it stays in its range, and moves unless it is at its end.
            float up = dial_turned(&dial, 1, false), down = dial_turned(&dial, -1, true);
            assert_true(up >= value && up <= control->maximum && down >= control->minimum);
            assert_true(up > value || value == control->maximum);
        }
    }
}

static void test_dial_turns_a_knob_from_where_the_file_has_it(void **state) {
    (void)state;
    Dial dial = {&two_knobs, CONTROL_KNOB_1, -1.0f};
    assert_near(dial_turned(&dial, 1, false), 51.0f, 1e-4);
    assert_near(dial_turned(&dial, -1, true), 40.0f, 1e-4);
    dial.value = 0.5f;
    assert_near(dial_turned(&dial, -1, false), 0.0f, 0.0); // not back to the file's
}

static void test_dial_reads_what_is_typed(void **state) {
    (void)state;
    Diagnostic diagnostic = {""};
    Dial drive = {&two_knobs, CONTROL_KNOB_1, -1.0f}, mix = {&two_knobs, CONTROL_MIX, 100.0f};
    float value = -7.0f;
    assert_int_equal(dial_read(&drive, "7.5", &value, &diagnostic), STATUS_OK);
    assert_near(value, 75.0f, 1e-4);
    assert_int_equal(dial_read(&mix, "30", &value, &diagnostic), STATUS_OK);
    assert_near(value, 30.0f, 0.0);
    static const char *const wrong[] = {"10.5", "-0.1", "", "-", "1.2.3", "nan"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(dial_read(&drive, wrong[i], &value, &diagnostic), STATUS_BAD_ARGUMENT);
        assert_non_null(strstr(diagnostic.text, "'Drive' takes a number from 0 to 10"));
    }
}

// ---- List and browser ----

static void test_list_is_narrowed_down(void **state) {
    (void)state;
    List list = {0};
    assert_int_equal(list_begin(&list, 4, NULL), STATUS_OK);
    assert_null(list_chosen(&list));
    const char *names[] = {"..", "Alpha", "beta", "Gamma"};
    for (int i = 0; i < 4; i++) {
        list_add(&list, (ListEntry){names[i], i == 0, i});
    }
    list_narrow(&list);
    assert_int_equal(list.count, 4);
    list_choose(&list, "Gamma");
    assert_int_equal(list_chosen(&list)->number, 3);
    list_move(&list, 1);
    assert_int_equal(list_chosen(&list)->number, 3);
    list_move(&list, -100);
    assert_int_equal(list_chosen(&list)->number, 0);
    strcpy(list.filter, "BET");
    list_narrow(&list);
    assert_int_equal(list.count, 2); // and the way out
    assert_string_equal(list_chosen(&list)->name, "beta");
    strcpy(list.filter, "nothing");
    list_narrow(&list);
    assert_string_equal(list_chosen(&list)->name, "..");
    list_clear(&list);
    assert_null(list_chosen(&list));
}

static void test_browser_goes_through_folders(void **state) {
    (void)state;
    Browser browser = {0};
    Diagnostic diagnostic = {""};
    char path[LOADER_PATH], folder[LOADER_PATH];
    scratch_write("one.json", "{}", 2);
    scratch_write("two.NAM", "{}", 2);
    scratch_write("notes.txt", "", 0);
    scratch_write("box.wav", "", 0);
    assert_int_equal(mkdir(scratch_path("inner"), 0700), 0);
    scratch_write("inner/three.aidax", "{}", 2);
    assert_int_equal(browser_open(&browser, FILE_MODEL, scratch_path("two.NAM"), &diagnostic),
                     STATUS_OK);
    assert_non_null(realpath(scratch_path("."), folder));
    assert_string_equal(browser.folder, folder);
    assert_int_equal(browser.list.count, 4); // .., inner, one.json, two.NAM
    assert_string_equal(list_chosen(&browser.list)->name, "two.NAM");
    assert_true(browser_plays(&browser, list_chosen(&browser.list), scratch_path("two.NAM")));
    assert_false(browser_plays(&browser, list_chosen(&browser.list), scratch_path("one.json")));
    assert_false(browser_enter(&browser, &diagnostic));
    list_choose(&browser.list, "inner");
    assert_true(browser_enter(&browser, &diagnostic));
    list_choose(&browser.list, "three.aidax");
    assert_true(browser_path(&browser, list_chosen(&browser.list), path));
    assert_true(strlen(path) > strlen(folder) &&
                strcmp(path + strlen(folder), "/inner/three.aidax") == 0);
    assert_int_equal(browser_leave(&browser, &diagnostic), STATUS_OK);
    assert_string_equal(list_chosen(&browser.list)->name, "inner");
    assert_int_equal(browser_open(&browser, FILE_CABINET, "", &diagnostic), STATUS_OK);
    assert_true(browser_path(&browser, list_chosen(&browser.list), path));
    assert_string_equal(path, ""); // no cabinet
    assert_true(browser_plays(&browser, list_chosen(&browser.list), ""));
    browser_clear(&browser);
    assert_int_equal(remove(scratch_path("inner/three.aidax")), 0);
    assert_int_equal(remove(scratch_path("inner")), 0);
}

static void test_browser_stays_where_a_folder_is_gone(void **state) {
    (void)state;
    Browser browser = {0};
    Diagnostic diagnostic = {""};
    assert_int_equal(mkdir(scratch_path("going"), 0700), 0);
    assert_int_equal(browser_open(&browser, FILE_MODEL, scratch_path("x.json"), &diagnostic),
                     STATUS_OK);
    int count = browser.list.count;
    list_choose(&browser.list, "going");
    assert_string_equal(list_chosen(&browser.list)->name, "going");
    assert_int_equal(remove(scratch_path("going")), 0);
    assert_true(browser_enter(&browser, &diagnostic));
    assert_non_null(strstr(diagnostic.text, "going: the folder cannot be read"));
    assert_int_equal(browser.list.count, count);
    browser_clear(&browser);
    // The root has no way out, and stays when it is left.
    assert_int_equal(browser_open(&browser, FILE_MODEL, "/none.json", &diagnostic), STATUS_OK);
    assert_string_equal(browser.folder, "/");
    assert_int_equal(browser_leave(&browser, &diagnostic), STATUS_OK);
    assert_string_equal(browser.folder, "/");
    browser_clear(&browser);
}

// ---- Keys ----

static void test_typing_takes_and_drops_characters(void **state) {
    (void)state;
    char line[8] = "";
    if (!setlocale(LC_CTYPE, "C.UTF-8")) {
        skip();
    }
    assert_false(typing_drop(line));
    typing_take(line, sizeof line, 'a');
    typing_take(line, sizeof line, 0xe9);
    typing_take(line, sizeof line, 0x20ac);
    assert_string_equal(line, "a\u00e9\u20ac");
    typing_take(line, sizeof line, 0x20ac); // does not fit
    assert_string_equal(line, "a\u00e9\u20ac");
    assert_true(typing_drop(line));
    assert_string_equal(line, "a\u00e9");
    assert_true(typing_drop(line) && typing_drop(line));
    assert_string_equal(line, "");
    setlocale(LC_CTYPE, "C");
}

static void test_no_key_does_two_things(void **state) {
    (void)state;
    static const Mode modes[] = {MODE_CONTROLS, MODE_TYPING, MODE_LIST, MODE_HELP, MODE_PAIR};
    for (size_t m = 0; m < sizeof modes / sizeof *modes; m++) {
        const Action *actions = keys_actions(modes[m]);
        assert_non_null(actions->act);
        for (const Action *one = actions; one->act; one++) {
            assert_true(one->text && one->text[0] && strlen(one->text) <= 21);
            assert_int_not_equal(one->keys[0], 0);
            for (const Action *other = one + 1; other->act; other++) {
                for (int i = 0; i < ACTION_KEYS * ACTION_KEYS; i++) {
                    int key = one->keys[i / ACTION_KEYS];
                    assert_true(key == 0 || key != other->keys[i % ACTION_KEYS]);
                }
            }
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_meter_holds_its_peak),
        cmocka_unit_test(test_meter_keeps_a_clip),
        cmocka_unit_test(test_dial_tells_where_it_stands),
        cmocka_unit_test(test_dial_text_fits_for_all),
        cmocka_unit_test(test_dial_turns_a_knob_from_where_the_file_has_it),
        cmocka_unit_test(test_dial_reads_what_is_typed),
        cmocka_unit_test(test_list_is_narrowed_down),
        cmocka_unit_test(test_browser_goes_through_folders),
        cmocka_unit_test(test_browser_stays_where_a_folder_is_gone),
        cmocka_unit_test(test_typing_takes_and_drops_characters),
        cmocka_unit_test(test_no_key_does_two_things),
    };
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
