// SPDX-License-Identifier: ISC
// The checkpoint of a run: all of it comes back, nothing damaged does, and a run with anything else
// that decides its outcome is another run.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "dsp/base/memory.h"
#include "tests/rig/scratch.h"
#include "tests/rig/training_data.h"
#include "training/learning/checkpoint.h"

static const NetworkShape shape = {.cell = LAYER_GRU, .layers = 1, .hidden = 3, .skip = true};
static const Checkpoint written = {.fingerprint = 0x123456789ABCDEFu,
                                   .seeds = 2,
                                   .raced = 3.5,
                                   .seconds = 4.5,
                                   .checks = 6,
                                   .best_epochs = 7.5,
                                   .best_seconds = 8.5,
                                   .result = {.esr = 0.5, .rollbacks = 3, .checks = 1}};

static Learner learner, other;

static int begin(void **state) {
    (void)state;
    bool made = learner_init(&learner, &shape, OPTIMISER_SOAP, 3, NULL) == STATUS_OK &&
                learner_init(&other, &shape, OPTIMISER_SOAP, 4, NULL) == STATUS_OK;
    return made ? 0 : -1;
}

static int end(void **state) {
    (void)state;
    learner_clear(&learner);
    learner_clear(&other);
    return 0;
}

static Status write_it(void) {
    return checkpoint_write(scratch_path("checkpoint"), &written, &learner, NULL);
}

static Status read_it(uint64_t fingerprint, Checkpoint *checkpoint) {
    *checkpoint = (Checkpoint){.fingerprint = fingerprint};
    return checkpoint_read(scratch_path("checkpoint"), checkpoint, &other, NULL);
}

static void assert_same_numbers(const double *one, const double *two, size_t count) {
    assert_memory_equal(one, two, count * sizeof *one);
}

static void number(double *values, size_t count, double first) {
    for (size_t i = 0; i < count; i++) {
        values[i] = first + (double)i;
    }
}

static void test_all_comes_back(void **state) {
    (void)state;
    size_t count = learner.network.count;
    number(learner.network.weights, count, 1e3);
    number(learner.adam.first, count, 2e3);
    number(learner.adam.second, count, 3e3);
    number(learner.adam.average, count, 4e3);
    number(learner.best, count, 5e3);
    number(learner.soap.state, learner.soap.count, 6e3);
    learner.random.state = 77;
    learner.adam.updates = 11;
    learner.best_esr = 0.25;
    learner.best_worth = 0.375;
    learner.last_esr = 0.75;
    learner.samples = 12.0;
    learner.rate_scale = 0.4;
    learner.loss_sum = 13.0;
    learner.loss_count = 14;
    learner.rollbacks = 15;
    learner.patience = 16;
    learner.prefer_calm = true;
    other.redraw = false;
    assert_int_equal(write_it(), STATUS_OK);
    Checkpoint checkpoint;
    assert_int_equal(read_it(written.fingerprint, &checkpoint), STATUS_OK);
    assert_int_equal(checkpoint.seeds, written.seeds);
    assert_true(checkpoint.raced == written.raced && checkpoint.seconds == written.seconds);
    assert_int_equal(checkpoint.checks, written.checks);
    assert_true(checkpoint.best_epochs == written.best_epochs);
    assert_true(checkpoint.best_seconds == written.best_seconds);
    assert_memory_equal(&checkpoint.result, &written.result, sizeof written.result);
    assert_same_numbers(other.network.weights, learner.network.weights, count);
    assert_same_numbers(other.adam.first, learner.adam.first, count);
    assert_same_numbers(other.adam.second, learner.adam.second, count);
    assert_same_numbers(other.adam.average, learner.adam.average, count);
    assert_same_numbers(other.best, learner.best, count);
    assert_same_numbers(other.soap.state, learner.soap.state, learner.soap.count);
    assert_true(other.seed == 3 && other.random.state == 77 && other.adam.updates == 11);
    assert_true(other.best_esr == 0.25 && other.best_worth == 0.375 && other.last_esr == 0.75 &&
                other.samples == 12.0);
    assert_true(other.rate_scale == 0.4 && other.loss_sum == 13.0 && other.loss_count == 14);
    assert_true(other.rollbacks == 15 && other.patience == 16);
    assert_true(other.redraw && other.prefer_calm);
}

