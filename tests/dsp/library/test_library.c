// SPDX-License-Identifier: ISC
// libgruff by its public header: what it reads, what it tells, that it plays as the engine inside,
// and that nothing unusable comes out of it.
#include <fenv.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/denormals.h"
#include "dsp/base/memory.h"
#include "dsp/files/models/model_file.h"
#include "dsp/library/gruff.h"
#include "dsp/network/engine.h"
#include "dsp/network/isa_choice.h"
#include "tests/rig/near.h"
#include "tests/rig/sample_model.h"
#include "tests/rig/scratch.h"

enum { FRAMES = 3000, HIDDEN = 12, KNOBS = 2 };

static float signal_of[2][FRAMES];

// A model with two knobs and a latency, as a file.
static const char *write_model(Model **inside) {
    Model *model = sample_model_with_knobs_new(HIDDEN, 7, KNOBS);
    model->info.latency = 13.0;
    model->knob[1].minimum = 0.25f;
    model->knob[1].initial = 0.5f;
    const char *path = scratch_path("model.json");
    assert_int_equal(model_file_write(model, path, NULL), STATUS_OK);
    if (inside) {
        *inside = model;
    } else {
        model_free(model);
    }
    return path;
}

static GruffModel *read_model(void) {
    char why[256] = "";
    GruffModel *model = gruff_model_read(write_model(NULL), why, sizeof why);
    if (!model) {
        fail_msg("%s", why);
    }
    return model;
}

static GruffEngine *make_engine(const GruffModel *model, int channels, double rate) {
    char why[256] = "";
    GruffEngine *engine = gruff_engine_new(model, channels, rate, why, sizeof why);
    if (!engine) {
        fail_msg("%s", why);
    }
    return engine;
}

// Runs signal_of through `engine` in blocks of `block` frames.
static void play(GruffEngine *engine, float (*out)[FRAMES], int channels, int block) {
    for (int start = 0; start < FRAMES; start += block) {
        const float *in[2] = {signal_of[0] + start, signal_of[1] + start};
        float *to[2] = {out[0] + start, channels > 1 ? out[1] + start : NULL};
        gruff_engine_run(engine, to, in, FRAMES - start < block ? FRAMES - start : block);
    }
}

static void test_refuses(void **state) {
    (void)state;
    char why[256] = "";
    assert_null(gruff_model_read("/nowhere/amp.json", why, sizeof why));
    assert_non_null(strstr(why, "/nowhere/amp.json"));
    char little[8] = "xxxxxxx";
    assert_null(gruff_model_read("/nowhere/amp.json", little, sizeof little));
    assert_string_equal(little, "/nowher");
    assert_null(gruff_model_read("/nowhere/amp.json", NULL, 0));
    assert_null(gruff_model_read("b\xc3\xb6\xc3\xb6se", little, 5)); // no half of a letter
    assert_string_equal(little, "b\xc3\xb6");
    assert_null(gruff_model_read("b\xff\xc3", little, 5));
    assert_string_equal(little, "b??:");
    assert_null(gruff_model_read("/nowhere/amp.json", little, 1));
    assert_string_equal(little, "");
    assert_null(gruff_model_parse("{", 1, "a name", why, sizeof why));
    assert_non_null(strstr(why, "a name"));
    assert_null(gruff_model_parse(NULL, 0, "nothing", why, sizeof why));
    assert_non_null(strstr(why, "nothing: line 1, column 0: not JSON"));
    gruff_model_free(NULL);
    gruff_engine_free(NULL);
}

static void test_tells(void **state) {
    (void)state;
    GruffModel *model = read_model();
    GruffKnob knob;
    assert_true(gruff_model_rate(model) == 48000.0);
    assert_true(gruff_model_latency(model) == 13.0);
    assert_int_equal(gruff_model_receptive_length(model), 0);
    assert_int_equal(gruff_model_knobs(model), KNOBS);
    assert_int_equal(gruff_model_knob(model, 1, &knob), 0);
    assert_true(knob.name && knob.minimum == 0.25f && knob.maximum == 1.0f && knob.initial == 0.5f);
    assert_int_equal(gruff_model_knob(model, KNOBS, &knob), -1);
    assert_int_equal(gruff_model_knob(model, -1, &knob), -1);
    assert_string_equal(gruff_version(), VERSION);
    gruff_model_free(model);
}

