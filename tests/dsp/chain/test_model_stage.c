// SPDX-License-Identifier: ISC
// A model as it sounds in a session: what it does when the model fails, its knobs and levels at
// every rate.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/denormals.h"
#include "dsp/network/isa_choice.h"
#include "tests/rig/near.h"
#include "tests/rig/processor_rig.h"
#include "tests/rig/sample_model.h"

enum { MUTED = RATE / 50 };

static ModelStageLevels levels; // none at work

static ModelStage *make_stage(const Model *model, double session_rate) {
    ModelStage *stage = NULL;
    assert_int_equal(model_stage_new(&stage, model, isa_best(), session_rate, 1, NULL), STATUS_OK);
    return stage;
}

static void run_stage(ModelStage *stage, int begin, int end, int block) {
    DenormalState before = denormals_off();
    for (int count; begin < end; begin += count) {
        count = end - begin < block ? end - begin : block;
        model_stage_run(stage, (float *[]){out[0] + begin}, (const float *[]){in[0] + begin},
                        &levels, count);
    }
    denormals_restore(before);
}

// ---- Models that fail ----

// Fine with a soft sound, beyond all limits with a loud one.
static Model *fragile_model(void) {
    Model *model = sample_model_new(8, 3, false);
    memset(model->layers[0].bias, 0, 24 * sizeof(float));
    memset(model->layers[0].recurrent_bias, 0, 24 * sizeof(float));
    for (int i = 0; i < 8; i++) {
        model->layers[1].kernel[i] = i % 2 ? 3e6f : -2e6f;
    }
    return model;
}

static void run_engine(const Model *model, int begin, int end) {
    Engine *engine = NULL;
    assert_int_equal(engine_new(&engine, model, isa_best(), 1, NULL), STATUS_OK);
    DenormalState before = denormals_off();
    engine_run(engine, (float *[]){expected[0] + begin}, (const float *[]){in[0] + begin},
               end - begin);
    denormals_restore(before);
    engine_free(engine);
}

// Silence of 20 ms from the first bad sample on, then the engine from its start.
static void what_fails_is_silent_and_starts_anew(void **state) {
    (void)state;
    static const int blocks[] = {1, 37, MODEL_STAGE_BLOCK};
    Model *model = fragile_model();
    for (int i = 0; i < FRAMES; i++) {
        in[0][i] = i >= 5000 && i < 5500 ? 3.0f : 0.01f * in[0][i];
    }
    for (size_t k = 0; k < sizeof blocks / sizeof *blocks; k++) {
        ModelStage *stage = make_stage(model, RATE);
        run_stage(stage, 0, FRAMES, blocks[k]);
        run_engine(model, 0, FRAMES);
        int bad = 0;
        while (fabsf(expected[0][bad]) <= 1e6f) {
            bad++;
        }
        assert_in_range(bad, 5000, 5100);
        assert_memory_equal(out[0], expected[0], (size_t)bad * sizeof(float));
        for (int i = bad; i < bad + MUTED; i++) {
            assert_true(out[0][i] == 0.0f);
        }
        int anew = bad + MUTED;
        run_engine(model, anew, FRAMES);
        assert_memory_equal(out[0] + anew, expected[0] + anew,
                            (size_t)(FRAMES - anew) * sizeof(float));
        model_stage_free(stage);
    }
    model_free(model);
}

// In the session's time, whatever the model's rate: resampling blurs no more than its own length.
static void silence_is_as_long_at_every_rate(void **state) {
    (void)state;
    static const double rates[] = {96000.0, 44100.0, 32000.0};
    for (size_t k = 0; k < sizeof rates / sizeof *rates; k++) {
        Model *model = fragile_model();
        model->sample_rate = rates[k];
        ModelStage *stage = make_stage(model, RATE);
        for (int i = 0; i < FRAMES; i++) {
            in[0][i] = i >= 5000 && i < 5050 ? 3.0f : 0.01f;
        }
        run_stage(stage, 0, FRAMES, MODEL_STAGE_BLOCK);
        int begin = 5000, silent = 0;
        while (begin < FRAMES && out[0][begin] != 0.0f) {
            begin++;
        }
        while (begin + silent < FRAMES && out[0][begin + silent] == 0.0f) {
            silent++;
        }
        assert_in_range(silent, MUTED - 2 * model_stage_latency(stage), MUTED);
        model_stage_free(stage);
        model_free(model);
    }
}

// ---- Knobs ----

// A model for `rate` Hz without memory whose output is its knob.
static ModelStage *knob_stage(double rate, double session_rate) {
    Model *model = model_new();
    model->sample_rate = rate;
    model->knobs = 1;
    model->knob[0] = (Knob){"Gain", -1.0f, 3.0f, 0.5f};
    assert_int_equal(model_add_layer(model, LAYER_DENSE, ACTIVATION_LINEAR, 2, 1, NULL), STATUS_OK);
    model->layers[0].kernel[1] = 1.0f;
    ModelStage *stage = make_stage(model, session_rate);
    model_free(model);
    return stage;
}

// The first frame after `from` where the output is above `level`.
static int crossing(int from, float level) {
    while (from < FRAMES && out[0][from] <= level) {
        from++;
    }
    return from;
}

