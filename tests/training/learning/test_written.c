// SPDX-License-Identifier: ISC
// What a run leaves behind: at any time a file that tells the truth of the weights in it, and none
// when nothing came of it.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "dsp/base/memory.h"
#include "dsp/base/random.h"
#include "dsp/files/models/model_file.h"
#include "tests/rig/scratch.h"
#include "tests/rig/training_data.h"
#include "training/learning/checkpoint.h"
#include "training/learning/head_fit.h"
#include "training/learning/trainer.h"

static Dataset dataset;
static Validation validation;
static volatile sig_atomic_t stop;

static int make(void **state) {
    make_dataset(&dataset);
    Status status = validation_init(&validation, &dataset, NULL);
    return status == STATUS_OK ? scratch_begin(state) : -1;
}

static int unmake(void **state) {
    validation_clear(&validation);
    dataset_clear(&dataset);
    return scratch_end(state);
}

static TrainerOptions small_options(double epochs) {
    TrainerOptions options = trainer_defaults();
    options.shape.hidden = 3;
    options.epochs = epochs;
    options.threads = 1;
    options.seed = 40;
    options.labels.name = "an amplifier";
    return options;
}

static void run(const TrainerOptions *options, TrainerResult *result) {
    assert_int_equal(trainer_run(options, &dataset, scratch_path("model.json"), result, NULL),
                     STATUS_OK);
}

// The file says of its weights what they score, and how calm they are on all that is tried: the
// run's words for it.
static ModelInfo file_info(const TrainerResult *result) {
    Model *model = NULL;
    assert_int_equal(model_file_read(&model, scratch_path("model.json"), NULL), STATUS_OK);
    double esr = validation_esr(&validation, model);
    assert_true(fabs(model->info.esr / esr - 1.0) < 1e-8);
    Divergence divergence;
    Diagnostic words, told;
    assert_int_equal(divergence_measure(&divergence, model, NULL, DIVERGENCE_ALL, NULL), STATUS_OK);
    divergence_summarise(&divergence, &words);
    divergence_summarise(&result->calmness, &told);
    assert_int_equal(result->calmness.count, divergence.count);
    assert_string_equal(model->info.behaviour.calm_verdict, words.text);
    assert_string_equal(told.text, words.text);
    ModelInfo info = model->info;
    model_free(model);
    return info;
}

static void stop_soon(void *context, const TrainerProgress *progress) {
    (void)context;
    (void)progress;
    stop = 1;
}

static void test_record(void **state) {
    (void)state;
    TrainerResult result;
    TrainerOptions options = small_options(2.0);
    options.race = 3;
    run(&options, &result);
    ModelInfo info = file_info(&result);
    assert_true(fabs(info.esr / result.esr - 1.0) < 1e-8);
    assert_string_equal(info.name, "an amplifier");
    assert_int_equal(info.trained_seed, result.seed);
    int best = 0;
    for (int i = 1; i < result.checks; i++) {
        best = result.history[i].esr < result.history[best].esr ? i : best;
    }
    assert_true(fabs(info.trained_epochs - result.history[best].epoch) < 1e-8);
    assert_true(info.trained_seconds == 0.0); // they differ from run to run
    // A run by time, which ends as soon as it learnt anything.
    options = small_options(0.0);
    options.seconds = 1e6;
    options.stop = &stop;
    options.progress = stop_soon;
    stop = 0;
    run(&options, &result);
    info = file_info(&result);
    assert_true(info.trained_seconds > 0.0 && info.trained_seconds <= result.seconds);
}

// A time that is over before it begins leaves the model that the run began with.
static void test_no_time(void **state) {
    (void)state;
    TrainerResult result;
    Network network;
    TrainerOptions options = small_options(0.0);
    options.seconds = 1e-9;
    run(&options, &result);
    assert_int_equal(network_init(&network, &options.shape, NULL), STATUS_OK);
    network_randomise(&network, options.seed, 4.0);
    assert_int_equal(head_fit(&network, &dataset, NULL), STATUS_OK);
    Model *model = network_model(&network, RATE);
    assert_true(validation_esr(&validation, model) == result.esr);
    assert_true(fabs(file_info(&result).esr / result.esr - 1.0) < 1e-8);
    assert_true(result.samples == 0.0 && result.checks == 1);
    model_free(model);
    network_clear(&network);
}

static void stop_at_check(void *context, const TrainerProgress *progress) {
    (void)context;
    stop = progress->checked;
}

static void stop_at_worse(void *context, const TrainerProgress *progress) {
    (void)context;
    stop = progress->checked && progress->esr > progress->best;
}

