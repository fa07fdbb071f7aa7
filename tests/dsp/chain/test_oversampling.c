// SPDX-License-Identifier: ISC
// A model that runs at 2 or 4 times its rate: what its engine gets, how late it is, how the factor
// changes, and what it is for.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/denormals.h"
#include "dsp/chain/oversampler.h"
#include "dsp/network/isa_choice.h"
#include "tests/rig/processor_rig.h"
#include "tests/rig/sample_model.h"

enum { BLOCK = MODEL_STAGE_BLOCK, MAX_FACTOR = 4 };

static const double two_pi = 6.28318530717958648;
static ModelStageLevels levels; // none at work

static ModelStage *make_stage(Model *model, double model_rate, double session_rate, int channels) {
    ModelStage *stage = NULL;
    model->sample_rate = model_rate;
    assert_int_equal(model_stage_new(&stage, model, isa_best(), session_rate, channels, NULL),
                     STATUS_OK);
    return stage;
}

// A model whose output is its input.
static Model *identity_model(void) {
    Model *model = sample_model_new(8, 1, true);
    memset(model->layers[1].kernel, 0, 8 * sizeof(float));
    model->layers[1].bias[0] = 0.0f;
    return model;
}

static void run_stage(ModelStage *stage, float *to, int begin, int end) {
    DenormalState before = denormals_off();
    for (int count; begin < end; begin += count) {
        count = end - begin < BLOCK ? end - begin : BLOCK;
        model_stage_run(stage, (float *[]){to + begin}, (const float *[]){in[0] + begin}, &levels,
                        count);
    }
    denormals_restore(before);
}

// ---- What the engine gets ----

// The same by hand: up, an engine with as many states as its rate is times the model's, down.
static void expect_oversampled(const Model *model, int oversampling, int states) {
    static float high[MAX_FACTOR * FRAMES];
    Oversampler *oversampler = NULL;
    Engine *engine = NULL;
    assert_int_equal(oversampler_new(&oversampler, oversampling, 1, BLOCK, NULL), STATUS_OK);
    assert_int_equal(engine_new_delayed(&engine, model, isa_best(), 1, states, NULL), STATUS_OK);
    DenormalState before = denormals_off();
    for (int at = 0, count; at < FRAMES; at += count) {
        float *up = high + oversampling * at, between[MAX_FACTOR * BLOCK];
        count = FRAMES - at < BLOCK ? FRAMES - at : BLOCK;
        oversampler_up(oversampler, (float *[]){up}, (const float *[]){in[0] + at}, count);
        engine_run(engine, (float *[]){between}, (const float *[]){up}, oversampling * count);
        oversampler_down(oversampler, (float *[]){expected[0] + at}, (const float *[]){between},
                         count);
    }
    denormals_restore(before);
    engine_free(engine);
    oversampler_free(oversampler);
}

// A session that is faster than the model counts towards the factor.
static void the_engine_runs_at_the_factor_times_its_rate(void **state) {
    (void)state;
    static const struct {
        double model, session;
        int factor, oversampling, states;
    } cases[] = {
        {48e3, 48e3, 2, 2, 2},  {48e3, 48e3, 4, 4, 4},  {44.1e3, 44.1e3, 2, 2, 2},
        {0.0, 44.1e3, 4, 4, 4}, {48e3, 96e3, 4, 2, 4},  {48e3, 144e3, 4, 2, 6},
        {48e3, 96e3, 2, 1, 2},  {48e3, 192e3, 4, 1, 4}, {48e3, 384e3, 4, 1, 8},
        {48e3, 48e3, 1, 1, 1},  {96e3, 192e3, 4, 2, 4},
    };
    Model *model = sample_model_new(12, 5, true);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ModelStage *stage = make_stage(model, cases[i].model, cases[i].session, 1);
        model_stage_set_oversampling(stage, cases[i].factor, 0);
        run_stage(stage, out[0], 0, FRAMES);
        if (cases[i].oversampling > 1) {
            expect_oversampled(model, cases[i].oversampling, cases[i].states);
        } else {
            Engine *engine = NULL;
            assert_int_equal(
                engine_new_delayed(&engine, model, isa_best(), 1, cases[i].states, NULL),
                STATUS_OK);
            expect_engine(engine, 1);
            assert_int_equal(model_stage_latency(stage), 0);
        }
        assert_memory_equal(out[0], expected[0], sizeof out[0]);
        model_stage_free(stage);
    }
    model_free(model);
}

