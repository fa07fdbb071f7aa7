// SPDX-License-Identifier: ISC
// What a trained model's file says beside the weights: loudness, test, labels, record.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/level.h"
#include "dsp/base/memory.h"
#include "dsp/files/models/model_file.h"
#include "dsp/measures/loudness.h"
#include "dsp/network/engine.h"
#include "dsp/network/isa_choice.h"
#include "dsp/network/selftest.h"
#include "tests/rig/sample_model.h"
#include "tests/rig/scratch.h"
#include "training/learning/export.h"

enum { RATE = 8000, FRAMES = 32 * RATE };

// A plucked string, and what a clipper makes of it; the last second is the loudest.
static void make_dataset(Dataset *dataset) {
    float *input = memory_new(FRAMES, sizeof(float)), *target = memory_new(FRAMES, sizeof(float));
    sample_signal(input, FRAMES, RATE, 5);
    for (int i = 0; i < FRAMES; i++) {
        input[i] *= i < FRAMES - RATE ? 0.5f : 1.0f;
        target[i] = tanhf(3.0f * input[i]);
    }
    assert_int_equal(dataset_make(dataset, input, target, FRAMES, RATE, NULL), STATUS_OK);
    memory_free(input);
    memory_free(target);
}

// The test in the model is what the scalar engine gives with neither knobs nor skip.
static void check_replay(const Model *model, const Dataset *dataset) {
    assert_int_equal(model->test.frames, EXPORT_TEST);
    float input[EXPORT_TEST], output[EXPORT_TEST];
    float energy = 0.0f;
    for (int i = 0; i < EXPORT_TEST; i++) {
        input[i] = model->test.input[(ptrdiff_t)i * (1 + model->knobs)];
        energy += input[i] * input[i];
        for (int k = 1; k <= model->knobs; k++) {
            assert_true(model->test.input[i * (1 + model->knobs) + k] == 0.0f);
        }
    }
    // It is a part of the held-out input, of which none is louder.
    const Recording *recording = dataset->recordings;
    size_t at = 0;
    while (at + EXPORT_TEST < FRAMES && memcmp(recording->input + at, input, sizeof input) != 0) {
        at += 1;
    }
    assert_true(ranges_hold(&recording->validation, at));
    assert_true(ranges_hold(&recording->validation, at + EXPORT_TEST - 1));
    assert_true(energy > 1.0f);
    for (int i = 0; i < recording->validation.count; i++) {
        Range held = recording->validation.range[i];
        for (size_t begin = held.begin; begin + EXPORT_TEST <= held.end; begin += EXPORT_TEST) {
            double other = EXPORT_TEST * level_mean_square(recording->input + begin, EXPORT_TEST);
            assert_true(other <= (double)energy * 1.0001);
        }
    }
    Model plain = *model;
    plain.skip = false;
    plain.settling = 0;
    Engine *engine = NULL;
    assert_int_equal(engine_new(&engine, &plain, ISA_SCALAR, 1, NULL), STATUS_OK);
    for (int k = 0; k < model->knobs; k++) {
        engine_set_knob(engine, k, 0.0f);
    }
    engine_run(engine, &(float *){output}, &(const float *){input}, EXPORT_TEST);
    assert_memory_equal(output, model->test.output, sizeof output);
    engine_free(engine);
}

// Everything arrives in the file.
static void test_describe(void **state) {
    (void)state;
    Dataset dataset;
    make_dataset(&dataset);
    Labels labels = labels_none();
    labels.name = "Grüner Röhrenschreier";
    labels.author = "someone";
    labels.license = "ISC";
    labels.gear = "a clipper";
    labels.input_level_dbu = 12.5;
    const Divergence calmness = {
        1, {{.kind = DIVERGENCE_GUITAR, .level = 6.0, .left = -30.0, .fall = (double)NAN}}};
    TrainingRecord record = {
        .esr = 0.0125, .epochs = 7.5, .seconds = 12.0, .seed = 42, .calmness = &calmness};
    Model *model = sample_model_new(6, 3, true), *read = NULL;
    model->sample_rate = RATE;
    dataset.recordings[0].latency = 17;
    assert_int_equal(export_describe(model, &labels, &record, &dataset, NULL), STATUS_OK);
    check_replay(model, &dataset);
    const char *path = scratch_path("described.json");
    assert_int_equal(model_file_write(model, path, NULL), STATUS_OK);
    assert_int_equal(model_file_read(&read, path, NULL), STATUS_OK);
    check_replay(read, &dataset);
    Selftest selftest;
    assert_int_equal(selftest_run(&selftest, read, isa_best(), NULL), STATUS_OK);
    assert_true(selftest.passed && selftest.frames == EXPORT_TEST);
    double loudness;
    assert_int_equal(loudness_measure(&loudness, read, NULL), STATUS_OK);
    assert_true(fabs(read->info.loudness - loudness) < 1e-6);
    assert_string_equal(read->info.name, labels.name);
    assert_string_equal(read->info.author, labels.author);
    assert_string_equal(read->info.license, labels.license);
    assert_string_equal(read->info.gear, labels.gear);
    assert_string_equal(read->info.behaviour.calm_verdict, "not calm on guitar at 0 dB");
    assert_true(read->info.input_level_dbu == 12.5 && isnan(read->info.output_level_dbu));
    assert_true(read->info.esr == 0.0125 && read->info.trained_epochs == 7.5);
    assert_true(read->info.esr_seconds == (double)dataset.validation_frames / RATE);
    assert_int_equal(read->info.esr_stretches, 2);
    assert_true(read->info.trained_seconds == 12.0 && read->info.trained_seed == 42);
    assert_true(read->info.latency == 17.0 && read->settling == RATE / 2);
    model_free(read);
    model_free(model);
    dataset_clear(&dataset);
}

