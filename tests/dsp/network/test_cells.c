// SPDX-License-Identifier: ISC
// Every cell and activation, every start and every knob, on every ISA of the machine against the
// equations of dsp/network/model.h.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "dsp/base/memory.h"
#include "dsp/network/engine.h"
#include "dsp/network/isa_choice.h"
#include "tests/dsp/network/equations.h"

enum { FRAMES = 250, CHANNELS = ENGINE_MAX_CHANNELS };

// ---- Models and engines ----

static uint32_t seed = 1;

static void fill(float *values, int count, double scale) {
    for (int i = 0; values && i < count; i++) {
        seed = seed * 1664525u + 1013904223u;
        values[i] = (float)(scale * ((double)(seed >> 8) / 8388608.0 - 1.0));
    }
}

static void add(Model *model, LayerKind kind, Activation activation, int inputs, int outputs) {
    Diagnostic diagnostic;
    assert_int_equal(model_add_layer(model, kind, activation, inputs, outputs, &diagnostic),
                     STATUS_OK);
    Layer *layer = &model->layers[model->layer_count - 1];
    int rows = layer_gates(kind) * outputs;
    fill(layer->kernel, rows * inputs, 1.0 / sqrt(inputs));
    fill(layer->recurrent_kernel, rows * outputs, 1.0 / sqrt(outputs));
    fill(layer->bias, rows, 0.5);
    fill(layer->recurrent_bias, rows, 0.5);
    fill(layer->slope, outputs, 0.5);
    fill(layer->initial_state, outputs, 0.9);
    fill(layer->initial_cell, outputs, 2.0);
}

enum { CELLS = 3 };
static const LayerKind cells[CELLS] = {LAYER_GRU, LAYER_GRU_RESET_BEFORE, LAYER_LSTM};

// One recurrent layer with two knobs and a head.
static Model *single(LayerKind kind, int hidden) {
    Model *model = model_new();
    assert_non_null(model);
    model->knobs = 2;
    model->knob[0].initial = 0.75f;
    model->knob[1].initial = -0.25f;
    add(model, kind, ACTIVATION_LINEAR, 3, hidden);
    add(model, LAYER_DENSE, ACTIVATION_LINEAR, hidden, 1);
    return model;
}

static Engine *make(const Model *model, Isa isa, int channels) {
    Engine *engine;
    Diagnostic diagnostic = {""};
    if (engine_new(&engine, model, isa, channels, &diagnostic) != STATUS_OK) {
        fail_msg("%s", diagnostic.text);
    }
    return engine;
}

static void play(float samples[CHANNELS][FRAMES]) {
    for (int i = 0; i < FRAMES; i++) {
        samples[0][i] = 0.7f * sinf(0.1f * (float)i);
        samples[1][i] = 0.4f * cosf(0.07f * (float)i);
    }
}

// Runs the engine over some sound in blocks of odd lengths and the equations beside it, from where
// each stands; `states` are those of the channels.
static void run_beside(const Model *model, Engine *engine, int channels, EquationState *states,
                       const float *knobs) {
    float in[CHANNELS][FRAMES];
    float out[CHANNELS][FRAMES];
    play(in);
    for (int at = 0, block = 1; at < FRAMES; at += block) {
        block = at % 90 + 1 < FRAMES - at ? at % 90 + 1 : FRAMES - at;
        const float *from[CHANNELS] = {in[0] + at, in[1] + at};
        float *to[CHANNELS] = {out[0] + at, out[1] + at};
        engine_run(engine, to, from, block);
    }
    for (int c = 0; c < channels; c++) {
        for (int i = 0; i < FRAMES; i++) {
            double y = equations_step(model, &states[c], (double)in[c][i], knobs);
            if (!(fabs(y - (double)out[c][i]) < 1e-6)) {
                fail_msg("%s, channel %d, frame %d: %.9g instead of %.9g",
                         isa_name(engine_isa(engine)), c, i, (double)out[c][i], y);
            }
        }
    }
}

// A new engine against the equations; after a reset once more.
static void hold(const Model *model, Isa isa, int channels) {
    float knobs[MODEL_MAX_KNOBS] = {0.0f};
    EquationState states[CHANNELS];
    Engine *engine = make(model, isa, channels);
    for (int k = 0; k < model->knobs; k++) {
        knobs[k] = model->knob[k].initial;
    }
    for (int turn = 0; turn < 2; turn++) {
        for (int c = 0; c < channels; c++) {
            equations_start(model, &states[c]);
        }
        run_beside(model, engine, channels, states, knobs);
        engine_reset(engine);
    }
    engine_free(engine);
}

static void hold_everywhere(const Model *model) {
    for (int isa = 0; isa < ISA_COUNT; isa++) {
        for (int channels = 1; channels <= CHANNELS && isa_available((Isa)isa); channels++) {
            hold(model, (Isa)isa, channels);
        }
    }
}

// ---- The tests ----

