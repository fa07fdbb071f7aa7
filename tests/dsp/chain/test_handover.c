// SPDX-License-Identifier: ISC
// Models and cabinets that are put in place at once, offered, or withdrawn.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/network/isa_choice.h"
#include "tests/rig/near.h"
#include "tests/rig/processor_rig.h"
#include "tests/rig/sample_model.h"

// ---- Models whose output is a constant: what sounds is seen in every frame ----

static ModelStage *constant_stage(float value) {
    Model *model = model_new();
    assert_int_equal(model_add_layer(model, LAYER_DENSE, ACTIVATION_LINEAR, 1, 1, NULL), STATUS_OK);
    model->sample_rate = RATE;
    model->layers[0].bias[0] = value;
    ModelStage *stage = NULL;
    assert_int_equal(model_stage_new(&stage, model, isa_best(), RATE, 1, NULL), STATUS_OK);
    model_free(model);
    return stage;
}

// One whose output is its knob, which runs from 0 to 10.
static ModelStage *knob_stage(void) {
    Model *model = model_new();
    model->knobs = 1;
    model->knob[0] = (Knob){"Gain", 0.0f, 10.0f, 5.0f};
    assert_int_equal(model_add_layer(model, LAYER_DENSE, ACTIVATION_LINEAR, 2, 1, NULL), STATUS_OK);
    model->sample_rate = RATE;
    model->layers[0].kernel[1] = 1.0f;
    ModelStage *stage = NULL;
    assert_int_equal(model_stage_new(&stage, model, isa_best(), RATE, 1, NULL), STATUS_OK);
    model_free(model);
    return stage;
}

// A cabinet that turns the signal over.
static Cabinet *inverting_cabinet(void) {
    float tap = -1.0f;
    ImpulseResponse impulse = {.rate = RATE, .channels = 1, .frames = 1, .samples = {&tap}};
    Cabinet *cabinet = NULL;
    assert_int_equal(cabinet_new(&cabinet, &impulse, RATE, 1, NULL), STATUS_OK);
    return cabinet;
}

static void assert_level(int begin, int end, float level) {
    for (int i = begin; i < end; i++) {
        assert_true(out[0][i] == level);
    }
}

static void what_is_installed_sounds_at_once_and_ends_a_fade(void **state) {
    (void)state;
    Processor *processor = make(1, constant_stage(1.0f));
    processor_offer(processor, constant_stage(2.0f));
    run(processor, 1, 0, FADE / 2);
    assert_true(out[0][FADE / 2 - 1] > 1.0f);
    processor_install(processor, constant_stage(3.0f));
    run(processor, 1, 0, FADE);
    assert_level(0, FADE, 3.0f);
    assert_false(processor_has_retired(processor));
    processor_offer(processor, constant_stage(4.0f));
    processor_install(processor, constant_stage(5.0f)); // the offer is gone
    run(processor, 1, 0, 2 * FADE);
    assert_level(0, 2 * FADE, 5.0f);
    processor_install(processor, NULL);
    run(processor, 1, 0, FADE);
    assert_memory_equal(out[0], in[0], FADE * sizeof(float));
    processor_free(processor);
}

static void an_installed_cabinet_sounds_at_once_and_ends_a_fade(void **state) {
    (void)state;
    Processor *processor = make(1, constant_stage(1.0f));
    processor_install_cabinet(processor, inverting_cabinet());
    run(processor, 1, 0, FADE);
    assert_level(0, FADE, -1.0f);
    Cabinet *none = NULL;
    assert_int_equal(cabinet_new(&none, NULL, RATE, 1, NULL), STATUS_OK);
    processor_offer_cabinet(processor, none);
    run(processor, 1, 0, FADE / 2);
    processor_install_cabinet(processor, inverting_cabinet());
    run(processor, 1, 0, FADE);
    assert_level(0, FADE, -1.0f);
    processor_install_cabinet(processor, NULL);
    run(processor, 1, 0, FADE);
    assert_level(0, FADE, 1.0f);
    processor_free(processor);
}

static void an_offer_can_be_withdrawn(void **state) {
    (void)state;
    Processor *processor = make(1, constant_stage(1.0f));
    processor_offer(processor, constant_stage(2.0f));
    processor_offer(processor, NULL);
    processor_offer_cabinet(processor, inverting_cabinet());
    processor_offer_cabinet(processor, NULL);
    run(processor, 1, 0, 2 * FADE);
    assert_level(0, 2 * FADE, 1.0f);
    assert_false(processor_has_retired(processor));
    processor_free(processor);
}