// A run that is stopped in the middle and resumed only to be stopped again: each time the file
// tells of its own weights. These grow at each update, for nothing but that: their best is behind
// them.
static void test_stops(void **state) {
    (void)state;
    TrainerResult result;
    TrainerOptions options = small_options(4.0);
    options.loss = (LossMix){0};
    options.rate = 20.0;
    options.weight_decay = -1.0;
    options.keep_checkpoint = true;
    options.stop = &stop;
    options.progress = stop_at_worse;
    stop = 0;
    run(&options, &result);
    assert_true(result.stopped);
    double first = file_info(&result).esr;
    // Someone else's file in its place: it is the run's own that comes back.
    scratch_write("model.json", "{}", 2);
    options.resume = true;
    options.progress = NULL;
    stop = 1;
    run(&options, &result);
    assert_true(result.stopped);
    assert_true(file_info(&result).esr == first && fabs(first / result.esr - 1.0) < 1e-8);
    unlink(scratch_path("model.json.checkpoint"));
}

// The average of the weights begins where the head was fitted.
static void test_average_begins_there(void **state) {
    (void)state;
    char path[512];
    TrainerResult result;
    Learner learner;
    TrainerOptions options = small_options(3.0);
    options.rate = 1e-300;
    options.keep_checkpoint = true;
    options.stop = &stop;
    options.progress = stop_at_check;
    stop = 0;
    run(&options, &result);
    assert_true(checkpoint_path(path, sizeof path, scratch_path("model.json")));
    Checkpoint checkpoint = {.fingerprint = checkpoint_fingerprint(&options, &dataset)};
    assert_int_equal(learner_init(&learner, &options.shape, options.optimiser, 1, NULL), STATUS_OK);
    assert_int_equal(checkpoint_read(path, &checkpoint, &learner, NULL), STATUS_OK);
    assert_true(learner.adam.updates > 0);
    for (size_t i = 0; i < learner.network.count; i++) {
        double weight = learner.network.weights[i];
        assert_true(fabs(learner.adam.average[i] - weight) <= 1e-12 * fabs(weight) + 1e-200);
    }
    learner_clear(&learner);
    unlink(path);
}

// With one of the optimisers the file is another one than with the other.
static void test_optimisers(void **state) {
    (void)state;
    TrainerResult soap, adam, again;
    TrainerOptions options = small_options(1.0);
    run(&options, &soap);
    run(&options, &again);
    options.optimiser = OPTIMISER_ADAM;
    run(&options, &adam);
    assert_true(soap.esr == again.esr && soap.esr != adam.esr);
}

// Nothing that could be scored: no file, and the reason is told.
static void test_nothing_usable(void **state) {
    (void)state;
    TrainerResult result;
    Diagnostic diagnostic = {""};
    TrainerOptions options = small_options(0.5);
    const Ranges *held = &dataset.recordings[0].validation;
    float *target = dataset.recordings[0].target_memory + held->range[0].begin;
    float kept = *target;
    *target = NAN;
    const char *path = scratch_path("none.json");
    assert_int_equal(trainer_run(&options, &dataset, path, &result, &diagnostic), STATUS_DIVERGED);
    assert_non_null(strstr(diagnostic.text, "no usable model"));
    assert_int_equal(access(path, F_OK), -1);
    *target = kept;
}

// Neither fills the file, nor touches one that is there.
static void assert_keeps_old(const TrainerOptions *options, const Dataset *recordings,
                             const char *words) {
    TrainerResult result;
    Diagnostic diagnostic = {""};
    scratch_write("old.json", "{}", 2);
    Status status = trainer_run(options, recordings, scratch_path("old.json"), &result,
                                &diagnostic);
    assert_int_equal(status, STATUS_DIVERGED);
    if (!strstr(diagnostic.text, words)) {
        fail_msg("\"%s\" does not say \"%s\"", diagnostic.text, words);
    }
    assert_true(scratch_holds("old.json", "{}"));
}

// Noise that has nothing to do with the input: at no check, and after no race, a model.
static void test_worse_than_silence(void **state) {
    (void)state;
    Dataset unrelated;
    Random random = {3};
    float *input = memory_new(FRAMES, sizeof(float)), *noise = memory_new(FRAMES, sizeof(float));
    make_pair(input, noise);
    for (int i = 0; i < FRAMES; i++) {
        noise[i] = (float)random_within(&random, 0.5);
    }
    assert_int_equal(dataset_make(&unrelated, input, noise, FRAMES, RATE, NULL), STATUS_OK);
    TrainerOptions options = small_options(1.0);
    options.race = 2;
    assert_keeps_old(&options, &unrelated, "of that of silence, and 0.9 is the most");
    dataset_clear(&unrelated);
    memory_free(input);
    memory_free(noise);
}

// A gain that no file may have: it could not be read again.
static void test_not_read_again(void **state) {
    (void)state;
    TrainerOptions options = small_options(0.5);
    dataset.target_gain = 130.0;
    assert_keeps_old(&options, &dataset, "-130 dB, are beyond");
    dataset.target_gain = 0.0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_record),
        cmocka_unit_test(test_no_time),
        cmocka_unit_test(test_stops),
        cmocka_unit_test(test_average_begins_there),
        cmocka_unit_test(test_optimisers),
        cmocka_unit_test(test_nothing_usable),
        cmocka_unit_test(test_worse_than_silence),
        cmocka_unit_test(test_not_read_again),
    };
    return cmocka_run_group_tests(tests, make, unmake);
}
