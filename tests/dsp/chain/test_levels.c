// SPDX-License-Identifier: ISC
// What stands round the model in the chain: gate, DC blocker, loudness, calibration, knobs.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/chain/dc_blocker.h"
#include "dsp/chain/gate.h"
#include "dsp/network/isa_choice.h"
#include "tests/rig/near.h"
#include "tests/rig/processor_rig.h"
#include "tests/rig/sample_model.h"

static float ones[FRAMES], gains[FRAMES];

// ---- Gate ----

static void gate_over(Gate *gate, const float *key, int begin, int end, int block) {
    for (int at = begin; at < end; at += block) {
        int count = end - at < block ? end - at : block;
        const float *from[1] = {key + at};
        gate_run(gate, gains + at, from, 1, count);
    }
}

// Loud for a while, then 20 dB under the threshold.
static void gate_key(float *key, int loud) {
    for (int i = 0; i < FRAMES; i++) {
        key[i] = (i < loud ? 0.5f : 0.001f) * sinf(6.2831853f * 100.0f * (float)i / RATE);
    }
}

static void gate_opens_holds_and_falls_by_its_release(void **state) {
    (void)state;
    Gate gate;
    gate_init(&gate, RATE);
    gate_set(&gate, true, 0.01f, 0.1f);
    gate_key(in[0], 4800);
    gate_over(&gate, in[0], 0, FRAMES, 64);
    for (int i = 0; i < 4800 + RATE / 25; i++) {
        assert_near(gains[i], 1.0f, 0.0);
    }
    int closing = 0;
    while (gains[closing] == 1.0f) {
        closing++;
    }
    assert_true(closing < 4800 + RATE * 55 / 1000);
    assert_near(20.0 * log10((double)gains[closing + RATE / 10]), -60.0, 0.1);
    assert_near(gains[FRAMES - 1], 0.0f, 0.0);
    gate_key(in[0], FRAMES); // it opens within 1 ms of the threshold
    gate_over(&gate, in[0], 0, FRAMES, 64);
    assert_true(gains[0] == 0.0f);
    int opening = 0;
    while (gains[opening] < 1.0f) {
        assert_true(gains[opening + 1] - gains[opening] <= 1.001f / (RATE / 1000));
        opening++;
    }
    assert_true(opening < RATE / 1000 + RATE / 400);
}

static void gate_does_not_depend_on_blocks(void **state) {
    (void)state;
    static const int blocks[] = {1, 37, 128, FRAMES};
    static float first[FRAMES];
    gate_key(in[0], 2000);
    for (int i = 9000; i < 9500; i++) {
        in[0][i] = 0.02f;
    }
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        Gate gate;
        gate_init(&gate, RATE);
        gate_set(&gate, true, 0.01f, 0.05f);
        gate_over(&gate, in[0], 0, FRAMES, blocks[i]);
        if (i == 0) {
            memcpy(first, gains, sizeof first);
        }
        assert_memory_equal(gains, first, sizeof first);
    }
}

// Keyed by the input as it came, not by what the model makes of it.
static void gate_in_the_chain_silences_the_model(void **state) {
    (void)state;
    Model *model = sample_model_new(8, 3, false); // it is never silent by itself: biases
    ModelStage *stage = NULL;
    assert_int_equal(model_stage_new(&stage, model, isa_best(), RATE, 1, NULL), STATUS_OK);
    model_free(model);
    Processor *processor = make(1, stage);
    processor_set(processor, CONTROL_GATE, 1.0f);
    processor_set(processor, CONTROL_THRESHOLD, -40.0f);
    processor_set(processor, CONTROL_RELEASE, 30.0f);
    gate_key(in[0], 4800);
    run(processor, 1, 0, FRAMES);
    assert_true(fabsf(out[0][4000]) > 0.0f);
    for (int i = 4800 + RATE / 8; i < FRAMES; i++) {
        assert_near(out[0][i], 0.0f, 0.0);
    }
    processor_set(processor, CONTROL_GATE, 0.0f); // off: it opens
    run(processor, 1, 0, FRAMES);
    assert_true(fabsf(out[0][RATE / 1000 + 1]) > 0.0f);
    processor_free(processor);
}

// ---- DC ----

