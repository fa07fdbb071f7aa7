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

// A sine that glides over the pass band, to 18 kHz at 48 kHz and 17 kHz at 44.1 kHz, comes out as
// loud, and late by the latency that is told: none between half-band filters but for their lag, and
// at most 1 ms between converters, exactly.
static void latency_is_none_or_exact_and_below_1_ms(void **state) {
    (void)state;
    static const double rates[][2] = {{48e3, 48e3},   {44.1e3, 44.1e3}, {48e3, 44.1e3},
                                      {44.1e3, 48e3}, {48e3, 88.2e3},   {44.1e3, 96e3},
                                      {48e3, 96e3},   {96e3, 48e3},     {48e3, 176.4e3}};
    Model *model = identity_model();
    for (size_t k = 0; k < 2 * sizeof rates / sizeof *rates; k++) {
        double rate = rates[k / 2][1], top = rate < 48e3 ? 17e3 : 18e3;
        for (int i = 0; i < FRAMES; i++) {
            double phase = two_pi * 0.5 * top / rate * i * i / FRAMES;
            in[0][i] = (float)(0.5 * sin(phase) * fmin(1.0, (FRAMES - i) / 2000.0));
        }
        ModelStage *stage = make_stage(model, rates[k / 2][0], rate, 1);
        model_stage_set_oversampling(stage, k % 2 ? 4 : 2, 0);
        int latency = model_stage_latency(stage), lag = model_stage_lag(stage);
        run_stage(stage, out[0], 0, FRAMES);
        double error = 0.0, energy = 0.0, before = 0.0;
        for (int i = latency + 1000; i < FRAMES; i++) {
            double was = (double)in[0][i - latency], is = (double)out[0][i];
            error += (is - was) * (is - was);
            energy += is * is;
            before += was * was;
        }
        print_message("%g Hz model at %g Hz, %s: %.2f ms, lag %d, error %.1f dB\n", rates[k / 2][0],
                      rate, k % 2 ? "4x" : "2x", 1e3 * latency / rate, lag,
                      10.0 * log10(error / energy));
        assert_true(fabs(10.0 * log10(energy / before)) < 0.01);
        assert_true(latency <= 1e-3 * rate);
        if (model_stage_rate_mode(stage) == RATE_RESAMPLED) {
            assert_true(error < 1e-8 * energy && lag == 0);
        } else {
            assert_int_equal(latency, 0);
            assert_in_range(lag, 0, 4);
        }
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
    int quiet = OVERSAMPLER_FILLING;
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

// ---- In the chain ----

// The control's factor is that of the model there is, of one that is put in place, and of one that
// is offered; what is told as latency follows at once.
static void the_control_is_for_all_models(void **state) {
    (void)state;
    enum { START = 3000 };
    Model *model = sample_model_new(12, 5, true);
    ModelStage *alone = make_stage(model, RATE, RATE, 1);
    model_stage_set_oversampling(alone, 4, 0);
    int latency = model_stage_latency(alone), lag = model_stage_lag(alone);
    assert_true(lag > 0);
    run_stage(alone, expected[0], 0, FRAMES);
    for (int set_first = 0; set_first < 2; set_first++) {
        Processor *processor = make(1, NULL);
        if (set_first) {
            processor_set(processor, CONTROL_OVERSAMPLING, 4.0f);
        }
        processor_install(processor, make_stage(model, RATE, RATE, 1));
        processor_set(processor, CONTROL_OVERSAMPLING, 4.0f);
        assert_int_equal(processor_latency(processor), latency);
        run(processor, 1, 0, FRAMES);
        assert_memory_equal(out[0], expected[0], sizeof out[0]);
        processor_free(processor);
    }
    // Offered: the factor is there from its first frame on.
    Processor *processor = make(1, NULL);
    processor_set(processor, CONTROL_OVERSAMPLING, 4.0f);
    run(processor, 1, 0, START);
    model_stage_reset(alone);
    run_stage(alone, expected[0], START, FRAMES);
    processor_offer(processor, make_stage(model, RATE, RATE, 1));
    run(processor, 1, START, FRAMES);
    assert_int_equal(processor_latency(processor), latency);
    int whole = START + 2 * latency + FADE;
    assert_memory_equal(out[0] + whole, expected[0] + whole,
                        (size_t)(FRAMES - whole) * sizeof(float));
    processor_free(processor);
    // Where it differs, what is told follows the control, not the fade.
    processor = make(1, make_stage(model, 44.1e3, RATE, 1));
    int told = processor_latency(processor);
    processor_set(processor, CONTROL_OVERSAMPLING, 2.0f);
    assert_true(processor_latency(processor) < told);
    processor_free(processor);
    model_stage_free(alone);
    model_free(model);
}

// Half dry and half wet a high tone does not cancel itself; bypassed, the input passes as it is.
static void the_dry_signal_lags_as_well(void **state) {
    (void)state;
    Model *model = identity_model();
    for (int i = 0; i < FRAMES; i++) {
        in[0][i] = (float)(0.4 * sin(fmod(two_pi * 8000.0 * i / RATE, two_pi)));
    }
    for (int enabled = 0; enabled < 2; enabled++) {
        Processor *processor = make(1, make_stage(model, RATE, RATE, 1));
        processor_set(processor, CONTROL_MIX, 50.0f);
        processor_set(processor, CONTROL_ENABLED, (float)enabled);
        for (int k = 0; k < 5; k++) {
            double power = 0.0;
            processor_set(processor, CONTROL_OVERSAMPLING, (float)(k < 3 ? 1 << k : 1 << (4 - k)));
            if (k == 2) { // as put in place, too
                processor_reset(processor);
            }
            run(processor, 1, k * 4000, (k + 1) * 4000);
            for (int i = (k + 1) * 4000 - 1200; i < (k + 1) * 4000; i++) {
                power += 2.0 * (double)out[0][i] * (double)out[0][i] / 1200.0;
            }
            assert_true(sqrt(power) > 0.4 * 0.97 && sqrt(power) < 0.4 * 1.001);
        }
        if (!enabled) {
            assert_memory_equal(out[0] + FADE, in[0] + FADE, (5 * 4000 - FADE) * sizeof(float));
        }
        processor_free(processor);
    }
    model_free(model);
}

// Factors that come and go, also while a fade is under way, a model is coming in, and bypassed.
static void eventful_run(int block) {
    static const struct {
        int frame, factor;
    } events[] = {{1000, 2}, {1500, 4},  {1600, 1},  {5000, 4},  {9100, 2},
                  {9700, 1}, {12000, 4}, {16000, 2}, {20000, 1}, {FRAMES, 1}};
    Model *model = sample_model_new(8, 4, true);
    Processor *processor = make(2, make_stage(model, RATE, RATE, 2));
    processor_set(processor, CONTROL_MIX, 70.0f);
    for (int begin = 0, next = 0; begin < FRAMES;) {
        int count = block > 0 ? block : 1 + rand() % 700;
        int end = begin + count < events[next].frame ? begin + count : events[next].frame;
        run(processor, 2, begin, end);
        begin = end;
        if (begin == events[next].frame && begin < FRAMES) {
            processor_set(processor, CONTROL_OVERSAMPLING, (float)events[next].factor);
            if (begin == 9100) {
                processor_offer(processor, make_stage(model, 44100.0, RATE, 2));
            } else if (begin == 12000 || begin == 20000) {
                processor_set(processor, CONTROL_ENABLED, begin == 20000);
            }
            next++;
        }
    }
    processor_free(processor);
    model_free(model);
}

static void block_sizes_do_not_matter(void **state) {
    (void)state;
    static const int blocks[] = {64, 0, 127, 129, 8192};
    expect_same_for_blocks(eventful_run, blocks, sizeof blocks / sizeof *blocks);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_engine_runs_at_the_factor_times_its_rate, setup),
        cmocka_unit_test_setup(latency_is_none_or_exact_and_below_1_ms, setup),
        cmocka_unit_test_setup(what_cannot_be_reached_is_left_out, setup),
        cmocka_unit_test_setup(oversampling_lowers_aliases, setup),
        cmocka_unit_test_setup(a_change_does_not_click, setup),
        cmocka_unit_test_setup(the_fade_waits_for_the_filters, setup),
        cmocka_unit_test_setup(the_state_goes_over, setup),
        cmocka_unit_test_setup(knobs_stay, setup),
        cmocka_unit_test_setup(the_control_is_for_all_models, setup),
        cmocka_unit_test_setup(the_dry_signal_lags_as_well, setup),
        cmocka_unit_test_setup(block_sizes_do_not_matter, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
