// SPDX-License-Identifier: ISC
// Bytes as a model file. What is read must run, on the reference and on the best kernels, with
// finite output that does not depend on block sizes; and must survive being written.
#include <math.h>
#include <string.h>

#include "dsp/base/denormals.h"
#include "dsp/base/memory.h"
#include "dsp/files/models/keras.h"
#include "dsp/files/models/model_file.h"
#include "dsp/files/models/tree.h"
#include "dsp/network/engine.h"
#include "dsp/network/isa_choice.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/range.h"

enum { FRAMES = 80 };

static const double largest_input = 1e6; // that an engine lets in, audio or knob

// ---- Running ----

// Silence, an impulse, a tone at full scale, and what no one should send.
static void make_input(float *input) {
    for (int i = 0; i < FRAMES; i++) {
        input[i] = i < 8 ? 0.0f : (float)sin(0.3 * i);
    }
    input[2] = 1.0f;
    input[5] = -1e30f;
    input[6] = 3e38f;
}

static void set_knobs(Engine *engine, int knobs, float value) {
    for (int k = 0; k < knobs; k++) {
        engine_set_knob(engine, k, k % 2 ? -value : value);
    }
}

static void run(Engine *engine, const float *input, float output[ENGINE_MAX_CHANNELS][FRAMES],
                const int *blocks) {
    DenormalState before = denormals_off();
    engine_reset(engine);
    for (int start = 0; start < FRAMES; start += *blocks++) {
        float *out[ENGINE_MAX_CHANNELS] = {output[0] + start, output[1] + start};
        const float *in[ENGINE_MAX_CHANNELS] = {input + start, input + start};
        engine_run(engine, out, in, *blocks);
    }
    denormals_restore(before);
}

static void expect_finite(float output[ENGINE_MAX_CHANNELS][FRAMES], int channels) {
    for (int c = 0; c < channels; c++) {
        for (int i = 0; i < FRAMES; i++) {
            fuzz_expect(isfinite(output[c][i]), "output is not a finite number");
        }
    }
}

static void run_engine(Engine *engine, const Model *model, int channels) {
    static const int whole[] = {FRAMES}, parts[] = {1, 7, 64, 3, 5};
    float input[FRAMES];
    float first[ENGINE_MAX_CHANNELS][FRAMES], second[ENGINE_MAX_CHANNELS][FRAMES];
    make_input(input);
    bool safe = range_is_safe(model, largest_input);
    set_knobs(engine, model->knobs, 3e38f);
    run(engine, input, first, whole);
    if (safe) {
        expect_finite(first, channels);
    }
    set_knobs(engine, model->knobs, 0.5f);
    run(engine, input, first, whole);
    run(engine, input, second, parts);
    if (safe) {
        expect_finite(first, channels);
        size_t bytes = (size_t)channels * sizeof *first;
        fuzz_expect(memcmp(first, second, bytes) == 0, "output depends on the blocks");
    }
}

static void try_engine(const Model *model, Isa isa, bool fast, int channels) {
    Engine *engine = NULL;
    Diagnostic diagnostic = {""};
    Status status = (fast ? engine_new_fast : engine_new)(&engine, model, isa, channels,
                                                          &diagnostic);
    if (status == STATUS_OK) {
        run_engine(engine, model, channels);
    } else {
        fuzz_expect(engine == NULL, "failed, but gave an engine");
        fuzz_expect_told(status, &diagnostic);
    }
    engine_free(engine);
}

// ---- Writing ----

static void expect_same_floats(const float *one, const float *other, size_t count) {
    fuzz_expect((one == NULL) == (other == NULL), "an array of weights came or went");
    if (one && other) {
        fuzz_expect(memcmp(one, other, count * sizeof *one) == 0, "a weight changed");
    }
}

// A state of zeros is not written: zeros lose their sign.
static void expect_same_state(const float *one, const float *other, int count) {
    fuzz_expect((one == NULL) == (other == NULL), "a state came or went");
    for (int i = 0; one && other && i < count; i++) {
        fuzz_expect(one[i] == other[i], "a state changed");
    }
}

