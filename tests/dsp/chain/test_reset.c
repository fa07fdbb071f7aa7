// SPDX-License-Identifier: ISC
// What makes the chain forget: a reset, the end of a bypass, a cabinet that comes back.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/network/isa_choice.h"
#include "tests/rig/processor_rig.h"
#include "tests/rig/sample_model.h"

// ---- A chain with everything in it ----

// A model for `rate` Hz, with DC in its output and a knob.
static ModelStage *make_stage(double rate, int channels) {
    Model *model = sample_model_with_knobs_new(8, 3, 1);
    ModelStage *stage = NULL;
    model->sample_rate = rate;
    model->layers[1].bias[0] += 0.2f;
    model->info.loudness = -25.0;
    model->info.input_level_dbu = 9.0;
    assert_int_equal(model_stage_new(&stage, model, isa_best(), RATE, channels, NULL), STATUS_OK);
    model_free(model);
    return stage;
}

static const struct {
    ControlId id;
    float value;
} settings[] = {{CONTROL_INPUT, 6.0f},       {CONTROL_OUTPUT, -9.0f},    {CONTROL_MIX, 70.0f},
                {CONTROL_CALIBRATE, 1.0f},   {CONTROL_INTERFACE, 15.0f}, {CONTROL_GATE, 1.0f},
                {CONTROL_THRESHOLD, -40.0f}, {CONTROL_RELEASE, 20.0f},   {CONTROL_BASS, 9.0f},
                {CONTROL_DEPTH, 12.0f},      {CONTROL_MIDDLE, -6.0f},    {CONTROL_TREBLE, 4.0f},
                {CONTROL_PRESENCE, 6.0f},    {CONTROL_KNOB_1, 80.0f}};

// The models: at their own rate, with two states that take turns, and with converters; oversampled.
static const struct {
    double rate;
    float oversampling;
} models[] = {{48000.0, 1.0f}, {24000.0, 1.0f}, {44100.0, 1.0f},
              {48000.0, 2.0f}, {24000.0, 4.0f}, {44100.0, 4.0f}};

static Processor *make_full(double model_rate, float oversampling, int tone_position) {
    Processor *processor = NULL;
    assert_int_equal(processor_new(&processor, RATE, 2, NULL), STATUS_OK);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        processor_set(processor, settings[i].id, settings[i].value);
    }
    processor_set(processor, CONTROL_OVERSAMPLING, oversampling);
    processor_set(processor, CONTROL_TONE_POSITION, (float)tone_position);
    processor_install(processor, make_stage(model_rate, 2));
    processor_install_cabinet(processor, sample_cabinet_new(2));
    return processor;
}

// Pieces of another signal, so that nothing is as it was; then silence for `silence` frames.
static void disturb(Processor *processor, int silence) {
    static float other[2][FRAMES];
    for (int c = 0; c < 2; c++) {
        sample_signal(other[c], FRAMES, RATE, 7 + (unsigned)c);
        memset(other[c] + 5001, 0, sizeof other[c] - 5001 * sizeof(float));
    }
    processor_run(processor, (float *[]){out[0], out[1]}, (const float *[]){other[0], other[1]},
                  5001 + silence);
}

// ---- Tests ----

// With all memories full, and with the gate closed.
static void a_reset_is_as_new(void **state) {
    (void)state;
    for (size_t k = 0; k < sizeof models / sizeof *models; k++) {
        for (int position = 0; position < 2; position++) {
            Processor *fresh = make_full(models[k].rate, models[k].oversampling, position);
            run(fresh, 2, 0, FRAMES);
            memcpy(expected, out, sizeof out);
            processor_free(fresh);
            Processor *used = make_full(models[k].rate, models[k].oversampling, position);
            for (int silence = 0; silence < FRAMES / 2; silence += FRAMES / 3) {
                disturb(used, silence);
                processor_reset(used);
                run(used, 2, 0, FRAMES);
                assert_memory_equal(out, expected, sizeof out);
            }
            processor_free(used);
        }
    }
}

// What was moving is where it was going.
static void a_reset_ends_every_move(void **state) {
    (void)state;
    Processor *fresh = make_full(RATE, 4.0f, 0);
    run(fresh, 2, 0, FRAMES);
    memcpy(expected, out, sizeof out);
    Processor *moving = make_full(RATE, 4.0f, 1);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        processor_set(moving, settings[i].id, controls[settings[i].id].initial);
    }
    processor_set(moving, CONTROL_OVERSAMPLING, 2.0f);
    disturb(moving, 0);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        processor_set(moving, settings[i].id, settings[i].value);
    }
    processor_set(moving, CONTROL_OVERSAMPLING, 4.0f);
    processor_set(moving, CONTROL_TONE_POSITION, 0.0f);
    run(moving, 2, 0, FADE / 2);
    processor_reset(moving);
    run(moving, 2, 0, FRAMES);
    assert_memory_equal(out, expected, sizeof out);
    processor_free(moving);
    processor_free(fresh);
}

// After a bypass everything starts anew: once it is faded in it is what a new chain gives, but that
// the dry signal went on.
static void the_end_of_a_bypass_is_a_new_start(void **state) {
    (void)state;
    for (int position = 0; position < 2; position++) {
        Processor *processor = make_full(RATE, 2.0f, position);
        disturb(processor, 0);
        processor_set(processor, CONTROL_ENABLED, 0.0f);
        disturb(processor, 0);
        processor_set(processor, CONTROL_ENABLED, 1.0f);
        run(processor, 2, 0, FRAMES);
        memcpy(expected, out, sizeof out);
        Processor *fresh = make_full(RATE, 2.0f, position);
        run(fresh, 2, 0, FRAMES);
        for (int c = 0; c < 2; c++) {
            assert_memory_equal(out[c] + FADE, expected[c] + FADE, (FRAMES - FADE) * sizeof(float));
        }
        processor_free(fresh);
        processor_free(processor);
    }
}

// What a cabinet had heard before it was off is not heard when it is on again.
static void a_cabinet_that_was_off_starts_anew(void **state) {
    (void)state;
    Processor *processor = make(2, NULL);
    processor_install_cabinet(processor, sample_cabinet_new(2));
    run(processor, 2, 0, FRAMES);
    processor_set(processor, CONTROL_CABINET, 0.0f);
    run(processor, 2, 0, 2 * FADE);
    memset(in, 0, sizeof in);
    run(processor, 2, 0, FRAMES);
    processor_set(processor, CONTROL_CABINET, 1.0f);
    run(processor, 2, 0, FRAMES);
    for (int i = 0; i < FRAMES; i++) {
        assert_true(out[0][i] == 0.0f && out[1][i] == 0.0f);
    }
    processor_free(processor);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_reset_is_as_new, setup),
        cmocka_unit_test_setup(a_reset_ends_every_move, setup),
        cmocka_unit_test_setup(the_end_of_a_bypass_is_a_new_start, setup),
        cmocka_unit_test_setup(a_cabinet_that_was_off_starts_anew, setup),
    };
    return cmocka_run_group_tests_name("reset", tests, NULL, NULL);
}
