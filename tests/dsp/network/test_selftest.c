// SPDX-License-Identifier: ISC
// The self-test that comes with a model file: what passes, and which mistakes are recognised.
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <math.h>

#include "dsp/base/memory.h"
#include "dsp/network/engine.h"
#include "dsp/network/isa_choice.h"
#include "dsp/network/selftest.h"
#include "tests/rig/near.h"
#include "tests/rig/sample_model.h"

enum { FRAMES = 2048, HIDDEN = 8 };

// A model whose test is what it gives itself, from zero and without gains.
static Model *make(bool skip) {
    Model *model = sample_model_new(HIDDEN, 3, skip);
    Engine *engine = NULL;
    assert_int_equal(model_add_test(model, FRAMES, NULL), STATUS_OK);
    sample_signal(model->test.input, FRAMES, 48000.0, 5);
    assert_int_equal(engine_new(&engine, model, isa_best(), 1, NULL), STATUS_OK);
    const float *in = model->test.input;
    engine_run(engine, &model->test.output, &in, FRAMES);
    engine_free(engine);
    return model;
}

static Selftest run(const Model *model) {
    Selftest result;
    Diagnostic diagnostic = {""};
    if (selftest_run(&result, model, isa_best(), &diagnostic) != STATUS_OK) {
        fail_msg("%s", diagnostic.text);
    }
    return result;
}

static void assert_described(const Selftest *result, const char *words) {
    Diagnostic text;
    selftest_describe(result, &text);
    if (!strstr(text.text, words)) {
        fail_msg("'%s' is not in '%s'", words, text.text);
    }
}

static void test_passes_what_is_right(void **state) {
    (void)state;
    for (int skip = 0; skip < 2; skip++) {
        Model *model = make(skip);
        model->input_gain = 6.0; // the test knows no gains
        model->output_gain = -3.0;
        Selftest result = run(model);
        assert_int_equal(result.frames, FRAMES);
        assert_true(result.passed);
        assert_true(result.max_abs < 1e-5);
        assert_int_equal(result.faults, 0);
        assert_described(&result, "passed: 2048 samples");
        model_free(model);
    }
}

static void test_without_a_test(void **state) {
    (void)state;
    Model *model = sample_model_new(HIDDEN, 3, true);
    Selftest result = run(model);
    assert_int_equal(result.frames, 0);
    assert_described(&result, "no self-test");
    model_free(model);
}

// Some trainers store the output of the layers alone.
static void test_passes_layers_alone(void **state) {
    (void)state;
    Model *model = make(false);
    model->skip = true;
    Selftest result = run(model);
    assert_true(result.passed);
    assert_int_equal(result.faults, 0);
    model_free(model);
}

// Every mixture of mistakes is recognised, and undone to the bit.
static void test_names_and_repairs_mistakes(void **state) {
    (void)state;
    for (unsigned faults = 1; faults < 8; faults++) {
        Model *right = make(true), *wrong = model_copy(right);
        assert_non_null(wrong);
        selftest_repair(wrong, faults & ~(unsigned)FAULT_SKIP_MISSING); // its own inverse
        wrong->skip = !(faults & FAULT_SKIP_MISSING);
        Selftest result = run(wrong);
        assert_false(result.passed);
        assert_true(result.max_abs > 1e-3);
        assert_int_equal(result.faults, faults);
        assert_described(&result, faults & FAULT_GATES_SWAPPED ? "gates swapped" : "because of");
        assert_described(&result, faults & FAULT_SKIP_MISSING ? "skip missing" : "because of");
        selftest_repair(wrong, result.faults);
        assert_true(run(wrong).passed);
        assert_int_equal(wrong->skip, right->skip);
        const Layer *a = &right->layers[0], *b = &wrong->layers[0];
        assert_memory_equal(a->kernel, b->kernel, 3 * HIDDEN * sizeof(float));
        assert_memory_equal(a->recurrent_kernel, b->recurrent_kernel,
                            3 * HIDDEN * HIDDEN * sizeof(float));
        assert_memory_equal(a->bias, b->bias, 3 * HIDDEN * sizeof(float));
        assert_memory_equal(a->recurrent_bias, b->recurrent_bias, 3 * HIDDEN * sizeof(float));
        model_free(right);
        model_free(wrong);
    }
}