static void expect_same_layer(const Layer *one, const Layer *other) {
    fuzz_expect(one->kind == other->kind && one->activation == other->activation &&
                    one->inputs == other->inputs && one->outputs == other->outputs,
                "a layer changed");
    size_t outputs = (size_t)one->outputs;
    size_t rows = (size_t)layer_gates(one->kind) * outputs;
    expect_same_floats(one->kernel, other->kernel, rows * (size_t)one->inputs);
    for (size_t i = 0; one->kind == LAYER_LSTM && i < rows; i++) { // written as one row: the sum
        float sum = one->bias[i] + one->recurrent_bias[i];
        fuzz_expect(sum == other->bias[i] || isinf(sum), "a bias changed");
    }
    if (one->kind != LAYER_LSTM) {
        expect_same_floats(one->bias, other->bias, rows);
        expect_same_floats(one->recurrent_bias, other->recurrent_bias,
                           one->recurrent_bias ? rows : 0);
    }
    expect_same_floats(one->slope, other->slope, outputs);
    expect_same_floats(one->recurrent_kernel, other->recurrent_kernel, rows * outputs);
    expect_same_state(one->initial_state, other->initial_state, one->outputs);
    expect_same_state(one->initial_cell, other->initial_cell, one->outputs);
}

static void expect_same_model(const Model *one, const Model *other) {
    fuzz_expect(one->layer_count == other->layer_count && one->knobs == other->knobs &&
                    one->skip == other->skip && one->settling == other->settling &&
                    one->test.frames == other->test.frames,
                "the shape changed");
    for (int i = 0; i < one->layer_count; i++) {
        expect_same_layer(&one->layers[i], &other->layers[i]);
    }
    size_t frames = (size_t)one->test.frames;
    expect_same_floats(one->test.output, other->test.output, frames);
    expect_same_floats(one->test.input, other->test.input, frames * (size_t)(1 + one->knobs));
}

// The model as text; NULL when memory is short.
static char *print_model(const Model *model) {
    fuzz_begin_writing();
    Tree *root = keras_build(model);
    char *text = root ? tree_print(root) : NULL;
    tree_free(root);
    fuzz_end_writing();
    fuzz_expect(text || fuzz_failing(), "cannot be written");
    return text;
}

static void read_again(const Model *model, const char *text) {
    Model *again = NULL;
    Diagnostic diagnostic = {""};
    Status status = model_file_parse(&again, text, strlen(text), "again", &diagnostic);
    if (status == STATUS_OK) {
        expect_same_model(model, again);
        char *twice = print_model(again);
        fuzz_expect(!twice || strcmp(text, twice) == 0, "written twice, two texts");
        memory_free(twice);
    } else {
        fuzz_expect_told(status, &diagnostic);
        fuzz_expect(fuzz_failing(), "what was written cannot be read");
    }
    model_free(again);
}

// ---- All of it ----

static void use(const Model *model) {
    char *text = print_model(model);
    if (text) {
        read_again(model, text);
    }
    memory_free(text);
    Isa best = isa_best();
    for (int channels = 1; channels <= ENGINE_MAX_CHANNELS; channels++) {
        try_engine(model, ISA_SCALAR, false, channels);
        if (best != ISA_SCALAR) {
            try_engine(model, best, false, channels);
            try_engine(model, best, true, channels);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (!fuzz_begin(data, size)) {
        return 0;
    }
    const char *text = (const char *)data + FUZZ_HEADER;
    Model *model = NULL;
    Diagnostic diagnostic = {""};
    Status status = model_file_parse(&model, text, size - FUZZ_HEADER, "input", &diagnostic);
    if (status == STATUS_OK) {
        fuzz_expect(model != NULL, "read, but gave no model");
        use(model);
    } else {
        fuzz_expect(model == NULL, "failed, but gave a model");
        fuzz_expect_told(status, &diagnostic);
    }
    model_free(model);
    fuzz_end();
    return 0;
}
