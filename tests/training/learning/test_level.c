// SPDX-License-Identifier: ISC
// Recordings of any level train the same network: its gains alone are others, and with them it
// plays at the level that was recorded.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dsp/base/decibels.h"
#include "dsp/files/models/model_file.h"
#include "tests/rig/scratch.h"
#include "tests/rig/training_data.h"
#include "training/data/dataset_read.h"
#include "training/learning/trainer.h"

static float input[FRAMES], target[FRAMES], scaled[FRAMES];

static void save(const char *name, const float *samples, double gain) {
    for (int i = 0; i < FRAMES; i++) {
        scaled[i] = (float)((double)samples[i] * gain);
    }
    scratch_audio(name, RATE, 1, scaled, FRAMES);
}

// Trains on both times a gain; what the file says of its error holds at that level.
static Model *train_at(double input_gain, double target_gain) {
    Dataset dataset;
    Validation validation;
    TrainerResult result;
    Model *model = NULL;
    char dry[512];
    save("in.wav", input, input_gain);
    save("out.wav", target, target_gain);
    strcpy(dry, scratch_path("in.wav"));
    const char *paths[] = {dry, scratch_path("out.wav")};
    DatasetOptions reading = {.threads = 1, .latency_given = true, .force = true};
    TrainerOptions options = trainer_defaults();
    options.shape.hidden = 4;
    options.epochs = 1.0;
    options.threads = 1;
    assert_int_equal(dataset_read(&dataset, paths, 2, &reading, NULL), STATUS_OK);
    const char *path = scratch_path("model.json");
    assert_int_equal(trainer_run(&options, &dataset, path, &result, NULL), STATUS_OK);
    assert_int_equal(model_file_read(&model, path, NULL), STATUS_OK);
    dataset_undo_gains(&dataset);
    assert_true(dataset.input_gain == 0.0 && dataset.target_gain == 0.0);
    for (int i = 0; i < FRAMES; i++) {
        double value = (double)input[i] * input_gain;
        assert_true(fabs((double)dataset.recordings[0].input[i] - value) <= 1e-6 * fabs(value));
    }
    assert_int_equal(validation_init(&validation, &dataset, NULL), STATUS_OK);
    double esr = validation_esr(&validation, model);
    assert_true(fabs(esr / result.esr - 1.0) < 1e-3);
    assert_true(fabs(model->info.esr / result.esr - 1.0) < 1e-8);
    validation_clear(&validation);
    dataset_clear(&dataset);
    return model;
}

// Of whole numbers, as most files are.
static void make_whole(float *samples) {
    for (int i = 0; i < FRAMES; i++) {
        samples[i] = rintf(samples[i] * 16384.0f) / 32768.0f;
    }
}

static int make(void **state) {
    make_pair(input, target);
    make_whole(input);
    make_whole(target);
    return scratch_begin(state);
}

static void assert_same(const float *a, const float *b, int count) {
    assert_memory_equal(a, b, (size_t)count * sizeof *a);
}

static void assert_same_layers(const Model *one, const Model *other) {
    for (int k = 0; k < one->layer_count; k++) {
        const Layer *a = &one->layers[k], *b = &other->layers[k];
        int rows = layer_gates(a->kind) * a->outputs;
        assert_same(a->kernel, b->kernel, rows * a->inputs);
        assert_same(a->bias, b->bias, rows);
        if (a->recurrent_kernel) {
            assert_same(a->recurrent_kernel, b->recurrent_kernel, rows * a->outputs);
        }
    }
    assert_same(one->test.input, other->test.input, one->test.frames);
    assert_same(one->test.output, other->test.output, one->test.frames);
}

// No sample that is trained on becomes another one: the same weights, to the bit.
static void test_same_weights(void **state) {
    (void)state;
    static const struct {
        double input, target;
    } gains[] = {{1.0, 1.0 / 256.0}, {1.0 / 128.0, 1.0}, {4.0, 4.0}, {0.1, 0.1}, {0.7, 0.0031}};
    Model *usual = train_at(1.0, 1.0);
    for (size_t i = 0; i < sizeof gains / sizeof *gains; i++) {
        Model *model = train_at(gains[i].input, gains[i].target);
        assert_true(model->info.esr == usual->info.esr);
        assert_same_layers(usual, model);
        double in = model->input_gain - usual->input_gain;
        double out = model->output_gain - usual->output_gain;
        assert_true(fabs(in + decibels_of_amplitude(gains[i].input)) < 1e-6);
        assert_true(fabs(out - decibels_of_amplitude(gains[i].target)) < 1e-6);
        // As loud as its recording, for a guitar that is as loud as there.
        double louder = model->info.loudness - usual->info.loudness;
        assert_true(gains[i].input != 1.0 || fabs(louder - out) < 1e-3);
        model_free(model);
    }
    model_free(usual);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_weights),
    };
    return cmocka_run_group_tests(tests, make, scratch_end);
}