// A sine that glides over the pass band, to 18 kHz at 48 kHz and 17 kHz at 44.1 kHz, comes out late
// by the latency that is told, at most 1 ms in all, half-band filters or converters.
static void latency_is_exact_and_below_1_ms(void **state) {
    (void)state;
    static const double rates[][2] = {{48e3, 48e3},   {44.1e3, 44.1e3}, {48e3, 44.1e3},
                                      {44.1e3, 48e3}, {48e3, 88.2e3},   {44.1e3, 96e3},
                                      {48e3, 96e3},   {96e3, 48e3},     {48e3, 176.4e3}};
    Model *model = identity_model();
    for (size_t k = 0; k < 2 * sizeof rates / sizeof *rates; k++) {
        double rate = rates[k / 2][1];
        double top = rate < 48e3 ? 17e3 : 18e3;
        for (int i = 0; i < FRAMES; i++) {
            double phase = two_pi * 0.5 * top / rate * i * i / FRAMES;
            in[0][i] = (float)(0.5 * sin(phase) * fmin(1.0, (FRAMES - i) / 2000.0));
        }
        ModelStage *stage = make_stage(model, rates[k / 2][0], rate, 1);
        model_stage_set_oversampling(stage, k % 2 ? 4 : 2, 0);
        int latency = model_stage_latency(stage);
        run_stage(stage, out[0], 0, FRAMES);
        double error = 0.0, energy = 0.0;
        for (int i = latency + 1000; i < FRAMES; i++) {
            double difference = (double)out[0][i] - (double)in[0][i - latency];
            error += difference * difference;
            energy += (double)out[0][i] * (double)out[0][i];
        }
        print_message("%g Hz model at %g Hz, %s: %.2f ms, error %.1f dB\n", rates[k / 2][0], rate,
                      k % 2 ? "4x" : "2x", 1e3 * latency / rate, 10.0 * log10(error / energy));
        assert_true(error < 1e-8 * energy);
        assert_true(latency <= 1e-3 * rate);
        model_stage_free(stage);
    }
    model_free(model);
}

// Where the engine would be too far from the session's rate the factor below counts.
static void what_cannot_be_reached_is_left_out(void **state) {
    (void)state;
    Model *model = identity_model();
    ModelStage *stage = make_stage(model, 48e3, 1000.0, 1); // 48 times, of at most 64
    int latency = model_stage_latency(stage);
    model_stage_set_oversampling(stage, 4, 0);
    assert_int_equal(model_stage_latency(stage), latency);
    model_stage_free(stage);
    model_free(model);
}

// ---- Aliasing ----

// A tanh of twenty times the input.
static Model *clipping_model(void) {
    Model *model = model_new();
    assert_int_equal(model_add_layer(model, LAYER_DENSE, ACTIVATION_TANH, 1, 1, NULL), STATUS_OK);
    assert_int_equal(model_add_layer(model, LAYER_GRU, ACTIVATION_TANH, 1, 1, NULL), STATUS_OK);
    assert_int_equal(model_add_layer(model, LAYER_DENSE, ACTIVATION_LINEAR, 1, 1, NULL), STATUS_OK);
    model->layers[0].kernel[0] = 20.0f;
    model->layers[1].bias[0] = -4.0f; // hardly any memory
    model->layers[1].kernel[2] = 0.5f;
    model->layers[2].kernel[0] = 2.0f;
    return model;
}

// The power of `out` that is not at a multiple of `frequency` Hz, below 20 kHz, over all power, dB.
static double inharmonic(int frequency) {
    enum { FIRST = FRAMES - RATE / 10, COUNT = RATE / 10, STEP = RATE / COUNT };
    double harmonic = 0.0, other = 0.0;
    for (int bin = 1; bin * STEP <= 20000; bin++) {
        double cosine = 0.0, sine = 0.0;
        for (int i = 0; i < COUNT; i++) {
            double angle = two_pi * ((int64_t)bin * i % COUNT) / COUNT;
            cosine += (double)out[0][FIRST + i] * cos(angle);
            sine += (double)out[0][FIRST + i] * sin(angle);
        }
        double power = cosine * cosine + sine * sine;
        *(bin * STEP % frequency ? &other : &harmonic) += power;
    }
    return 10.0 * log10(other / (harmonic + other));
}

static void oversampling_lowers_aliases(void **state) {
    (void)state;
    Model *model = clipping_model();
    double level[3];
    for (int i = 0; i < FRAMES; i++) {
        in[0][i] = (float)(0.5 * sin(fmod(two_pi * 1230.0 * i / RATE, two_pi)));
    }
    for (int k = 0; k < 3; k++) {
        ModelStage *stage = make_stage(model, RATE, RATE, 1);
        model_stage_set_oversampling(stage, 1 << k, 0);
        run_stage(stage, out[0], 0, FRAMES);
        level[k] = inharmonic(1230);
        print_message("%dx: inharmonic power %.1f dB\n", 1 << k, level[k]);
        model_stage_free(stage);
    }
    assert_true(level[1] < level[0] - 14.0);
    assert_true(level[2] < level[0] - 24.0);
    model_free(model);
}

// ---- Changes ----