// Silence gives the same from the first sample on: no click.
static void test_settled(void **state) {
    (void)state;
    enum { LENGTH = 2048 };
    float samples[LENGTH] = {0};
    Dataset dataset;
    make_dataset(&dataset);
    Labels labels = labels_none();
    Model *model = sample_model_new(6, 3, true);
    model->sample_rate = RATE;
    for (int settled = 0; settled < 2; settled++) {
        if (settled) {
            assert_int_equal(export_describe(model, &labels, &(TrainingRecord){0}, &dataset, NULL),
                             STATUS_OK);
        }
        Engine *engine = NULL;
        memset(samples, 0, sizeof samples);
        assert_int_equal(engine_new(&engine, model, isa_best(), 1, NULL), STATUS_OK);
        engine_run(engine, &(float *){samples}, &(const float *){samples}, LENGTH);
        engine_free(engine);
        float least = samples[0], most = samples[0];
        for (int i = 0; i < LENGTH; i++) {
            least = fminf(least, samples[i]);
            most = fmaxf(most, samples[i]);
        }
        assert_true(settled ? most - least < 1e-5f : most - least > 1e-3f);
    }
    model_free(model);
    dataset_clear(&dataset);
}

// A model with knobs: they come from the dataset, and stand at 0 in the test.
static void test_knobs(void **state) {
    (void)state;
    Dataset dataset;
    make_dataset(&dataset);
    dataset.knobs = 1;
    dataset.knob[0] = (Knob){.name = "drive", .minimum = 0.0f, .maximum = 1.0f, .initial = 0.5f};
    Model *model = model_new();
    assert_non_null(model);
    model->knobs = 1;
    model->skip = true;
    assert_int_equal(model_add_layer(model, LAYER_GRU, ACTIVATION_TANH, 2, 3, NULL), STATUS_OK);
    assert_int_equal(model_add_layer(model, LAYER_DENSE, ACTIVATION_LINEAR, 3, 1, NULL), STATUS_OK);
    for (int i = 0; i < 18; i++) {
        model->layers[0].kernel[i] = 0.1f * (float)(i % 7 - 3);
    }
    model->layers[1].kernel[1] = 0.7f;
    Labels labels = labels_none();
    assert_int_equal(export_describe(model, &labels, &(TrainingRecord){0}, &dataset, NULL),
                     STATUS_OK);
    assert_string_equal(model->knob[0].name, "drive");
    assert_true(model->knob[0].initial == 0.5f);
    check_replay(model, &dataset);
    model_free(model);
    dataset_clear(&dataset);
}

// Texts that do not fit or are not UTF-8 never keep a model from being written.
static void test_texts(void **state) {
    (void)state;
    Dataset dataset;
    make_dataset(&dataset);
    char text[2 * MODEL_TEXT] = "";
    for (int i = 0; i < 80; i++) {
        strcat(text, "ü");
    }
    Labels labels = labels_none();
    labels.name = text;
    labels.author = "\xffJ\xc3\xb6rg \xc3 \xed\xa0\x80 \xe2\x82";
    Model *model = sample_gain_new(0.0);
    assert_int_equal(export_describe(model, &labels, &(TrainingRecord){0}, &dataset, NULL),
                     STATUS_OK);
    assert_int_equal(strlen(model->info.name), MODEL_TEXT - 2); // no half of a letter
    assert_string_equal(model->info.author, "?Jörg ? ??? ??");
    assert_int_equal(model_file_write(model, scratch_path("texts.json"), NULL), STATUS_OK);
    // Short memory is told, and leaves nothing behind.
    Status status = STATUS_NO_MEMORY;
    for (int n = 0; n < 100 && status != STATUS_OK; n++) {
        assert_int_equal(status, STATUS_NO_MEMORY);
        memory_fail_after(n);
        status = export_describe(model, &labels, &(TrainingRecord){0}, &dataset, NULL);
        memory_fail_after(-1);
    }
    assert_int_equal(status, STATUS_OK);
    model_free(model);
    dataset_clear(&dataset);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_describe),
        cmocka_unit_test(test_settled),
        cmocka_unit_test(test_knobs),
        cmocka_unit_test(test_texts),
    };
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
