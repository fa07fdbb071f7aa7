// SPDX-License-Identifier: ISC
// The noise gate: where it opens and closes, when, and without a step.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/chain/gate.h"
#include "tests/rig/near.h"
#include "tests/rig/processor_rig.h"

static const float threshold = 0.1f;
static const float just_above_half = 0.051f, just_below_half = 0.049f; // 5.8 and 6.2 dB below it

enum { HOLD = RATE / 20, ATTACK = RATE / 1000 };

static float gains[FRAMES];

static Gate make_gate(float release) {
    Gate gate;
    gate_init(&gate, RATE);
    gate_set(&gate, true, threshold, release);
    return gate;
}

// The factors for `frames` frames of a key of `level`.
static void listen(Gate *gate, float level, int frames) {
    for (int i = 0; i < frames; i++) {
        in[0][i] = i % 2 ? -level : level;
    }
    gate_run(gate, gains, (const float *[]){in[0]}, 1, frames);
}

static void assert_all(float value, int frames) {
    for (int i = 0; i < frames; i++) {
        assert_true(gains[i] == value);
    }
}

static void between_its_two_levels_it_stays_as_it_is(void **state) {
    (void)state;
    Gate gate = make_gate(0.01f);
    listen(&gate, threshold, 100);
    listen(&gate, just_above_half, FRAMES);
    assert_all(1.0f, FRAMES);
    listen(&gate, just_below_half, FRAMES);
    assert_true(gains[FRAMES - 1] == 0.0f);
    listen(&gate, 0.99f * threshold, FRAMES);
    assert_all(0.0f, FRAMES);
    listen(&gate, threshold, 2 * ATTACK);
    assert_true(gains[2 * ATTACK - 1] == 1.0f);
}

static void it_holds_for_fifty_milliseconds(void **state) {
    (void)state;
    Gate gate = make_gate(0.1f);
    listen(&gate, threshold, 1000);
    listen(&gate, 0.0f, 2 * HOLD);
    int closing = 0;
    while (gains[closing] == 1.0f) {
        closing++;
    }
    assert_in_range(closing, HOLD - 1, HOLD);
}

// Whatever it heard while it was off.
static void switched_on_it_holds_first(void **state) {
    (void)state;
    Gate gate = make_gate(0.1f);
    gate_set(&gate, false, threshold, 0.1f);
    listen(&gate, 0.0f, 2 * HOLD);
    gate_set(&gate, true, threshold, 0.1f);
    listen(&gate, 0.0f, 2 * HOLD);
    int closing = 0;
    while (gains[closing] == 1.0f) {
        closing++;
    }
    assert_in_range(closing, HOLD - 1, HOLD);
}

static void it_opens_within_a_millisecond(void **state) {
    (void)state;
    Gate gate = make_gate(0.01f);
    listen(&gate, 0.0f, FRAMES);
    assert_true(gains[FRAMES - 1] == 0.0f);
    listen(&gate, threshold, ATTACK + 1);
    for (int i = 0; i < ATTACK; i++) { // in a straight line
        assert_near(gains[i], (i + 1.0) / ATTACK, 1e-5);
    }
    assert_true(gains[ATTACK] == 1.0f);
}

static void it_starts_open_and_is_open_after_a_reset(void **state) {
    (void)state;
    Gate gate;
    gate_init(&gate, RATE);
    assert_true(gate_is_idle(&gate)); // off
    gate_set(&gate, true, threshold, 0.01f);
    assert_false(gate_is_idle(&gate));
    listen(&gate, 0.0f, HOLD / 2);
    assert_all(1.0f, HOLD / 2);
    listen(&gate, 0.0f, FRAMES);
    assert_true(gains[FRAMES - 1] == 0.0f);
    gate_reset(&gate);
    listen(&gate, 0.0f, HOLD / 2);
    assert_all(1.0f, HOLD / 2);
}

static void any_channel_opens_it(void **state) {
    (void)state;
    for (int c = 0; c < 2; c++) {
        Gate gate = make_gate(0.01f);
        listen(&gate, 0.0f, FRAMES);
        memset(in, 0, sizeof in);
        in[c][0] = -threshold;
        gate_run(&gate, gains, (const float *[]){in[0], in[1]}, 2, 2 * ATTACK);
        assert_true(gains[2 * ATTACK - 1] == 1.0f);
    }
}

static void off_it_opens_without_a_step(void **state) {
    (void)state;
    Gate gate = make_gate(0.01f);
    listen(&gate, 0.0f, FRAMES);
    gate_set(&gate, false, threshold, 0.01f);
    assert_false(gate_is_idle(&gate));
    listen(&gate, 0.0f, 2 * ATTACK);
    assert_true(gains[0] <= 1.001f / ATTACK);
    assert_true(gains[2 * ATTACK - 1] == 1.0f);
    assert_true(gate_is_idle(&gate));
}

// ---- In the chain ----

// A processor without a model, its gate on at -60 dB, over a constant of `level`.
static Processor *gated(float level, float input_decibels) {
    Processor *processor = make(1, NULL);
    processor_set(processor, CONTROL_GATE, 1.0f);
    processor_set(processor, CONTROL_RELEASE, 10.0f);
    processor_set(processor, CONTROL_INPUT, input_decibels);
    for (int i = 0; i < FRAMES; i++) {
        in[0][i] = level;
    }
    run(processor, 1, 0, FRAMES);
    return processor;
}

// The key is the input as it came: its level control opens nothing.
static void the_input_level_does_not_move_it(void **state) {
    (void)state;
    Processor *soft = gated(0.0004f, 24.0f);
    assert_true(out[0][FRAMES - 1] == 0.0f);
    processor_free(soft);
    Processor *loud = gated(0.002f, -24.0f);
    assert_near(out[0][FRAMES - 1], 0.002 * pow(10.0, -24.0 / 20.0), 1e-8);
    processor_free(loud);
}

static void switching_it_off_does_not_click(void **state) {
    (void)state;
    Processor *processor = gated(0.0004f, 0.0f);
    assert_true(out[0][FRAMES - 1] == 0.0f);
    processor_set(processor, CONTROL_GATE, 0.0f);
    run(processor, 1, 0, FRAMES);
    assert_true(out[0][0] > 0.0f && out[0][0] <= 0.0004f * 1.001f / ATTACK);
    assert_true(out[0][2 * ATTACK] == in[0][0]);
    processor_free(processor);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(between_its_two_levels_it_stays_as_it_is),
        cmocka_unit_test(it_holds_for_fifty_milliseconds),
        cmocka_unit_test(switched_on_it_holds_first),
        cmocka_unit_test(it_opens_within_a_millisecond),
        cmocka_unit_test(it_starts_open_and_is_open_after_a_reset),
        cmocka_unit_test(any_channel_opens_it),
        cmocka_unit_test(off_it_opens_without_a_step),
        cmocka_unit_test(the_input_level_does_not_move_it),
        cmocka_unit_test(switching_it_off_does_not_click),
    };
    return cmocka_run_group_tests_name("gate", tests, NULL, NULL);
}
