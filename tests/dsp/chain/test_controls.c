// SPDX-License-Identifier: ISC
// The table of controls, and what is read from text.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/chain/controls.h"

static void every_control_is_found_by_its_symbol_alone(void **state) {
    (void)state;
    for (int i = 0; i < CONTROL_COUNT; i++) {
        ControlId id = CONTROL_COUNT;
        assert_true(control_find(controls[i].symbol, &id));
        assert_int_equal(id, i); // no symbol twice
    }
    ControlId id = CONTROL_MIX;
    assert_false(control_find("bas", &id));
    assert_false(control_find("basss", &id));
    assert_false(control_find("", &id));
}

static void groups_follow_each_other(void **state) {
    (void)state;
    assert_int_equal(controls[0].group, 0);
    for (int i = 1; i < CONTROL_COUNT; i++) {
        int step = (int)controls[i].group - (int)controls[i - 1].group;
        assert_true(step == 0 || step == 1);
    }
    assert_int_equal(controls[CONTROL_COUNT - 1].group, GROUP_COUNT - 1);
}

// What a host starts with is neutral, and each choice has a name.
static void the_table_is_in_order(void **state) {
    (void)state;
    for (int i = 0; i < CONTROL_COUNT; i++) {
        const Control *control = &controls[i];
        assert_true(control->minimum < control->maximum);
        assert_true(control->initial >= control->minimum && control->initial <= control->maximum);
        assert_true(control->name[0] != '\0');
        assert_true(control->scale != SCALE_LOG || control->minimum > 0.0f);
        assert_int_equal(control->choice_count > 1, control->scale == SCALE_CHOICE);
        for (int k = 0; k < control->choice_count; k++) {
            float value = control->choices[k].value;
            assert_true(control->choices[k].name[0] != '\0');
            assert_int_equal(control_choice((ControlId)i, value), k);
            assert_true(k > 0 ? value > control->choices[k - 1].value : value == control->minimum);
            assert_true(k + 1 < control->choice_count || value == control->maximum);
        }
    }
}

static void values_are_held_to_the_range(void **state) {
    (void)state;
    for (int i = 0; i < CONTROL_COUNT; i++) {
        ControlId id = (ControlId)i;
        assert_true(control_clamp(id, -1e9f) == controls[i].minimum);
        assert_true(control_clamp(id, -INFINITY) == controls[i].minimum);
        assert_true(control_clamp(id, 1e9f) == controls[i].maximum);
        assert_true(control_clamp(id, INFINITY) == controls[i].maximum);
        assert_true(control_clamp(id, NAN) == controls[i].initial);
    }
    assert_true(control_clamp(CONTROL_BASS, 1.25f) == 1.25f);
    assert_true(control_clamp(CONTROL_TONE_POSITION, 0.4f) == 0.0f); // the next choice
    assert_true(control_clamp(CONTROL_TONE_POSITION, 0.6f) == 1.0f);
    assert_true(control_clamp(CONTROL_OVERSAMPLING, 1.6f) == 2.0f);
    assert_true(control_clamp(CONTROL_OVERSAMPLING, 2.9f) == 2.0f);
    assert_true(control_clamp(CONTROL_OVERSAMPLING, 3.1f) == 4.0f);
}

static void assert_refused(const char *pair, const char *why) {
    ControlId id;
    float value;
    Diagnostic diagnostic = {""};
    assert_int_equal(control_read_pair(pair, &id, &value, &diagnostic), STATUS_BAD_ARGUMENT);
    assert_non_null(strstr(diagnostic.text, why));
}

static void pairs_are_read_from_text(void **state) {
    (void)state;
    static const struct {
        const char *pair;
        ControlId id;
        float value;
    } good[] = {{"bass=-3.5", CONTROL_BASS, -3.5f},
                {"mix=100", CONTROL_MIX, 100.0f}, // the ends are in the range
                {"mix=0", CONTROL_MIX, 0.0f},
                {"oversampling=2", CONTROL_OVERSAMPLING, 2.0f},
                {"knob8=1e1", CONTROL_KNOB_8, 10.0f}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        ControlId id = CONTROL_COUNT;
        float value = NAN;
        assert_int_equal(control_read_pair(good[i].pair, &id, &value, NULL), STATUS_OK);
        assert_int_equal(id, good[i].id);
        assert_true(value == good[i].value);
    }
    assert_refused("bass", "SYMBOL=VALUE");
    assert_refused("base=1", "no control 'base'");
    assert_refused("bass=", "takes a number from -12 to 12 dB, not ''");
    assert_refused("bass=3dB", "not '3dB'");
    assert_refused("bass=12.01", "from -12 to 12 dB");
    assert_refused("bass=-12.01", "from -12 to 12 dB");
    assert_refused("bass=nan", "not 'nan'");
    assert_refused("=1", "no control ''");
    assert_refused("oversampling=3", "'oversampling' takes 1, 2 or 4, not '3'");
    assert_refused("tone_position=0.5", "'tone_position' takes 0 or 1, not '0.5'");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_control_is_found_by_its_symbol_alone),
        cmocka_unit_test(groups_follow_each_other),
        cmocka_unit_test(the_table_is_in_order),
        cmocka_unit_test(values_are_held_to_the_range),
        cmocka_unit_test(pairs_are_read_from_text),
    };
    return cmocka_run_group_tests_name("controls", tests, NULL, NULL);
}