// From memory as from the file; dense layers look at one sample.
static void test_parses(void **state) {
    (void)state;
    Model *dense = model_new();
    assert_int_equal(model_add_layer(dense, LAYER_DENSE, ACTIVATION_TANH, 1, 1, NULL), STATUS_OK);
    dense->layers[0].kernel[0] = 2.0f;
    const char *path = scratch_path("dense.json");
    assert_int_equal(model_file_write(dense, path, NULL), STATUS_OK);
    model_free(dense);
    size_t length = 0;
    char *text = scratch_read("dense.json", &length);
    GruffModel *model = gruff_model_parse(text, length, "dense", NULL, 0);
    free(text);
    assert_non_null(model);
    assert_int_equal(gruff_model_receptive_length(model), 1);
    GruffEngine *engine = make_engine(model, 1, 44100.0); // tells no rate: any will do
    gruff_model_free(model);
    float sample = 0.25f, *out = &sample;
    const float *in = &sample;
    gruff_engine_run(engine, &out, &in, 1);
    assert_near(sample, tanhf(0.5f), 1e-6);
    gruff_engine_free(engine);
}

// Bit by bit what the engine gives, for channels, multiples of the rate and block sizes.
static void test_plays_as_engine(void **state) {
    (void)state;
    static const int blocks[] = {1, 63, 64, 65, FRAMES};
    static float out[2][FRAMES], expected[2][FRAMES];
    Model *inside = NULL;
    GruffModel *model = gruff_model_read(write_model(&inside), NULL, 0);
    for (int channels = 1; channels <= 2; channels++) {
        for (int states = 1; states <= 8; states += 3) {
            Engine *engine = NULL;
            assert_int_equal(
                engine_new_delayed(&engine, inside, isa_best(), channels, states, NULL), STATUS_OK);
            const float *in[2] = {signal_of[0], signal_of[1]};
            float *to[2] = {expected[0], expected[1]};
            DenormalState before = denormals_off();
            engine_run(engine, to, in, FRAMES);
            denormals_restore(before);
            engine_free(engine);
            for (size_t b = 0; b < sizeof blocks / sizeof *blocks; b++) {
                GruffEngine *outside = make_engine(model, channels, 48000.0 * states);
                play(outside, out, channels, blocks[b]);
                assert_memory_equal(out, expected, sizeof *out * (size_t)channels);
                gruff_engine_free(outside);
            }
        }
    }
    gruff_model_free(model);
    model_free(inside);
}

static void test_wrong_engines(void **state) {
    (void)state;
    static const double rates[] = {44100.0, 72000.0, 24000.0, 9 * 48000.0, -48000.0, NAN};
    GruffModel *model = read_model();
    char why[256];
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        why[0] = '\0';
        assert_null(gruff_engine_new(model, 1, rates[i], why, sizeof why));
        assert_non_null(strstr(why, "48000 Hz"));
    }
    for (int channels = 0; channels <= 3; channels += 3) {
        why[0] = '\0';
        assert_null(gruff_engine_new(model, channels, 0.0, why, sizeof why));
        assert_non_null(strstr(why, "channels"));
    }
    gruff_model_free(model);
}

static void play_with_knob(GruffEngine *engine, int knob, float value, float (*out)[FRAMES]) {
    gruff_engine_reset(engine);
    gruff_engine_set_knob(engine, knob, value);
    play(engine, out, 1, FRAMES);
}

// Knobs are heard, stay in their range and after a reset, and nonsense is ignored.
static void test_knobs(void **state) {
    (void)state;
    static float most[1][FRAMES], least[1][FRAMES], other[1][FRAMES];
    GruffModel *model = read_model();
    GruffEngine *engine = make_engine(model, 1, 0.0);
    play_with_knob(engine, 1, 1.0f, most);
    play_with_knob(engine, 1, 7.0f, other);
    assert_memory_equal(other, most, sizeof most);
    play_with_knob(engine, 1, NAN, other);
    assert_memory_equal(other, most, sizeof most);
    play_with_knob(engine, KNOBS, 0.0f, other);
    assert_memory_equal(other, most, sizeof most);
    play_with_knob(engine, -1, 0.0f, other);
    assert_memory_equal(other, most, sizeof most);
    play_with_knob(engine, 1, 0.25f, least);
    assert_memory_not_equal(least, most, sizeof most);
    play_with_knob(engine, 1, -7.0f, other);
    assert_memory_equal(other, least, sizeof most);
    gruff_engine_free(engine);
    gruff_model_free(model);
}

// Samples that are no numbers count as 0, also in place.
static void test_unusable_input(void **state) {
    (void)state;
    static const float bad[] = {NAN, INFINITY, -INFINITY};
    static float clean[FRAMES], dirty[FRAMES];
    GruffModel *model = read_model();
    GruffEngine *engine = make_engine(model, 1, 0.0);
    for (int i = 0; i < FRAMES; i++) {
        clean[i] = i % 10 == 3 ? 0.0f : signal_of[0][i];
        dirty[i] = i % 10 == 3 ? bad[i % 3] : signal_of[0][i];
    }
    const float *in = clean;
    float *out = clean;
    gruff_engine_run(engine, &out, &in, FRAMES);
    gruff_engine_reset(engine);
    in = out = dirty;
    gruff_engine_run(engine, &out, &in, FRAMES);
    assert_memory_equal(dirty, clean, sizeof clean);
    gruff_engine_free(engine);
    gruff_model_free(model);
}