// Any byte that is another one, any end that is missing or too late.
static void test_damage(void **state) {
    (void)state;
    Checkpoint checkpoint;
    size_t length;
    unlink(scratch_path("checkpoint"));
    assert_int_equal(read_it(written.fingerprint, &checkpoint), STATUS_CANNOT_READ);
    assert_int_equal(write_it(), STATUS_OK);
    char *bytes = scratch_read("checkpoint", &length);
    for (size_t at = 0; at < length; at += 1 + length / 97) {
        bytes[at] ^= 0x10;
        scratch_write("checkpoint", bytes, length);
        assert_int_equal(read_it(written.fingerprint, &checkpoint), STATUS_CANNOT_READ);
        bytes[at] ^= 0x10;
    }
    static const size_t ends[] = {0, 1, 15, 16, 100, 2000};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        scratch_write("checkpoint", bytes, ends[i]);
        assert_int_equal(read_it(written.fingerprint, &checkpoint), STATUS_CANNOT_READ);
    }
    scratch_write("checkpoint", bytes, length - 1);
    assert_int_equal(read_it(written.fingerprint, &checkpoint), STATUS_CANNOT_READ);
    scratch_write("checkpoint", bytes, length);
    assert_int_equal(read_it(written.fingerprint, &checkpoint), STATUS_OK);
    free(bytes);
}

static void test_other_runs(void **state) {
    (void)state;
    Checkpoint checkpoint;
    assert_int_equal(write_it(), STATUS_OK);
    assert_int_equal(read_it(written.fingerprint + 1, &checkpoint), STATUS_BAD_ARGUMENT);
    learner_clear(&other); // the same options, as they say, but the learner is another one
    assert_int_equal(learner_init(&other, &shape, OPTIMISER_ADAM, 3, NULL), STATUS_OK);
    assert_int_equal(read_it(written.fingerprint, &checkpoint), STATUS_BAD_ARGUMENT);
    NetworkShape wider = shape;
    wider.hidden = 4;
    learner_clear(&other);
    assert_int_equal(learner_init(&other, &wider, OPTIMISER_SOAP, 3, NULL), STATUS_OK);
    assert_int_equal(read_it(written.fingerprint, &checkpoint), STATUS_BAD_ARGUMENT);
}

// Whole or not at all: what cannot be written leaves the last one as it was.
static void test_whole(void **state) {
    (void)state;
    Checkpoint checkpoint;
    assert_int_equal(write_it(), STATUS_OK);
    int files = scratch_count();
    for (int n = 0; n < 2; n++) {
        memory_fail_after(n);
        assert_int_equal(write_it(), STATUS_NO_MEMORY);
        memory_fail_after(-1);
        assert_int_equal(read_it(written.fingerprint, &checkpoint), STATUS_OK);
    }
    assert_int_equal(checkpoint_write(scratch_path("none/checkpoint"), &written, &learner, NULL),
                     STATUS_CANNOT_WRITE);
    assert_int_equal(scratch_count(), files);
}

static void test_paths(void **state) {
    (void)state;
    char path[20];
    assert_true(checkpoint_path(path, sizeof path, "amp.json"));
    assert_string_equal(path, "amp.json.checkpoint");
    assert_false(checkpoint_path(path, sizeof path - 1, "amp.json"));
}

// ---- What a run is ----

static Dataset dataset;
static TrainerOptions options;
static uint64_t plain;

// Whether the run is another one than it was.
static void assert_differs(const char *what) {
    if (checkpoint_fingerprint(&options, &dataset) == plain) {
        fail_msg("%s does not count", what);
    }
}

