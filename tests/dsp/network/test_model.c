// SPDX-License-Identifier: ISC
// Shapes and weights: what a model may be, and copies of it.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/network/isa.h"
#include "dsp/network/isa_choice.h"
#include "dsp/network/model.h"

enum { ARRAYS = 7 };

// The arrays of a layer, some of them NULL, and how long they are.
static void list_arrays(const Layer *layer, float *arrays[ARRAYS], long lengths[ARRAYS]) {
    long outputs = layer->outputs, rows = layer_gates(layer->kind) * outputs;
    float *const all[ARRAYS] = {
        layer->kernel,         layer->bias,          layer->slope,       layer->recurrent_kernel,
        layer->recurrent_bias, layer->initial_state, layer->initial_cell};
    const long counts[ARRAYS] = {
        rows * layer->inputs, rows, outputs, rows * outputs, rows, outputs, outputs};
    memcpy(arrays, all, sizeof all);
    memcpy(lengths, counts, sizeof counts);
}

// One layer of each kind, with two knobs, every weight another number.
static Model *full_model(void) {
    static const struct {
        LayerKind kind;
        Activation activation;
        int inputs, outputs;
    } layers[] = {{LAYER_DENSE, ACTIVATION_PRELU, 3, 4},
                  {LAYER_GRU, ACTIVATION_LINEAR, 4, 5},
                  {LAYER_GRU_RESET_BEFORE, ACTIVATION_LINEAR, 5, 2},
                  {LAYER_LSTM, ACTIVATION_LINEAR, 2, 3},
                  {LAYER_DENSE, ACTIVATION_TANH, 3, 1}};
    Model *model = model_new();
    float number = 0.0f;
    model->knobs = 2;
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        float *arrays[ARRAYS];
        long lengths[ARRAYS];
        assert_int_equal(model_add_layer(model, layers[i].kind, layers[i].activation,
                                         layers[i].inputs, layers[i].outputs, NULL),
                         STATUS_OK);
        list_arrays(&model->layers[i], arrays, lengths);
        for (int k = 0; k < ARRAYS; k++) {
            for (long j = 0; arrays[k] && j < lengths[k]; j++) {
                arrays[k][j] = 0.001f * ++number;
            }
        }
    }
    assert_int_equal(model_add_test(model, 3, NULL), STATUS_OK);
    for (int i = 0; i < 9; i++) {
        model->test.input[i] = (float)i;
        model->test.output[i / 3] = (float)-i;
    }
    return model;
}

static void a_layer_has_what_its_kind_needs(void **state) {
    (void)state;
    static const int has[5][ARRAYS] = {{1, 1, 1, 0, 0, 0, 0},
                                       {1, 1, 0, 1, 1, 1, 0},
                                       {1, 1, 0, 1, 1, 1, 0},
                                       {1, 1, 0, 1, 1, 1, 1},
                                       {1, 1, 0, 0, 0, 0, 0}};
    Model *model = full_model();
    for (int i = 0; i < 5; i++) {
        float *arrays[ARRAYS];
        long lengths[ARRAYS];
        list_arrays(&model->layers[i], arrays, lengths);
        for (int k = 0; k < ARRAYS; k++) {
            assert_int_equal(arrays[k] != NULL, has[i][k]);
        }
    }
    // Kernels, recurrent kernels, and a bias for each row of both.
    long weights = 4 * (3 + 1) + 15 * (4 + 1 + 5 + 1) + 6 * (5 + 1 + 2 + 1) + 12 * (2 + 1 + 3 + 1) +
                   (3 + 1);
    assert_int_equal(model_weight_count(model), weights);
    assert_int_equal(model_hidden(model), 5); // of the first that is recurrent
    model_free(model);
}

static void every_number_must_be_finite(void **state) {
    (void)state;
    static const float bad[] = {NAN, INFINITY, -INFINITY};
    Model *model = full_model();
    assert_int_equal(model_check(model, NULL), STATUS_OK);
    for (int i = 0; i < model->layer_count; i++) {
        float *arrays[ARRAYS];
        long lengths[ARRAYS];
        list_arrays(&model->layers[i], arrays, lengths);
        for (int k = 0; k < ARRAYS; k++) {
            for (long j = 0; arrays[k] && j < lengths[k]; j++) {
                float good = arrays[k][j];
                arrays[k][j] = bad[j % 3];
                assert_int_equal(model_check(model, NULL), STATUS_BAD_MODEL);
                arrays[k][j] = good;
            }
        }
    }
    double *const numbers[] = {&model->sample_rate, &model->input_gain, &model->output_gain};
    for (int k = 0; k < 3; k++) {
        *numbers[k] = (double)bad[k];
        assert_int_equal(model_check(model, NULL), STATUS_BAD_MODEL);
        *numbers[k] = 0.0;
    }
    model->sample_rate = -1.0;
    assert_int_equal(model_check(model, NULL), STATUS_BAD_MODEL);
    model_free(model);
}

static void the_ends_must_fit(void **state) {
    (void)state;
    Model *model = full_model();
    for (int knobs = -1; knobs <= MODEL_MAX_KNOBS + 1; knobs++) {
        model->knobs = knobs;
        assert_int_equal(model_check(model, NULL), knobs == 2 ? STATUS_OK : STATUS_BAD_MODEL);
    }
    model->knobs = 2;
    model->layer_count--; // the last one then gives 3
    assert_int_equal(model_check(model, NULL), STATUS_BAD_MODEL);
    model->layer_count++;
    model_free(model);
}