static void dc_blocker_takes_the_constant_and_leaves_the_rest(void **state) {
    (void)state;
    DcBlocker blocker;
    dc_blocker_init(&blocker, RATE);
    for (int i = 0; i < FRAMES; i++) {
        ones[i] = 1.0f;
        in[0][i] = 0.25f;
    }
    dc_blocker_run(&blocker, in[0], ones, FRAMES);
    assert_true(fabsf(in[0][FRAMES - 1]) < 1e-6f);
    for (int i = 0; i < FRAMES; i++) { // the lowest string
        in[0][i] = sinf(6.2831853f * 82.0f * (float)i / RATE);
    }
    dc_blocker_reset(&blocker);
    dc_blocker_run(&blocker, in[0], ones, FRAMES);
    float peak = 0.0f;
    for (int i = FRAMES / 2; i < FRAMES; i++) {
        peak = fmaxf(peak, fabsf(in[0][i]));
    }
    assert_near(20.0 * log10((double)peak), 0.0, 0.05);
}

static void dc_of_a_model_goes(void **state) {
    (void)state;
    Model *model = sample_model_new(8, 3, false);
    model->layers[1].bias[0] += 0.3f;
    ModelStage *stage = NULL;
    assert_int_equal(model_stage_new(&stage, model, isa_best(), RATE, 1, NULL), STATUS_OK);
    model_free(model);
    Processor *processor = make(1, stage);
    memset(in, 0, sizeof in);
    run(processor, 1, 0, FRAMES);
    assert_true(fabsf(out[0][FRAMES - 1]) > 0.1f);
    processor_set(processor, CONTROL_DC_BLOCK, 1.0f);
    run(processor, 1, 0, FRAMES);
    run(processor, 1, 0, FRAMES);
    assert_true(fabsf(out[0][FRAMES - 1]) < 1e-5f);
    processor_free(processor);
}

// ---- Levels ----

static ModelStage *levelled_stage(double loudness, double input_level) {
    Model *model = sample_model_new(8, 3, true);
    model->info.loudness = loudness;
    model->info.input_level_dbu = input_level;
    ModelStage *stage = NULL;
    assert_int_equal(model_stage_new(&stage, model, isa_best(), RATE, 1, NULL), STATUS_OK);
    model_free(model);
    return stage;
}

static void normalisation_brings_models_to_one_level(void **state) {
    (void)state;
    static const struct {
        double loudness, gain; // dB
    } cases[] = {{-6.0, -12.0}, {-30.5, 12.5}, {NAN, 0.0}, {-INFINITY, 0.0}, {-200.0, 40.0}};
    expect_engine(sample_engine_new(8, 3, 1), 1);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        Processor *processor = make(1, levelled_stage(cases[k].loudness, NAN));
        processor_set(processor, CONTROL_NORMALISE, 1.0f);
        run(processor, 1, 0, FRAMES);
        double gain = pow(10.0, cases[k].gain / 20.0);
        for (int i = 0; i < FRAMES; i++) {
            assert_true(fabs((double)out[0][i] - gain * (double)expected[0][i]) < 1e-5 * gain);
        }
        processor_free(processor);
    }
}

static void calibration_gives_the_model_its_level(void **state) {
    (void)state;
    static const struct {
        double input_level, gain; // dBu, dB
    } cases[] = {{18.0, -6.0}, {6.0, 6.0}, {NAN, 0.0}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        Processor *calibrated = make(1, levelled_stage(NAN, cases[k].input_level));
        processor_set(calibrated, CONTROL_CALIBRATE, 1.0f); // the interface is at 12 dBu
        run(calibrated, 1, 0, FRAMES);
        memcpy(expected, out, sizeof out);
        Processor *driven = make(1, levelled_stage(NAN, NAN));
        processor_set(driven, CONTROL_INPUT, (float)cases[k].gain);
        run(driven, 1, 0, FRAMES);
        for (int i = 0; i < FRAMES; i++) {
            assert_true(fabsf(out[0][i] - expected[0][i]) < 1e-5f);
        }
        processor_free(driven);
        processor_free(calibrated);
    }
}

// ---- Knobs ----

// A model without memory whose output is its knob.
static ModelStage *knob_stage(void) {
    Model *model = model_new();
    model->sample_rate = RATE;
    model->knobs = 1;
    model->knob[0] = (Knob){"Gain", -1.0f, 3.0f, 0.5f};
    assert_int_equal(model_add_layer(model, LAYER_DENSE, ACTIVATION_LINEAR, 2, 1, NULL), STATUS_OK);
    model->layers[0].kernel[1] = 1.0f;
    ModelStage *stage = NULL;
    assert_int_equal(model_stage_new(&stage, model, isa_best(), RATE, 1, NULL), STATUS_OK);
    model_free(model);
    return stage;
}