// In frames of the session, whatever the model's rate: a conversion only makes it late, and rounds
// its corners.
static void a_knob_moves_in_a_straight_line_in_the_sessions_time(void **state) {
    (void)state;
    static const double rates[] = {48000.0, 24000.0, 0.0, 44100.0, 96000.0, 32000.0};
    enum { START = 3000, MOVE = 4000 };
    for (size_t k = 0; k < sizeof rates / sizeof *rates; k++) {
        ModelStage *stage = knob_stage(rates[k], RATE);
        model_stage_set_knob(stage, 0, 0.0f, 0);
        run_stage(stage, 0, START, MODEL_STAGE_BLOCK);
        model_stage_set_knob(stage, 0, 2.0f, MOVE);
        run_stage(stage, START, FRAMES, MODEL_STAGE_BLOCK);
        int tenth = crossing(START, 0.2f);
        assert_in_range(tenth, START + MOVE / 10 - 1,
                        START + MOVE / 10 + model_stage_latency(stage));
        for (int i = 2; i < 10; i++) {
            int expected_at = tenth + (i - 1) * MOVE / 10;
            assert_in_range(crossing(tenth, 0.2f * (float)i), expected_at - 3, expected_at + 3);
        }
        assert_near(out[0][FRAMES - 1], 2.0, 1e-5);
        model_stage_free(stage);
    }
}

static void it_tells_whether_a_knob_stands_elsewhere(void **state) {
    (void)state;
    ModelStage *stage = knob_stage(RATE, RATE);
    assert_false(model_stage_is_turned(stage));
    model_stage_set_knob(stage, 0, 2.0f, 100); // is to stand
    assert_true(model_stage_is_turned(stage));
    model_stage_set_knob(stage, 0, 0.5f, 0);
    assert_false(model_stage_is_turned(stage));
    model_stage_turn_knob(stage, 0, 0.0f, 0);
    assert_true(model_stage_is_turned(stage));
    model_stage_turn_knob(stage, 0, -1.0f, 0);
    assert_false(model_stage_is_turned(stage));
    model_stage_set_knob(stage, 1, 2.0f, 0); // there is none
    model_stage_set_knob(stage, -1, 2.0f, 0);
    model_stage_set_knob(stage, 0, NAN, 0);
    assert_false(model_stage_is_turned(stage));
    model_stage_free(stage);
}

// Back to the state after model_stage_new, but where the knobs are going.
static void a_reset_keeps_the_knobs(void **state) {
    (void)state;
    ModelStage *stage = knob_stage(RATE, RATE);
    model_stage_set_knob(stage, 0, 2.0f, 1000);
    run_stage(stage, 0, 100, MODEL_STAGE_BLOCK);
    model_stage_reset(stage);
    run_stage(stage, 0, 100, MODEL_STAGE_BLOCK);
    for (int i = 0; i < 100; i++) {
        assert_true(out[0][i] == 2.0f);
    }
    model_stage_free(stage);
}

// ---- Levels ----

static void fill(float *share, float value) {
    for (int i = 0; i < MODEL_STAGE_BLOCK; i++) {
        share[i] = value;
    }
}

// A linear model that doubles, as loud and as calibrated as `loudness` and `level` tell.
static ModelStage *doubling_stage(double loudness, double level) {
    Model *model = model_new();
    assert_int_equal(model_add_layer(model, LAYER_DENSE, ACTIVATION_LINEAR, 1, 1, NULL), STATUS_OK);
    model->sample_rate = RATE;
    model->layers[0].kernel[0] = 2.0f;
    model->info.loudness = loudness;
    model->info.input_level_dbu = level;
    ModelStage *stage = make_stage(model, RATE);
    model_free(model);
    return stage;
}

static double factor(double decibels) {
    return pow(10.0, decibels / 20.0);
}

// Half on is half the way from a factor of 1.
static void levels_work_by_their_shares(void **state) {
    (void)state;
    static const struct {
        double loudness, level;
        float normalise, calibrate;
        double gain;
    } cases[] = {
        {-30.0, 18.0, 0.0f, 0.0f, 0.0},  {-30.0, 18.0, 1.0f, 0.0f, 12.0},
        {-30.0, 18.0, 0.0f, 1.0f, -6.0}, {-30.0, 18.0, 1.0f, 1.0f, 6.0},
        {-30.0, NAN, 0.5f, 1.0f, NAN},   {-90.0, NAN, 1.0f, 0.0f, 40.0}, // held to 40 dB
        {60.0, NAN, 1.0f, 0.0f, -40.0},  {NAN, 100.0, 1.0f, 1.0f, 0.0},  // no level at all
        {NAN, -100.0, 1.0f, 1.0f, 0.0},  {NAN, 99.0, 1.0f, 1.0f, -87.0},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        ModelStage *stage = doubling_stage(cases[k].loudness, cases[k].level);
        double gain = isnan(cases[k].gain) ? 0.5 + 0.5 * factor(12.0) : factor(cases[k].gain);
        fill(levels.normalise, cases[k].normalise);
        fill(levels.calibrate, cases[k].calibrate);
        fill(levels.interface, (float)factor(12.0));
        run_stage(stage, 0, FRAMES, MODEL_STAGE_BLOCK);
        for (int i = 0; i < FRAMES; i++) {
            assert_near(out[0][i], 2.0 * gain * (double)in[0][i], 2e-6 * fmax(1.0, gain));
        }
        model_stage_free(stage);
    }
    memset(&levels, 0, sizeof levels);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_fails_is_silent_and_starts_anew, setup),
        cmocka_unit_test(silence_is_as_long_at_every_rate),
        cmocka_unit_test_setup(a_knob_moves_in_a_straight_line_in_the_sessions_time, setup),
        cmocka_unit_test(it_tells_whether_a_knob_stands_elsewhere),
        cmocka_unit_test_setup(a_reset_keeps_the_knobs, setup),
        cmocka_unit_test_setup(levels_work_by_their_shares, setup),
    };
    return cmocka_run_group_tests_name("model-stage", tests, NULL, NULL);
}
