// SPDX-License-Identifier: ISC
// The chain against its parts, put together by hand in the order that processor.h draws.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/denormals.h"
#include "dsp/chain/gate.h"
#include "dsp/chain/tone.h"
#include "dsp/network/isa_choice.h"
#include "tests/rig/near.h"
#include "tests/rig/processor_rig.h"
#include "tests/rig/sample_model.h"

enum { BLOCK = 64 };

static float factor(float decibels) {
    return powf(10.0f, decibels / 20.0f);
}

static ModelStage *make_stage(void) {
    Model *model = sample_model_new(8, 3, false);
    ModelStage *stage = NULL;
    model->layers[1].bias[0] += 0.2f;
    model->info.loudness = -25.0;
    model->info.input_level_dbu = 9.0;
    assert_int_equal(model_stage_new(&stage, model, isa_best(), RATE, 1, NULL), STATUS_OK);
    model_free(model);
    return stage;
}

// Notes with pauses in which the gate closes while they still ring in the tone controls.
static void make_notes(void) {
    for (int i = 0; i < FRAMES; i++) {
        in[0][i] *= i / 4000 % 2 ? 0.001f : 1.0f;
    }
}

static const float input = 6.0f, output = -9.0f, share = 0.7f, threshold = -40.0f;

static void set_tone(Tone *tone) {
    tone_init(tone, RATE);
    tone_set(tone, TONE_DEPTH, factor(12.0f), 0);
    tone_set(tone, TONE_TREBLE, factor(-6.0f), 0);
}

static void scale(float *signal, float gain) {
    for (int i = 0; i < BLOCK; i++) {
        signal[i] *= gain;
    }
}

// The whole of `in` into `expected`.
static void expect_parts(bool tone_before) {
    ModelStage *stage = make_stage();
    Cabinet *cabinet = sample_cabinet_new(1);
    ModelStageLevels levels;
    Gate gate;
    Tone tone;
    for (int i = 0; i < BLOCK; i++) {
        levels.calibrate[i] = levels.normalise[i] = levels.dc_block[i] = 1.0f;
        levels.interface[i] = factor(15.0f);
    }
    gate_init(&gate, RATE);
    gate_set(&gate, true, factor(threshold), 0.02f);
    set_tone(&tone);
    DenormalState before = denormals_off();
    for (int begin = 0; begin < FRAMES; begin += BLOCK) {
        float signal[BLOCK], wet[BLOCK], gains[BLOCK];
        const float *dry = in[0] + begin;
        memcpy(signal, dry, sizeof signal);
        scale(signal, factor(input));
        if (tone_before) {
            tone_run(&tone, (float *[]){signal}, 1, BLOCK);
        }
        model_stage_run(stage, (float *[]){wet}, (const float *[]){signal}, &levels, BLOCK);
        gate_run(&gate, gains, (const float *[]){dry}, 1, BLOCK);
        for (int i = 0; i < BLOCK; i++) {
            wet[i] *= gains[i];
        }
        if (!tone_before) {
            tone_run(&tone, (float *[]){wet}, 1, BLOCK);
        }
        cabinet_run(cabinet, (float *[]){wet}, (const float *[]){wet}, BLOCK);
        scale(wet, factor(output));
        for (int i = 0; i < BLOCK; i++) {
            expected[0][begin + i] = dry[i] * (1.0f - share) + wet[i] * share;
        }
    }
    denormals_restore(before);
    cabinet_free(cabinet);
    model_stage_free(stage);
}

static Processor *make_chain(bool tone_before) {
    const struct {
        ControlId id;
        float value;
    } settings[] = {{CONTROL_INPUT, input},
                    {CONTROL_OUTPUT, output},
                    {CONTROL_MIX, 100.0f * share},
                    {CONTROL_CALIBRATE, 1.0f},
                    {CONTROL_INTERFACE, 15.0f},
                    {CONTROL_GATE, 1.0f},
                    {CONTROL_THRESHOLD, threshold},
                    {CONTROL_RELEASE, 20.0f},
                    {CONTROL_DEPTH, 12.0f},
                    {CONTROL_TREBLE, -6.0f},
                    {CONTROL_TONE_POSITION, tone_before ? 1.0f : 0.0f}};
    Processor *processor = NULL;
    assert_int_equal(processor_new(&processor, RATE, 1, NULL), STATUS_OK);
    processor_install(processor, make_stage());
    processor_install_cabinet(processor, sample_cabinet_new(1));
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        processor_set(processor, settings[i].id, settings[i].value);
    }
    return processor;
}

static void the_chain_is_its_parts_in_order(void **state) {
    (void)state;
    make_notes();
    for (int before = 0; before < 2; before++) {
        expect_parts(before);
        Processor *processor = make_chain(before);
        run(processor, 1, 0, FRAMES);
        for (int i = 0; i < FRAMES; i++) {
            assert_near(out[0][i], expected[0][i], 1e-6);
        }
        processor_free(processor);
    }
}

// The output level is the last before the mix: what rings in the cabinet follows it, too.
static void the_output_level_comes_after_the_cabinet(void **state) {
    (void)state;
    Processor *processor = make(1, NULL);
    processor_install_cabinet(processor, sample_cabinet_new(1));
    run(processor, 1, 0, FRAMES);
    memcpy(expected, out, sizeof out);
    processor_reset(processor);
    run(processor, 1, 0, 2000);
    processor_set(processor, CONTROL_OUTPUT, -48.0f);
    run(processor, 1, 2000, FRAMES);
    for (int i = 2000 + FADE; i < FRAMES; i++) {
        assert_near(out[0][i], expected[0][i] * factor(-48.0f), 1e-6);
    }
    processor_free(processor);
}

// In the model, beside it, and as the gate's key.
static void what_is_no_audio_counts_as_silence(void **state) {
    (void)state;
    static const float bad[] = {NAN, INFINITY, -INFINITY, -NAN};
    make_notes();
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < FRAMES; i++) {
            in[0][i] = i % 5 ? in[0][i] : pass == 0 ? 0.0f : bad[i / 5 % 4];
        }
        Processor *processor = make_chain(false);
        run(processor, 1, 0, FRAMES);
        memcpy(expected[pass], out[0], sizeof out[0]);
        processor_free(processor);
    }
    assert_memory_equal(expected[1], expected[0], sizeof out[0]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_chain_is_its_parts_in_order, setup),
        cmocka_unit_test_setup(the_output_level_comes_after_the_cabinet, setup),
        cmocka_unit_test_setup(what_is_no_audio_counts_as_silence, setup),
    };
    return cmocka_run_group_tests_name("order", tests, NULL, NULL);
}