static void knobs_move_frame_by_frame(void **state) {
    (void)state;
    static const int blocks[] = {1, 64, 77, 1000};
    for (size_t k = 0; k < sizeof blocks / sizeof *blocks; k++) {
        Processor *processor = make(1, knob_stage());
        processor_set_knob(processor, 0, 1.0f); // at once: nothing has run
        for (int at = 0; at < 8000; at += blocks[k]) {
            if (at <= 1000 && at + blocks[k] > 1000) {
                run(processor, 1, at, 1000);
                processor_set_knob(processor, 0, 2.0f);
                run(processor, 1, 1000, at + blocks[k]);
            } else {
                run(processor, 1, at, at + blocks[k]);
            }
        }
        if (k == 0) {
            memcpy(expected, out, sizeof out);
        }
        assert_memory_equal(out[0], expected[0], 8000 * sizeof(float));
        processor_free(processor);
    }
    assert_near(out[0][999], 1.0f, 1e-6);
    assert_near(out[0][1000 + FADE], 2.0f, 1e-6);
    for (int i = 1; i < 8000; i++) {
        assert_true(fabsf(out[0][i] - out[0][i - 1]) < 1.1f / FADE); // a frame, a step
    }
}

static void a_knob_is_turned_through_its_range(void **state) {
    (void)state;
    static const struct {
        float share, value;
    } cases[] = {{0.0f, -1.0f}, {1.0f, 3.0f}, {0.25f, 0.0f}, {-1.0f, 0.5f}};
    static const ModelStageLevels levels; // none of them at work
    ModelStage *stage = knob_stage();
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        float *to[1] = {out[0]};
        const float *from[1] = {in[0]};
        model_stage_turn_knob(stage, 0, cases[k].share, 0);
        model_stage_turn_knob(stage, 1, 0.5f, 0); // there is none
        model_stage_run(stage, to, from, &levels, MODEL_STAGE_BLOCK);
        assert_near(out[0][0], cases[k].value, 1e-6);
    }
    model_stage_free(stage);
}

// The controls of the knobs, for this model and for those that come later.
static void controls_turn_the_knobs(void **state) {
    (void)state;
    static const struct {
        ControlId id;
        float percent, value;
    } moves[] = {{CONTROL_KNOB_2, 30.0f, 0.5f},
                 {CONTROL_KNOB_1, 100.0f, 3.0f},
                 {CONTROL_KNOB_1, 25.0f, 0.0f},
                 {CONTROL_KNOB_1, -1.0f, 0.5f},
                 {CONTROL_KNOB_1, 50.0f, 1.0f}};
    Processor *processor = make(1, knob_stage());
    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++) {
        processor_set(processor, moves[i].id, moves[i].percent);
        run(processor, 1, 0, 2 * FADE);
        assert_near(out[0][2 * FADE - 1], moves[i].value, 1e-6);
    }
    // What is left behind keeps its place: another model's knobs come with it.
    processor_offer(processor, knob_stage());
    run(processor, 1, 0, FADE);
    processor_set_knob(processor, 0, 2.0f);
    run(processor, 1, FADE, 3 * FADE);
    assert_near(out[0][3 * FADE - 1], 1.0f, 1e-6);
    run(processor, 1, 3 * FADE, 8 * FADE);
    assert_near(out[0][8 * FADE - 1], 2.0f, 1e-6);
    processor_set_knob(processor, 0, 2.5f);
    run(processor, 1, 0, 2 * FADE);
    assert_near(out[0][2 * FADE - 1], 2.5f, 1e-6);
    processor_free(processor);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(gate_opens_holds_and_falls_by_its_release, setup),
        cmocka_unit_test_setup(gate_does_not_depend_on_blocks, setup),
        cmocka_unit_test_setup(gate_in_the_chain_silences_the_model, setup),
        cmocka_unit_test_setup(dc_blocker_takes_the_constant_and_leaves_the_rest, setup),
        cmocka_unit_test_setup(dc_of_a_model_goes, setup),
        cmocka_unit_test_setup(normalisation_brings_models_to_one_level, setup),
        cmocka_unit_test_setup(calibration_gives_the_model_its_level, setup),
        cmocka_unit_test_setup(knobs_move_frame_by_frame, setup),
        cmocka_unit_test_setup(a_knob_is_turned_through_its_range, setup),
        cmocka_unit_test_setup(controls_turn_the_knobs, setup),
    };
    return cmocka_run_group_tests_name("levels", tests, NULL, NULL);
}