// Two GRUs and a knob that moves; all that mistakes can do to them at once.
static void test_names_mistakes_in_stacks(void **state) {
    (void)state;
    static const LayerKind kinds[] = {LAYER_GRU, LAYER_GRU_RESET_BEFORE};
    for (int k = 0; k < 2; k++) {
        Model *model = model_new();
        model->knobs = 1;
        assert_int_equal(model_add_layer(model, kinds[k], ACTIVATION_TANH, 2, 6, NULL), STATUS_OK);
        assert_int_equal(model_add_layer(model, kinds[k], ACTIVATION_TANH, 6, 5, NULL), STATUS_OK);
        assert_int_equal(model_add_layer(model, LAYER_DENSE, ACTIVATION_LINEAR, 5, 1, NULL),
                         STATUS_OK);
        for (int i = 0; i < 3; i++) {
            const Layer *layer = &model->layers[i];
            int rows = layer_gates(layer->kind) * layer->outputs;
            sample_signal(layer->kernel, rows * layer->inputs, 200.0, 1 + (unsigned)i);
            sample_signal(layer->bias, rows, 90.0, 4 + (unsigned)i);
            if (layer->recurrent_kernel) {
                sample_signal(layer->recurrent_kernel, rows * layer->outputs, 170.0, 7);
                sample_signal(layer->recurrent_bias, rows, 110.0, 8);
            }
        }
        assert_int_equal(model_add_test(model, FRAMES, NULL), STATUS_OK);
        sample_signal(model->test.input, 2 * FRAMES, 96000.0, 5);
        Engine *engine = NULL;
        assert_int_equal(engine_new(&engine, model, ISA_SCALAR, 1, NULL), STATUS_OK);
        for (int i = 0; i < FRAMES; i++) {
            const float *in = &model->test.input[2 * i];
            float *out = &model->test.output[i];
            engine_set_knob(engine, 0, in[1]);
            engine_run(engine, &out, &in, 1);
        }
        engine_free(engine);
        assert_true(run(model).passed);
        selftest_repair(model, FAULT_GATES_SWAPPED);
        Selftest result = run(model);
        assert_false(result.passed);
        assert_int_equal(result.faults, FAULT_GATES_SWAPPED);
        model_free(model);
    }
}

// Only a GRU has gates to be swapped and biases to be reversed.
static void test_repairs_nothing_else(void **state) {
    (void)state;
    Model *model = model_new();
    assert_int_equal(model_add_layer(model, LAYER_LSTM, ACTIVATION_LINEAR, 1, HIDDEN, NULL),
                     STATUS_OK);
    const Layer *lstm = &model->layers[0];
    for (int i = 0; i < 4 * HIDDEN; i++) {
        lstm->kernel[i] = lstm->bias[i] = (float)(1 + i);
        lstm->recurrent_bias[i] = -1.0f;
    }
    selftest_repair(model, FAULT_GATES_SWAPPED | FAULT_BIASES_REVERSED);
    for (int i = 0; i < 4 * HIDDEN; i++) {
        assert_true(lstm->kernel[i] == (float)(1 + i) && lstm->bias[i] == (float)(1 + i));
        assert_true(lstm->recurrent_bias[i] == -1.0f);
    }
    model_free(model);
}

// Of a long batch the start counts: loading stays quick.
static void test_replays_the_start_of_long_batches(void **state) {
    (void)state;
    Model *model = sample_model_new(HIDDEN, 3, true);
    assert_int_equal(model_add_test(model, SELFTEST_MAX_FRAMES + 1000, NULL), STATUS_OK);
    Selftest result = run(model);
    assert_int_equal(result.frames, SELFTEST_MAX_FRAMES);
    assert_false(result.passed);
    model_free(model);
}

static void test_unknown_mistakes(void **state) {
    (void)state;
    Model *model = make(true);
    model->layers[1].kernel[0] += 0.5f;
    Selftest result = run(model);
    assert_false(result.passed);
    assert_int_equal(result.faults, 0);
    assert_described(&result, "for no known reason");
    model->test.output[7] = NAN;
    assert_false(run(model).passed);
    model_free(model);
}