static void layers_have_limits(void **state) {
    (void)state;
    static const struct {
        int inputs, outputs;
        Status status;
    } cases[] = {{0, 1, STATUS_UNSUPPORTED},
                 {1, 0, STATUS_UNSUPPORTED},
                 {1, MODEL_MAX_HIDDEN + 1, STATUS_UNSUPPORTED},
                 {MODEL_MAX_HIDDEN + 1, 1, STATUS_UNSUPPORTED},
                 {1, MODEL_MAX_HIDDEN, STATUS_OK},
                 {MODEL_MAX_HIDDEN - 1, 1, STATUS_BAD_ARGUMENT}, // does not fit
                 {1, 1, STATUS_BAD_ARGUMENT},
                 {MODEL_MAX_HIDDEN, 1, STATUS_OK}};
    Model *model = model_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int count = model->layer_count;
        assert_int_equal(model_add_layer(model, LAYER_GRU, ACTIVATION_LINEAR, cases[i].inputs,
                                         cases[i].outputs, NULL),
                         cases[i].status);
        assert_int_equal(model->layer_count, count + (cases[i].status == STATUS_OK));
    }
    while (model->layer_count < MODEL_MAX_LAYERS) {
        assert_int_equal(model_add_layer(model, LAYER_DENSE, ACTIVATION_LINEAR, 1, 1, NULL),
                         STATUS_OK);
    }
    assert_int_equal(model_add_layer(model, LAYER_DENSE, ACTIVATION_LINEAR, 1, 1, NULL),
                     STATUS_UNSUPPORTED);
    model_free(model);
}

static void a_copy_is_whole_and_its_own(void **state) {
    (void)state;
    Model *model = full_model(), *same = full_model();
    strcpy(model->info.name, "a name");
    model->settling = 7;
    Model *copy = model_copy(model);
    for (int i = 0; i < model->layer_count; i++) { // nothing of the copy is the original's
        float *arrays[ARRAYS];
        long lengths[ARRAYS];
        list_arrays(&model->layers[i], arrays, lengths);
        for (int k = 0; k < ARRAYS; k++) {
            for (long j = 0; arrays[k] && j < lengths[k]; j++) {
                arrays[k][j] = 0.0f;
            }
        }
    }
    model_free(model);
    assert_string_equal(copy->info.name, "a name");
    assert_int_equal(copy->settling, 7);
    assert_int_equal(copy->knobs, 2);
    assert_int_equal(copy->test.frames, 3);
    assert_memory_equal(copy->test.input, same->test.input, 9 * sizeof(float));
    assert_memory_equal(copy->test.output, same->test.output, 3 * sizeof(float));
    for (int i = 0; i < same->layer_count; i++) {
        float *found[ARRAYS], *expected[ARRAYS];
        long lengths[ARRAYS];
        list_arrays(&copy->layers[i], found, lengths);
        list_arrays(&same->layers[i], expected, lengths);
        for (int k = 0; k < ARRAYS; k++) {
            assert_int_equal(found[k] != NULL, expected[k] != NULL);
            if (found[k]) {
                assert_memory_equal(found[k], expected[k], (size_t)lengths[k] * sizeof(float));
            }
        }
    }
    model_free(copy);
    model_free(same);
}

// The wider the faster; the reference only where there is nothing else.
static void the_best_instruction_set_is_the_widest(void **state) {
    (void)state;
    static const Isa widest_first[] = {ISA_AVX512, ISA_AVX2, ISA_NEON, ISA_SSE2, ISA_SCALAR};
    const char *asked = getenv("GRUFF_ISA");
    char before[32];
    strncpy(before, asked ? asked : "", sizeof before - 1);
    before[sizeof before - 1] = '\0';
    assert_int_equal(unsetenv("GRUFF_ISA"), 0);
    int first = 0;
    while (!isa_available(widest_first[first])) {
        first++;
    }
    assert_int_equal(isa_best(), widest_first[first]);
    for (int i = first; i < 5; i++) { // and any other that is asked for
        if (isa_available(widest_first[i])) {
            assert_int_equal(setenv("GRUFF_ISA", isa_name(widest_first[i]), 1), 0);
            assert_int_equal(isa_best(), widest_first[i]);
        }
    }
    assert_int_equal(asked ? setenv("GRUFF_ISA", before, 1) : unsetenv("GRUFF_ISA"), 0);
}

static void kinds_have_names(void **state) {
    (void)state;
    static const struct {
        LayerKind kind;
        const char *name, *title;
        int gates;
    } cases[] = {
        {LAYER_DENSE, "dense", "dense", 1},
        {LAYER_GRU, "gru", "GRU", 3},
        {LAYER_GRU_RESET_BEFORE, "gru-before", "GRU (reset before)", 3},
        {LAYER_LSTM, "lstm", "LSTM", 4},
    };
    for (int i = 0; i < LAYER_KINDS; i++) {
        assert_string_equal(layer_kind_name(cases[i].kind), cases[i].name);
        assert_string_equal(layer_kind_title(cases[i].kind), cases[i].title);
        assert_int_equal(layer_gates(cases[i].kind), cases[i].gates);
    }
    assert_string_equal(activation_name(ACTIVATION_LINEAR), "");
    assert_string_equal(activation_name(ACTIVATION_PRELU), "prelu");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_layer_has_what_its_kind_needs),
        cmocka_unit_test(every_number_must_be_finite),
        cmocka_unit_test(the_ends_must_fit),
        cmocka_unit_test(layers_have_limits),
        cmocka_unit_test(kinds_have_names),
        cmocka_unit_test(a_copy_is_whole_and_its_own),
        cmocka_unit_test(the_best_instruction_set_is_the_widest),
    };
    return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