static void options_again(void) {
    options = trainer_defaults();
    options.epochs = 3.0;
    plain = checkpoint_fingerprint(&options, &dataset);
}

// Each with another value than the default's.
static void try_numbers(void) {
    static const struct {
        const char *name;
        double *number;
    } numbers[] = {
        {"epochs", &options.epochs},
        {"rate", &options.rate},
        {"weight decay", &options.weight_decay},
        {"plain loss", &options.loss.plain},
        {"emphasised loss", &options.loss.emphasised},
        {"A-weighted loss", &options.loss.a_weighted},
        {"DC loss", &options.loss.dc},
        {"spectral loss", &options.loss.spectral},
        {"recurrent dropout", &options.regularisation.recurrent_dropout},
        {"head dropout", &options.regularisation.head_dropout},
        {"input dropout", &options.regularisation.input_dropout},
        {"noise", &options.regularisation.noise},
        {"contraction", &options.regularisation.contraction},
    };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        *numbers[i].number += 0.125;
        assert_differs(numbers[i].name);
        options_again();
    }
}

static void try_choices(void) {
    options.shape.cell = LAYER_LSTM;
    assert_differs("cell");
    options_again();
    int *const counts[] = {&options.shape.layers, &options.shape.hidden, &options.shape.knobs,
                           &options.race};
    for (int i = 0; i < 4; i++) {
        ++*counts[i];
        assert_differs(i < 3 ? "shape" : "race");
        options_again();
    }
    options.shape.skip = false;
    assert_differs("skip");
    options_again();
    options.seed++;
    assert_differs("seed");
    options_again();
    options.optimiser = OPTIMISER_ADAM;
    assert_differs("optimiser");
    options_again();
    options.schedule = SCHEDULE_PLATEAU;
    assert_differs("schedule");
    options_again();
    options.fit_head = false;
    assert_differs("head start");
    options_again();
}

// What does not decide: a run may go on with more threads, and its time when its epochs are given.
static void try_others(void) {
    options.threads++;
    options.seconds += 1.0;
    options.keep_checkpoint = options.resume = true;
    options.labels.name = "another";
    assert_true(checkpoint_fingerprint(&options, &dataset) == plain);
    options.epochs = 0.0;
    plain = checkpoint_fingerprint(&options, &dataset);
    options.seconds += 1.0;
    assert_differs("seconds");
    options_again();
}

static void try_recordings(void) {
    Recording *recording = dataset.recordings;
    float *const samples[] = {recording->input_memory, recording->target_memory};
    for (int i = 0; i < 2; i++) {
        float kept = samples[i][FRAMES - 1];
        samples[i][FRAMES - 1] += 0.125f;
        assert_differs("a sample");
        samples[i][FRAMES - 1] = kept;
    }
    recording->knobs[0] += 0.125f;
    assert_differs("a knob");
    recording->knobs[0] -= 0.125f;
    dataset.rate++;
    assert_differs("the rate");
    dataset.rate--;
    Ranges *const parts[] = {&recording->training, &recording->validation};
    for (int i = 0; i < 2; i++) {
        Ranges kept = *parts[i];
        parts[i]->range[0].begin++;
        assert_differs("where the audio for training or validation begins");
        *parts[i] = kept;
        parts[i]->range[kept.count - 1].end--;
        assert_differs("where it ends");
        *parts[i] = kept;
        parts[i]->count--;
        assert_differs("in how many stretches it is");
        *parts[i] = kept;
    }
    assert_true(checkpoint_fingerprint(&options, &dataset) == plain);
}

static void test_fingerprint(void **state) {
    (void)state;
    make_dataset(&dataset);
    options_again();
    try_numbers();
    try_choices();
    try_others();
    try_recordings();
    dataset_clear(&dataset);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_all_comes_back, begin, end),
        cmocka_unit_test_setup_teardown(test_damage, begin, end),
        cmocka_unit_test_setup_teardown(test_other_runs, begin, end),
        cmocka_unit_test_setup_teardown(test_whole, begin, end),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_fingerprint),
    };
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
