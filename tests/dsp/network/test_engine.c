// SPDX-License-Identifier: ISC
// What an engine does beside its kernels: gains, skip, knobs, reset, chains, refusals, memory.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/base/memory.h"
#include "dsp/network/engine.h"
#include "dsp/network/isa_choice.h"

enum { FRAMES = 300 };

// A dense layer of `outputs` rows, each with its own weight and bias; what it computes is plain.
static void add_dense(Model *model, Activation activation, int inputs, int outputs) {
    Diagnostic diagnostic;
    assert_int_equal(model_add_layer(model, LAYER_DENSE, activation, inputs, outputs, &diagnostic),
                     STATUS_OK);
    Layer *layer = &model->layers[model->layer_count - 1];
    for (int i = 0; i < inputs * outputs; i++) {
        layer->kernel[i] = 0.25f * (float)(i % 5 + 1);
    }
    for (int i = 0; i < outputs; i++) {
        layer->bias[i] = 0.125f * (float)(i % 3);
    }
}

static void add_gru(Model *model, int inputs, int outputs) {
    Diagnostic diagnostic;
    assert_int_equal(
        model_add_layer(model, LAYER_GRU, ACTIVATION_LINEAR, inputs, outputs, &diagnostic),
        STATUS_OK);
    Layer *layer = &model->layers[model->layer_count - 1];
    for (int i = 0; i < 3 * inputs * outputs; i++) {
        layer->kernel[i] = 0.5f * sinf((float)i);
    }
    for (int i = 0; i < 3 * outputs * outputs; i++) {
        layer->recurrent_kernel[i] = 0.3f * cosf((float)i);
    }
    for (int i = 0; i < 3 * outputs; i++) {
        layer->bias[i] = 0.1f * sinf(2.0f * (float)i);
        layer->recurrent_bias[i] = 0.1f * cosf(2.0f * (float)i);
    }
}

static Model *gru_model(int knobs) {
    Model *model = model_new();
    assert_non_null(model);
    model->knobs = knobs;
    add_gru(model, 1 + knobs, 7);
    add_dense(model, ACTIVATION_LINEAR, 7, 1);
    return model;
}

static Engine *make(const Model *model, Isa isa, int channels) {
    Engine *engine;
    Diagnostic diagnostic = {""};
    Status status = engine_new(&engine, model, isa, channels, &diagnostic);
    if (status != STATUS_OK) {
        fail_msg("%s", diagnostic.text);
    }
    return engine;
}

static void run(Engine *engine, float *out, const float *in, int frames) {
    engine_run(engine, &out, &in, frames);
}

static void play(float *samples) {
    for (int i = 0; i < FRAMES; i++) {
        samples[i] = 0.6f * sinf(0.1f * (float)i);
    }
}

// Calls `test` with every ISA of this machine.
static void on_every_isa(void (*test)(Isa isa)) {
    for (int isa = 0; isa < ISA_COUNT; isa++) {
        if (isa_available((Isa)isa)) {
            test((Isa)isa);
        }
    }
}

// One frame of the model's equations, in double precision; h is the state.
static double gru_frame(const Model *model, double *h, double x, const float *knobs) {
    const Layer *gru = &model->layers[0];
    const Layer *head = &model->layers[1];
    int n = gru->outputs;
    double next[MODEL_MAX_HIDDEN];
    double y = (double)head->bias[0];
    for (int unit = 0; unit < n; unit++) {
        double input[3];
        double product[3];
        for (int gate = 0; gate < 3; gate++) {
            int row = gate * n + unit;
            const float *kernel = gru->kernel + row * gru->inputs;
            input[gate] = (double)gru->bias[row] + (double)kernel[0] * x;
            for (int k = 0; k < model->knobs; k++) {
                input[gate] += (double)kernel[1 + k] * (double)knobs[k];
            }
            product[gate] = (double)gru->recurrent_bias[row];
            for (int i = 0; i < n; i++) {
                product[gate] += (double)gru->recurrent_kernel[row * n + i] * h[i];
            }
        }
        double z = 1.0 / (1.0 + exp(-input[0] - product[0]));
        double r = 1.0 / (1.0 + exp(-input[1] - product[1]));
        double c = tanh(input[2] + r * product[2]);
        next[unit] = (1.0 - z) * c + z * h[unit];
        y += (double)head->kernel[unit] * next[unit];
    }
    memcpy(h, next, (size_t)n * sizeof *h);
    return y;
}