// Collected as soon as it may be, so that only the fade is waited for.
static void an_offer_waits_for_the_fade_that_is_under_way(void **state) {
    (void)state;
    Processor *processor = make(1, constant_stage(0.0f));
    processor_offer(processor, constant_stage(1.0f));
    run(processor, 1, 0, FADE / 2);
    processor_offer(processor, constant_stage(0.0f));
    run(processor, 1, FADE / 2, FADE);
    assert_true(out[0][FADE - 1] == 1.0f); // arrived
    assert_true(processor_collect(processor));
    run(processor, 1, FADE, 2 * FADE);
    assert_true(out[0][2 * FADE - 1] == 0.0f);
    processor_free(processor);
}

// In a straight line: what a cabinet plays is mostly the same.
static void cabinets_fade_in_twenty_milliseconds(void **state) {
    (void)state;
    Processor *processor = make(1, constant_stage(1.0f));
    processor_offer_cabinet(processor, inverting_cabinet());
    run(processor, 1, 0, 2 * FADE);
    for (int i = 0; i < FADE; i++) {
        assert_near(out[0][i], 1.0 - 2.0 * (i + 1) / FADE, 1e-5);
    }
    assert_level(FADE, 2 * FADE, -1.0f);
    processor_free(processor);
}

static void what_has_retired_is_collected_once(void **state) {
    (void)state;
    Processor *processor = make(1, constant_stage(1.0f));
    processor_install_cabinet(processor, inverting_cabinet());
    assert_false(processor_collect(processor));
    processor_offer_cabinet(processor, inverting_cabinet());
    run(processor, 1, 0, 2 * FADE);
    assert_true(processor_has_retired(processor));
    assert_true(processor_collect(processor));
    assert_false(processor_has_retired(processor));
    assert_false(processor_collect(processor));
    processor_free(processor);
}

// ---- Knobs of models to come ----

static float knob_now(Processor *processor) {
    run(processor, 1, 0, 2 * FADE);
    return out[0][2 * FADE - 1];
}

static void knobs_are_kept_for_models_that_come_later(void **state) {
    (void)state;
    for (int offered = 0; offered < 2; offered++) {
        Processor *processor = make(1, constant_stage(1.0f));
        run(processor, 1, 0, FADE);
        processor_set_knob(processor, 0, 7.0f);
        if (offered) {
            processor_offer(processor, knob_stage());
            run(processor, 1, 0, RATE / 10 + 2 * FADE); // it settles first
        } else {
            processor_install(processor, knob_stage());
        }
        assert_near(knob_now(processor), 7.0, 1e-6);
        processor_free(processor);
    }
}

// A value of its own range counts until the control is set again.
static void the_last_of_knob_and_control_counts(void **state) {
    (void)state;
    Processor *processor = make(1, knob_stage());
    assert_near(knob_now(processor), 5.0, 1e-6);
    processor_set(processor, CONTROL_KNOB_1, 20.0f);
    assert_near(knob_now(processor), 2.0, 1e-6);
    processor_set_knob(processor, 0, 12.5f); // beyond its range is fine
    assert_near(knob_now(processor), 12.5, 1e-6);
    processor_set(processor, CONTROL_KNOB_2, 20.0f); // another one
    assert_near(knob_now(processor), 12.5, 1e-6);
    processor_set(processor, CONTROL_KNOB_1, 30.0f);
    assert_near(knob_now(processor), 3.0, 1e-6);
    processor_free(processor);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_is_installed_sounds_at_once_and_ends_a_fade, setup),
        cmocka_unit_test_setup(an_installed_cabinet_sounds_at_once_and_ends_a_fade, setup),
        cmocka_unit_test_setup(an_offer_can_be_withdrawn, setup),
        cmocka_unit_test_setup(an_offer_waits_for_the_fade_that_is_under_way, setup),
        cmocka_unit_test_setup(cabinets_fade_in_twenty_milliseconds, setup),
        cmocka_unit_test_setup(what_has_retired_is_collected_once, setup),
        cmocka_unit_test_setup(knobs_are_kept_for_models_that_come_later, setup),
        cmocka_unit_test_setup(the_last_of_knob_and_control_counts, setup),
    };
    return cmocka_run_group_tests_name("handover", tests, NULL, NULL);
}