// Off by 1e-4 of the peak, or of 1, is rounding of another kind; more is not.
static void test_tolerance(void **state) {
    (void)state;
    static const struct {
        float scale; // of the signal, whose peak is 1
        double off;
        bool passes;
    } cases[] = {{1.0f, 0.9e-4, true}, {1.0f, 1.2e-4, false}, {5.0f, 4.5e-4, true},
                 {5.0f, 6e-4, false},  {0.1f, 0.9e-4, true},  {0.1f, 1.2e-4, false}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        Model *model = model_new();
        assert_int_equal(model_add_layer(model, LAYER_DENSE, ACTIVATION_LINEAR, 1, 1, NULL),
                         STATUS_OK);
        model->layers[0].kernel[0] = 1.0f;
        assert_int_equal(model_add_test(model, 100, NULL), STATUS_OK);
        for (int i = 0; i < 100; i++) {
            model->test.input[i] = cases[k].scale * cosf(0.1f * (float)i);
            model->test.output[i] = model->test.input[i] + (i == 60 ? (float)cases[k].off : 0.0f);
        }
        Selftest result = run(model);
        assert_int_equal(result.passed, cases[k].passes);
        assert_near(result.max_abs, cases[k].off, 1e-6);
        model_free(model);
    }
}

// What is no number is not what the file says: infinity less infinity. (The reference, which counts
// in double precision, gives one, and another than the file.)
static void test_what_is_no_number_fails(void **state) {
    (void)state;
    static const int widths[] = {1, 2, 2, 1};
    Model *model = model_new();
    for (int l = 0; l < 3; l++) {
        assert_int_equal(
            model_add_layer(model, LAYER_DENSE, ACTIVATION_LINEAR, widths[l], widths[l + 1], NULL),
            STATUS_OK);
        for (int i = 0; i < widths[l] * widths[l + 1]; i++) {
            model->layers[l].kernel[i] = l < 2 ? 3e38f : i ? -1.0f : 1.0f;
        }
    }
    assert_int_equal(model_add_test(model, 1, NULL), STATUS_OK);
    model->test.input[0] = 1.0f;
    model->test.output[0] = 0.5f;
    assert_false(run(model).passed);
    model_free(model);
}

static void test_copies_are_whole(void **state) {
    (void)state;
    Model *model = make(true);
    model->layers[0].initial_state[2] = 0.25f;
    strcpy(model->info.name, "Box");
    Model *copy = model_copy(model);
    assert_string_equal(copy->info.name, "Box");
    assert_ptr_not_equal(copy->layers[0].kernel, model->layers[0].kernel);
    assert_memory_equal(copy->layers[0].recurrent_kernel, model->layers[0].recurrent_kernel,
                        3 * HIDDEN * HIDDEN * sizeof(float));
    assert_near(copy->layers[0].initial_state[2], 0.25, 0.0);
    assert_memory_equal(copy->test.output, model->test.output, FRAMES * sizeof(float));
    model_free(copy);
    long allowed = 0;
    for (copy = NULL; !copy; allowed++) {
        memory_fail_after(allowed);
        copy = model_copy(model);
        memory_fail_after(-1);
    }
    assert_true(allowed > 8);
    model_free(copy);
    model_free(model);
}

static void test_without_memory(void **state) {
    (void)state;
    Model *model = make(true);
    Status status = STATUS_OK;
    long allowed = 0;
    do {
        Selftest result;
        memory_fail_after(allowed++);
        status = selftest_run(&result, model, isa_best(), NULL);
        memory_fail_after(-1);
        assert_true(status == STATUS_OK || status == STATUS_NO_MEMORY);
    } while (status != STATUS_OK);
    assert_true(allowed > 10);
    model_free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_passes_what_is_right),
        cmocka_unit_test(test_without_a_test),
        cmocka_unit_test(test_passes_layers_alone),
        cmocka_unit_test(test_names_and_repairs_mistakes),
        cmocka_unit_test(test_names_mistakes_in_stacks),
        cmocka_unit_test(test_repairs_nothing_else),
        cmocka_unit_test(test_replays_the_start_of_long_batches),
        cmocka_unit_test(test_unknown_mistakes),
        cmocka_unit_test(test_tolerance),
        cmocka_unit_test(test_what_is_no_number_fails),
        cmocka_unit_test(test_copies_are_whole),
        cmocka_unit_test(test_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