static void equations(Isa isa) {
    Model *model = gru_model(2);
    model->skip = true;
    model->input_gain = 6.0;
    model->output_gain = -3.0;
    model->sample_rate = 44100.0;
    Engine *engine = make(model, isa, 1);
    assert_int_equal(engine_isa(engine), isa);
    assert_true(engine_sample_rate(engine) == 44100.0);
    float knobs[2] = {0.25f, -0.5f};
    engine_set_knob(engine, 0, knobs[0]);
    engine_set_knob(engine, 1, knobs[1]);
    engine_set_knob(engine, 1, NAN);
    engine_set_knob(engine, -1, 1.0f);
    engine_set_knob(engine, 2, 1.0f);
    float in[FRAMES];
    float out[FRAMES];
    double h[MODEL_MAX_HIDDEN] = {0};
    play(in);
    run(engine, out, in, FRAMES);
    for (int i = 0; i < FRAMES; i++) {
        double x = (double)in[i] * pow(10.0, 6.0 / 20.0);
        double y = (gru_frame(model, h, x, knobs) + x) * pow(10.0, -3.0 / 20.0);
        assert_true(fabs(y - (double)out[i]) < 1e-6);
    }
    engine_free(engine);
    model_free(model);
}

static void test_equations(void **state) {
    (void)state;
    on_every_isa(equations);
}

// Knobs that turn between blocks: the same as the equations, frame by frame.
static void turning_knob(Isa isa) {
    Model *model = gru_model(1);
    Engine *engine = make(model, isa, 1);
    float in[FRAMES];
    float out[FRAMES];
    double h[MODEL_MAX_HIDDEN] = {0};
    play(in);
    for (int start = 0; start < FRAMES; start += 30) {
        float knob = (float)start / FRAMES;
        engine_set_knob(engine, 0, knob);
        run(engine, out + start, in + start, 30);
        for (int i = start; i < start + 30; i++) {
            assert_true(fabs(gru_frame(model, h, (double)in[i], &knob) - (double)out[i]) < 1e-6);
        }
    }
    engine_free(engine);
    model_free(model);
}

static void test_turning_knob(void **state) {
    (void)state;
    on_every_isa(turning_knob);
}

// A net without memory, first layer dense, with a knob.
static void dense_only(Isa isa) {
    Model *model = model_new();
    model->knobs = 1;
    add_dense(model, ACTIVATION_TANH, 2, 3);
    add_dense(model, ACTIVATION_RELU, 3, 1);
    Engine *engine = make(model, isa, 1);
    engine_set_knob(engine, 0, 0.5f);
    float in[FRAMES];
    float out[FRAMES];
    play(in);
    run(engine, out, in, FRAMES);
    const Layer *first = &model->layers[0];
    const Layer *last = &model->layers[1];
    for (int i = 0; i < FRAMES; i++) {
        double y = (double)last->bias[0];
        for (int unit = 0; unit < 3; unit++) {
            double sum = (double)first->bias[unit] +
                         (double)first->kernel[2 * unit] * (double)in[i] +
                         (double)first->kernel[2 * unit + 1] * 0.5;
            y += (double)last->kernel[unit] * tanh(sum);
        }
        y = y > 0.0 ? y : 0.0;
        assert_true(fabs(y - (double)out[i]) < 1e-6);
    }
    engine_free(engine);
    model_free(model);
}

static void test_dense_only(void **state) {
    (void)state;
    on_every_isa(dense_only);
}

// A model of two GRUs whose last layer is the second one.
static Model *stacked_model(void) {
    Model *model = model_new();
    add_gru(model, 1, 9);
    add_gru(model, 9, 5);
    add_gru(model, 5, 1);
    return model;
}

static void reset_and_channels(Isa isa) {
    Model *models[] = {gru_model(0), stacked_model()};
    for (int m = 0; m < 2; m++) {
        Engine *mono = make(models[m], isa, 1);
        Engine *stereo = make(models[m], isa, 2);
        float in[2][FRAMES];
        float once[2][FRAMES];
        float again[2][FRAMES];
        play(in[0]);
        for (int i = 0; i < FRAMES; i++) {
            in[1][i] = -0.5f * in[0][i];
        }
        const float *from[2] = {in[0], in[1]};
        float *to[2] = {once[0], once[1]};
        engine_run(stereo, to, from, FRAMES);
        for (int c = 0; c < 2; c++) {
            engine_reset(mono);
            run(mono, again[c], in[c], FRAMES);
            for (int i = 0; i < FRAMES; i++) {
                assert_true(fabsf(once[c][i] - again[c][i]) < 1e-6f);
            }
        }
        engine_run(stereo, to, from, 17); // an odd number of frames before the reset
        engine_reset(stereo);
        float *to_again[2] = {again[0], again[1]};
        engine_run(stereo, to_again, from, FRAMES);
        engine_reset(stereo);
        engine_run(stereo, to, from, FRAMES);
        assert_memory_equal(once, again, sizeof once);
        engine_free(mono);
        engine_free(stereo);
        model_free(models[m]);
    }
}

static void test_reset_and_channels(void **state) {
    (void)state;
    on_every_isa(reset_and_channels);
}