// The slope of a soft sine is not exceeded, whatever the factor changes to: the latency changes
// through a fade, and the engine goes on where it was.
static void a_change_does_not_click(void **state) {
    (void)state;
    static const int factors[] = {1, 2, 4, 1, 4, 2, 1};
    for (int i = 0; i < FRAMES; i++) {
        in[0][i] = (float)(0.4 * sin(two_pi * 60.0 * i / RATE));
    }
    Model *model = identity_model();
    ModelStage *stage = make_stage(model, RATE, RATE, 1);
    for (int k = 0; k < 7; k++) {
        model_stage_set_oversampling(stage, factors[k], FADE);
        run_stage(stage, out[0], k * 3000, (k + 1) * 3000);
    }
    for (int i = 1; i < 7 * 3000; i++) {
        assert_true(fabsf(out[0][i] - out[0][i - 1]) < 0.0035f); // the sine's are 0.0031
    }
    model_stage_free(stage);
    model_free(model);
}

// Until its filters are full the new factor is not heard; 20 ms later it is alone.
static void the_fade_waits_for_the_filters(void **state) {
    (void)state;
    enum { START = 5000 };
    Model *model = sample_model_new(12, 5, true);
    ModelStage *stage = make_stage(model, RATE, RATE, 1);
    ModelStage *changing = make_stage(model, RATE, RATE, 1);
    run_stage(changing, out[0], 0, START);
    model_stage_set_oversampling(changing, 4, FADE);
    int quiet = 2 * model_stage_latency(changing);
    run_stage(changing, out[0], START, FRAMES);
    run_stage(stage, expected[0], 0, FRAMES);
    assert_memory_equal(out[0], expected[0], (START + (size_t)quiet) * sizeof(float));
    assert_true(memcmp(out[0] + START + quiet, expected[0] + START + quiet, 100 * sizeof(float)));
    // What is heard afterwards is the factor's own sound, as it is when it is there from the start.
    model_stage_reset(stage);
    model_stage_set_oversampling(stage, 4, 0);
    run_stage(stage, expected[0], 0, FRAMES);
    for (int i = START + quiet + FADE + 2000; i < FRAMES; i++) {
        assert_true(fabsf(out[0][i] - expected[0][i]) < 1e-4f);
    }
    model_stage_free(stage);
    model_stage_free(changing);
    model_free(model);
}

// A model that remembers for long does not begin anew: at a constant input its output stays.
static void the_state_goes_over(void **state) {
    (void)state;
    enum { START = 12000 };
    Model *model = clipping_model();
    model->layers[1].bias[0] = 6.0f; // 400 samples
    for (int i = 0; i < FRAMES; i++) {
        in[0][i] = 0.3f;
    }
    ModelStage *stage = make_stage(model, RATE, RATE, 1);
    run_stage(stage, out[0], 0, START);
    assert_true(fabsf(out[0][START - 1]) > 0.5f);
    for (int factor = 4; factor >= 1; factor /= 2) {
        int begin = START + (4 / factor) * 2000;
        model_stage_set_oversampling(stage, factor, FADE);
        run_stage(stage, out[0], begin, begin + 2000);
        for (int i = begin; i < begin + 2000; i++) {
            assert_true(fabsf(out[0][i] - out[0][START - 1]) < 0.1f);
        }
    }
    model_stage_free(stage);
    model_free(model);
}

// Knobs turn at every factor, heard or not, and stay where they are.
static void knobs_stay(void **state) {
    (void)state;
    Model *model = sample_model_with_knobs_new(8, 3, 1);
    ModelStage *stage = make_stage(model, RATE, RATE, 1);
    model_stage_set_knob(stage, 0, 0.9f, 0);
    model_stage_set_oversampling(stage, 2, 0);
    run_stage(stage, out[0], 0, FRAMES);
    ModelStage *other = make_stage(model, RATE, RATE, 1);
    model_stage_set_oversampling(other, 2, 0);
    model_stage_set_knob(other, 0, 0.9f, 0);
    model_stage_reset(other);
    run_stage(other, expected[0], 0, FRAMES);
    assert_memory_equal(out[0], expected[0], sizeof out[0]);
    // One that is on its way as the factor changes arrives all the same.
    model_stage_set_knob(other, 0, 0.1f, 400);
    model_stage_set_oversampling(other, 1, FADE);
    run_stage(other, expected[0], 0, FRAMES);
    model_stage_set_knob(stage, 0, 0.1f, 0);
    model_stage_set_oversampling(stage, 1, 0);
    run_stage(stage, out[0], 0, FRAMES);
    for (int i = FRAMES - 4000; i < FRAMES; i++) {
        assert_true(fabsf(out[0][i] - expected[0][i]) < 1e-4f);
    }
    model_stage_free(stage);
    model_stage_free(other);
    model_free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_engine_runs_at_the_factor_times_its_rate, setup),
        cmocka_unit_test_setup(latency_is_exact_and_below_1_ms, setup),
        cmocka_unit_test_setup(what_cannot_be_reached_is_left_out, setup),
        cmocka_unit_test_setup(oversampling_lowers_aliases, setup),
        cmocka_unit_test_setup(a_change_does_not_click, setup),
        cmocka_unit_test_setup(the_fade_waits_for_the_filters, setup),
        cmocka_unit_test_setup(the_state_goes_over, setup),
        cmocka_unit_test_setup(knobs_stay, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