static void test_cells_alone(void **state) {
    (void)state;
    static const int sizes[] = {1, 3, 8, 12, 16, 20, 29, 32, 40, 48, 64};
    for (int cell = 0; cell < CELLS; cell++) {
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            Model *model = single(cells[cell], sizes[i]);
            hold_everywhere(model);
            model_free(model);
        }
    }
}

// Three recurrent layers in every order, with a dense layer first, between and last.
static void test_cells_stacked(void **state) {
    (void)state;
    for (int order = 0; order < CELLS * CELLS * CELLS; order++) {
        Model *model = model_new();
        assert_non_null(model);
        model->knobs = order % 2;
        model->knob[0].initial = 0.5f;
        int width = 1 + model->knobs;
        if (order % 4 == 3) {
            add(model, LAYER_DENSE, ACTIVATION_TANH, width, 6);
            width = 6;
        }
        add(model, cells[order % CELLS], ACTIVATION_LINEAR, width, 9);
        add(model, cells[order / CELLS % CELLS], ACTIVATION_LINEAR, 9, 17);
        if (order % 5 == 4) {
            add(model, LAYER_DENSE, ACTIVATION_ELU, 17, 17);
        }
        add(model, cells[order / CELLS / CELLS], ACTIVATION_LINEAR, 17, order % 2 ? 1 : 5);
        if (order % 2 == 0) {
            add(model, LAYER_DENSE, ACTIVATION_LINEAR, 5, 1);
        }
        hold_everywhere(model);
        model_free(model);
    }
}

static void test_activations(void **state) {
    (void)state;
    for (int activation = ACTIVATION_LINEAR; activation <= ACTIVATION_PRELU; activation++) {
        for (int width = 1; width <= 37; width += 9) {
            Model *model = model_new();
            assert_non_null(model);
            model->knobs = 1;
            model->knob[0].initial = -1.5f;
            add(model, LAYER_DENSE, (Activation)activation, 2, width);
            add(model, LAYER_DENSE, (Activation)activation, width, 7);
            add(model, LAYER_DENSE, ACTIVATION_LINEAR, 7, 1);
            hold_everywhere(model);
            model_free(model);
        }
    }
}

// Values that no exponential stands.
static void test_softmax_of_large_values(void **state) {
    (void)state;
    Model *model = model_new();
    assert_non_null(model);
    add(model, LAYER_DENSE, ACTIVATION_SOFTMAX, 1, 3);
    add(model, LAYER_DENSE, ACTIVATION_LINEAR, 3, 1);
    static const float bias[] = {5e4f, -1e30f, 5e4f};
    memset(model->layers[0].kernel, 0, 3 * sizeof(float));
    memcpy(model->layers[0].bias, bias, sizeof bias);
    const Layer *head = &model->layers[1];
    double expected = (double)head->bias[0] +
                      0.5 * ((double)head->kernel[0] + (double)head->kernel[2]);
    for (int isa = 0; isa < ISA_COUNT; isa++) {
        if (isa_available((Isa)isa)) {
            Engine *engine = make(model, (Isa)isa, 1);
            float sample = 0.3f;
            float *out = &sample;
            const float *in = &sample;
            engine_run(engine, &out, &in, 1);
            assert_true(fabs((double)sample - expected) < 1e-6);
            engine_free(engine);
        }
    }
    model_free(model);
}

// A reset goes back to the initial state, but leaves the knobs where the player turned them.
static void test_knobs_stay(void **state) {
    (void)state;
    for (int cell = 0; cell < CELLS; cell++) {
        Model *model = single(cells[cell], 12);
        for (int isa = 0; isa < ISA_COUNT; isa++) {
            if (!isa_available((Isa)isa)) {
                continue;
            }
            Engine *engine = make(model, (Isa)isa, 1);
            EquationState equations;
            const float knobs[MODEL_MAX_KNOBS] = {0.1f, 0.9f};
            engine_set_knob(engine, 0, knobs[0]);
            engine_set_knob(engine, 1, knobs[1]);
            for (int turn = 0; turn < 2; turn++) {
                equations_start(model, &equations);
                run_beside(model, engine, 1, &equations, knobs);
                engine_reset(engine);
            }
            engine_free(engine);
        }
        model_free(model);
    }
}

// A new engine has run its silence, and a reset goes back to where that ended.
static void settles(const Model *model, Isa isa, int channels) {
    const float knobs[MODEL_MAX_KNOBS] = {model->knob[0].initial, model->knob[1].initial};
    EquationState settled;
    equations_start(model, &settled);
    for (int i = 0; i < model->settling; i++) {
        equations_step(model, &settled, 0.0, knobs);
    }
    Engine *engine = make(model, isa, channels);
    for (int turn = 0; turn < 3; turn++) {
        EquationState states[CHANNELS] = {settled, settled};
        run_beside(model, engine, channels, states, knobs);
        engine_reset(engine);
    }
    engine_free(engine);
}