// The engine holds all it needs, and engines of one model do not touch each other.
static void test_independence(void **state) {
    (void)state;
    Model *model = gru_model(0);
    Engine *first = make(model, isa_best(), 1);
    Engine *second = make(model, isa_best(), 1);
    model_free(model);
    float in[FRAMES];
    float a[FRAMES];
    float b[FRAMES];
    play(in);
    for (int start = 0; start < FRAMES; start += 10) {
        run(first, a + start, in + start, 10);
    }
    run(second, b, in, FRAMES);
    assert_memory_equal(a, b, sizeof a);
    run(second, b, in, 0); // nothing to do is fine
    engine_free(first);
    engine_free(second);
    engine_free(NULL);
}

static void refuse(const Model *model, Isa isa, int channels, Status expected) {
    Engine *engine = (Engine *)&engine;
    Diagnostic diagnostic = {""};
    assert_int_equal(engine_new(&engine, model, isa, channels, &diagnostic), expected);
    assert_null(engine);
    assert_true(diagnostic.text[0] != '\0');
}

static void test_refusals(void **state) {
    (void)state;
    Model *model = gru_model(0);
    refuse(model, isa_best(), 0, STATUS_BAD_ARGUMENT);
    refuse(model, isa_best(), 3, STATUS_BAD_ARGUMENT);
    for (int isa = 0; isa <= ISA_COUNT; isa++) {
        if (!isa_available((Isa)isa)) {
            refuse(model, (Isa)isa, 1, STATUS_UNSUPPORTED);
        }
    }
    model->output_gain = 1000.0;
    refuse(model, isa_best(), 1, STATUS_UNSUPPORTED);
    model->output_gain = 0.0;
    model->layers[0].recurrent_kernel[5] = NAN;
    refuse(model, isa_best(), 1, STATUS_BAD_MODEL);
    model_free(model);

    model = model_new();
    refuse(model, isa_best(), 1, STATUS_BAD_MODEL); // no layers
    add_gru(model, 1, 4);
    refuse(model, isa_best(), 1, STATUS_BAD_MODEL); // four outputs
    model_free(model);
}

// Whichever allocation fails: a clear answer, and (under a leak checker) nothing left.
static void test_failing_allocations(void **state) {
    (void)state;
    Model *models[] = {gru_model(2), stacked_model(), NULL};
    models[2] = model_new();
    add_dense(models[2], ACTIVATION_TANH, 1, 3);
    add_gru(models[2], 3, 3);
    add_dense(models[2], ACTIVATION_TANH, 3, 1);
    for (int m = 0; m < 3; m++) {
        Status status = STATUS_NO_MEMORY;
        int failures = 0;
        for (; status != STATUS_OK; failures++) {
            Engine *engine;
            Diagnostic diagnostic = {""};
            memory_fail_after(failures);
            status = engine_new(&engine, models[m], isa_best(), 2, &diagnostic);
            memory_fail_after(-1);
            if (status != STATUS_OK) {
                assert_int_equal(status, STATUS_NO_MEMORY);
                assert_null(engine);
                assert_true(diagnostic.text[0] != '\0');
            }
            engine_free(engine);
        }
        assert_true(failures > 8);
        model_free(models[m]);
    }
}

static void test_isa_names(void **state) {
    (void)state;
    for (int i = 0; i < ISA_COUNT; i++) {
        Isa isa;
        assert_true(isa_from_name(isa_name((Isa)i), &isa));
        assert_int_equal(isa, i);
    }
    Isa isa;
    assert_false(isa_from_name("mmx", &isa));
    assert_true(isa_available(ISA_SCALAR));
    assert_int_equal(setenv("GRUFF_ISA", "scalar", 1), 0);
    assert_int_equal(isa_best(), ISA_SCALAR);
    assert_int_equal(isa_check_environment(NULL), STATUS_OK);
    assert_int_equal(setenv("GRUFF_ISA", "mmx", 1), 0);
    assert_true(isa_available(isa_best()));
    Diagnostic diagnostic;
    assert_int_equal(isa_check_environment(&diagnostic), STATUS_BAD_ARGUMENT);
    assert_non_null(strstr(diagnostic.text, "GRUFF_ISA is 'mmx' in the environment; this machine "
                                            "has scalar"));
    assert_int_equal(unsetenv("GRUFF_ISA"), 0);
    assert_int_equal(isa_check_environment(NULL), STATUS_OK);
    assert_true(isa_available(isa_best()));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equations),           cmocka_unit_test(test_turning_knob),
        cmocka_unit_test(test_dense_only),          cmocka_unit_test(test_reset_and_channels),
        cmocka_unit_test(test_independence),        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_failing_allocations), cmocka_unit_test(test_isa_names),
    };
    return cmocka_run_group_tests_name("engine", tests, NULL, NULL);
}