// A network that overflows is silent for a while, and then goes on as a new one.
static void test_overflow(void **state) {
    (void)state;
    Model *huge = model_new();
    assert_int_equal(model_add_layer(huge, LAYER_DENSE, ACTIVATION_RELU, 1, 1, NULL), STATUS_OK);
    huge->layers[0].kernel[0] = 3e38f;
    const char *path = scratch_path("huge.json");
    assert_int_equal(model_file_write(huge, path, NULL), STATUS_OK);
    model_free(huge);
    GruffModel *model = gruff_model_read(path, NULL, 0);
    GruffEngine *engine = make_engine(model, 1, 0.0);
    float samples[64] = {0.0f}, *out = samples;
    const float *in = samples;
    samples[5] = 10.0f;
    gruff_engine_run(engine, &out, &in, 64);
    for (int i = 0; i < 64; i++) {
        assert_true(samples[i] == 0.0f);
    }
    samples[0] = 1e-30f;
    gruff_engine_run(engine, &out, &in, 1);
    assert_near(samples[0] / 3e8f, 1.0f, 1e-3);
    gruff_engine_free(engine);
    gruff_model_free(model);
}

// A network with a memory that overflows goes on from its start: what comes after does not hang on
// what came before.
static void test_overflow_with_memory(void **state) {
    (void)state;
    enum { BLOCK = 64 };
    Model *huge = sample_model_new(8, 3, false);
    for (int i = 0; i < 8; i++) {
        huge->layers[0].bias[i] = huge->layers[0].bias[8 + i] = huge->layers[0].bias[16 + i] = 0.0f;
        huge->layers[1].kernel[i] = i % 2 ? 3e38f : -3e38f;
    }
    const char *path = scratch_path("huge.json");
    assert_int_equal(model_file_write(huge, path, NULL), STATUS_OK);
    model_free(huge);
    GruffModel *model = gruff_model_read(path, NULL, 0);
    GruffEngine *engine = make_engine(model, 1, 0.0);
    float samples[BLOCK], anew[BLOCK], *out = samples;
    const float *in = samples;
    for (int i = 0; i < BLOCK; i++) {
        samples[i] = 100.0f;
    }
    gruff_engine_run(engine, &out, &in, BLOCK);
    for (int i = 0; i < BLOCK; i++) {
        assert_true(samples[i] == 0.0f);
        samples[i] = anew[i] = 0.001f * (float)(i % 7);
    }
    gruff_engine_run(engine, &out, &in, BLOCK);
    gruff_engine_reset(engine);
    in = out = anew;
    gruff_engine_run(engine, &out, &in, BLOCK);
    assert_true(anew[BLOCK - 1] != 0.0f);
    assert_memory_equal(samples, anew, sizeof anew);
    gruff_engine_free(engine);
    gruff_model_free(model);
}

// The caller's denormals are his again.
static void test_denormals(void **state) {
    (void)state;
    GruffModel *model = read_model();
    GruffEngine *engine = make_engine(model, 1, 0.0);
    static float out[1][FRAMES];
    play(engine, out, 1, FRAMES);
    volatile float smallest = 1e-38f;
    assert_true(smallest / 4.0f > 0.0f);
    gruff_engine_free(engine);
    gruff_model_free(model);
}

// Every allocation may fail: NULL, with a word.
static void test_no_memory(void **state) {
    (void)state;
    const char *path = write_model(NULL);
    for (int stage = 0; stage < 2; stage++) {
        GruffModel *model = stage ? gruff_model_read(path, NULL, 0) : NULL;
        for (long left = 0;; left++) {
            char why[256] = "";
            memory_fail_after(left);
            void *made = stage ? (void *)gruff_engine_new(model, 2, 0.0, why, sizeof why)
                               : (void *)gruff_model_read(path, why, sizeof why);
            memory_fail_after(-1);
            if (made) {
                assert_true(left > 1);
                stage ? gruff_engine_free(made) : gruff_model_free(made);
                break;
            }
            assert_non_null(strstr(why, "no memory"));
        }
        gruff_model_free(model);
    }
}

int main(void) {
    sample_signal(signal_of[0], FRAMES, 48000.0, 1);
    sample_signal(signal_of[1], FRAMES, 48000.0, 2);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_tells),
        cmocka_unit_test(test_parses),
        cmocka_unit_test(test_plays_as_engine),
        cmocka_unit_test(test_wrong_engines),
        cmocka_unit_test(test_knobs),
        cmocka_unit_test(test_unusable_input),
        cmocka_unit_test(test_overflow),
        cmocka_unit_test(test_overflow_with_memory),
        cmocka_unit_test(test_denormals),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests_name("library", tests, scratch_begin, scratch_end);
}