static void test_settling(void **state) {
    (void)state;
    static const int lengths[] = {1, 63, 64, 65, 200, 5000};
    for (int cell = 0; cell < CELLS; cell++) {
        Model *model = single(cells[cell], 11);
        for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
            model->settling = lengths[i];
            for (int isa = 0; isa < ISA_COUNT; isa++) {
                for (int channels = 1; channels <= CHANNELS && isa_available((Isa)isa);
                     channels++) {
                    settles(model, (Isa)isa, channels);
                }
            }
        }
        model_free(model);
    }
}

// A cell that forgets 1e-6 of itself in a frame goes down as slowly as it should.
static void test_slow_cell(void **state) {
    (void)state;
    Model *model = model_new();
    assert_non_null(model);
    add(model, LAYER_LSTM, ACTIVATION_LINEAR, 1, 1);
    add(model, LAYER_DENSE, ACTIVATION_LINEAR, 1, 1);
    const Layer *cell = &model->layers[0];
    memset(cell->kernel, 0, 4 * sizeof(float));
    memset(cell->recurrent_kernel, 0, 4 * sizeof(float));
    memset(cell->recurrent_bias, 0, 4 * sizeof(float));
    static const float bias[] = {-30.0f, 13.8155106f, 0.0f, 30.0f}; // i shut, f = 1 - 1e-6, o open
    memcpy(cell->bias, bias, sizeof bias);
    cell->initial_cell[0] = 0.5f;
    model->layers[1].kernel[0] = 1.0f;
    model->layers[1].bias[0] = 0.0f;
    for (int isa = 0; isa < ISA_COUNT; isa++) {
        if (!isa_available((Isa)isa)) {
            continue;
        }
        Engine *engine = make(model, (Isa)isa, 1);
        float samples[FRAMES] = {0};
        float *out = samples;
        const float *in = samples;
        for (int run = 0; run < 200; run++) {
            memset(samples, 0, sizeof samples);
            engine_run(engine, &out, &in, FRAMES);
        }
        double forget = 1.0 / (1.0 + exp(-(double)bias[1]));
        double expected = tanh(0.5 * pow(forget, 200.0 * FRAMES));
        assert_true(fabs((double)samples[FRAMES - 1] - expected) < 1e-6);
        engine_free(engine);
    }
    model_free(model);
}

static void refuse(const Model *model, const char *words) {
    Engine *engine = (Engine *)&engine;
    Diagnostic diagnostic = {""};
    assert_int_equal(engine_new(&engine, model, isa_best(), 1, &diagnostic), STATUS_UNSUPPORTED);
    assert_null(engine);
    assert_non_null(strstr(diagnostic.text, words));
}

static void test_refusals(void **state) {
    (void)state;
    Model *model = single(LAYER_LSTM, 4);
    model->settling = -1;
    refuse(model, "-1 samples");
    model->settling = INT32_MAX;
    refuse(model, "2147483647 samples");
    model->settling = 0;
    model->layers[0].initial_cell[2] = 1e30f;
    refuse(model, "layer 1");
    model->layers[0].initial_cell[2] = 0.0f;
    model->layers[0].initial_state[3] = -1e30f;
    refuse(model, "layer 1");
    model_free(model);
}

// Whichever allocation fails: a clear answer, and (under a leak checker) nothing left.
static void test_failing_allocations(void **state) {
    (void)state;
    Model *model = single(LAYER_LSTM, 4);
    model->layers[1].activation = ACTIVATION_TANH;
    model->settling = 70;
    Model *other = model_new();
    assert_non_null(other);
    add(other, LAYER_DENSE, ACTIVATION_PRELU, 1, 3);
    add(other, LAYER_GRU_RESET_BEFORE, ACTIVATION_LINEAR, 3, 1);
    const Model *models[] = {model, other};
    for (int m = 0; m < 2; m++) {
        Status status = STATUS_NO_MEMORY;
        int failures = 0;
        for (; status != STATUS_OK; failures++) {
            Engine *engine;
            Diagnostic diagnostic = {""};
            memory_fail_after(failures);
            status = engine_new(&engine, models[m], isa_best(), CHANNELS, &diagnostic);
            memory_fail_after(-1);
            if (status != STATUS_OK) {
                assert_int_equal(status, STATUS_NO_MEMORY);
                assert_null(engine);
                assert_true(diagnostic.text[0] != '\0');
            }
            engine_free(engine);
        }
        assert_true(failures > 10);
    }
    model_free(other);
    model_free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cells_alone),         cmocka_unit_test(test_cells_stacked),
        cmocka_unit_test(test_activations),         cmocka_unit_test(test_softmax_of_large_values),
        cmocka_unit_test(test_knobs_stay),          cmocka_unit_test(test_settling),
        cmocka_unit_test(test_slow_cell),           cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests_name("cells", tests, NULL, NULL);
}
