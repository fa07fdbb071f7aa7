// SPDX-License-Identifier: ISC
// Whole small runs: same bytes for any number of threads and after a resume, races, recipes, the
// file that is left after a stop.
#include <math.h>
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
#include "dsp/base/random.h"
#include "dsp/base/thread_pool.h"
#include "dsp/files/models/model_file.h"
#include "tests/rig/chaotic_network.h"
#include "tests/rig/training_data.h"
#include "training/learning/adam.h"
#include "training/learning/checkpoint.h"
#include "training/learning/head_fit.h"
#include "training/learning/schedule.h"
#include "training/learning/trainer.h"
#include "training/learning/validation.h"
#include "training/network/loss.h"

static char folder[] = "/tmp/gruff-training-XXXXXX";

static char *in_folder(const char *name) {
    static char paths[2][sizeof folder + 64], *path;
    path = path == paths[0] ? paths[1] : paths[0]; // two may be in use
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static char *read_whole(const char *path, size_t *length) {
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char *bytes = memory_new(1 << 20, 1);
    *length = fread(bytes, 1, 1 << 20, file);
    fclose(file);
    return bytes;
}

static bool are_same_files(const char *one, const char *two) {
    size_t length_one, length_two;
    char *bytes_one = read_whole(in_folder(one), &length_one);
    char *bytes_two = read_whole(in_folder(two), &length_two);
    bool same = length_one == length_two && memcmp(bytes_one, bytes_two, length_one) == 0;
    memory_free(bytes_one);
    memory_free(bytes_two);
    return same;
}

static void assert_same_files(const char *one, const char *two) {
    assert_true(are_same_files(one, two));
}

static void train(const Dataset *dataset, int threads, double contraction, const char *path,
                  TrainerResult *result) {
    TrainerOptions options = trainer_defaults();
    options.regularisation.contraction *= contraction;
    options.shape.hidden = 8;
    options.threads = threads;
    options.epochs = 8.0;
    options.labels.name = "soft clipper";
    assert_int_equal(trainer_run(&options, dataset, path, result, NULL), STATUS_OK);
}

static void test_learns_and_repeats(void **state) {
    (void)state;
    Dataset dataset;
    TrainerResult one, two;
    make_dataset(&dataset);
    train(&dataset, 1, 1.0, in_folder("one.json"), &one);
    train(&dataset, 2, 1.0, in_folder("two.json"), &two);
    printf("validation ESR %.3g after %.1f epochs in %.1f s\n", one.esr, one.epoch, one.seconds);
    assert_true(one.esr < 0.05);
    assert_true(one.esr == two.esr);
    assert_same_files("one.json", "two.json");
    // The file scores what the trainer said.
    Model *model = NULL;
    Validation validation;
    assert_int_equal(model_file_read(&model, in_folder("one.json"), NULL), STATUS_OK);
    assert_int_equal(validation_init(&validation, &dataset, NULL), STATUS_OK);
    assert_true(validation_esr(&validation, model) == one.esr);
    assert_string_equal(model->info.name, "soft clipper");
    validation_clear(&validation);
    model_free(model);
    // The contraction has a part in it.
    train(&dataset, 1, 0.0, in_folder("two.json"), &two);
    assert_false(are_same_files("one.json", "two.json"));
    dataset_clear(&dataset);
}

// Goes on from a network that does not forget, with this part of the contraction's share.
static void train_chaotic(const Dataset *dataset, double contraction, const char *name) {
    TrainerResult result;
    TrainerOptions options = trainer_defaults();
    options.regularisation.contraction *= contraction;
    options.shape.hidden = 12;
    options.threads = 1;
    options.epochs = 1.0;
    options.keep_checkpoint = options.resume = true;
    Learner learner;
    assert_int_equal(learner_init(&learner, &options.shape, options.optimiser, options.seed, NULL),
                     STATUS_OK);
    make_chaotic(&learner.network);
    char path[512];
    Checkpoint begun = {.fingerprint = checkpoint_fingerprint(&options, dataset)};
    assert_true(checkpoint_path(path, sizeof path, in_folder(name)));
    assert_int_equal(checkpoint_write(path, &begun, &learner, NULL), STATUS_OK);
    learner_clear(&learner);
    assert_int_equal(trainer_run(&options, dataset, in_folder(name), &result, NULL), STATUS_OK);
}

// Where there is something to forget, the contraction moves the weights, by its share.
static void test_contraction_moves(void **state) {
    (void)state;
    Dataset dataset;
    make_dataset(&dataset);
    train_chaotic(&dataset, 1.0, "whole.json");
    train_chaotic(&dataset, 0.5, "half.json");
    assert_false(are_same_files("whole.json", "half.json"));
    train_chaotic(&dataset, 1.0, "half.json");
    assert_same_files("whole.json", "half.json");
    dataset_clear(&dataset);
}

// The winner of a race is one of its seeds, and a race repeats like any run.
static void test_race(void **state) {
    (void)state;
    Dataset dataset;
    TrainerResult one, two;
    make_dataset(&dataset);
    TrainerOptions options = trainer_defaults();
    options.shape.hidden = 4;
    options.epochs = 2.0;
    options.seed = 11;
    options.race = 3;
    options.threads = 1;
    assert_int_equal(trainer_run(&options, &dataset, in_folder("one.json"), &one, NULL), STATUS_OK);
    options.threads = 3;
    assert_int_equal(trainer_run(&options, &dataset, in_folder("two.json"), &two, NULL), STATUS_OK);
    assert_true(one.seed >= 11 && one.seed <= 13);
    assert_true(one.seed == two.seed && one.esr == two.esr);
    assert_true(one.epoch >= 2.0 && one.epoch < 2.2);
    dataset_clear(&dataset);
}

// Every way to make learning by heart harder, and the other schedule, still learn.
static void test_other_recipes(void **state) {
    (void)state;
    Dataset dataset;
    TrainerResult result;
    make_dataset(&dataset);
    TrainerOptions plain = trainer_defaults();
    plain.shape.hidden = 8;
    plain.epochs = 3.0;
    TrainerOptions recipes[] = {plain, plain, plain, plain, plain, plain, plain};
    recipes[0].schedule = SCHEDULE_PLATEAU;
    recipes[1].regularisation = (Regularisation){.recurrent_dropout = 0.05, .head_dropout = 0.05};
    recipes[2].regularisation = (Regularisation){.input_dropout = 0.02, .noise = 1e-3};
    recipes[3].weight_decay = 1e-3;
    recipes[4].loss = (LossMix){.a_weighted = 0.5, .plain = 0.5};
    recipes[5].loss.spectral = 1e-3;
    recipes[6].optimiser = OPTIMISER_ADAM;
    for (int i = 0; i < 7; i++) {
        assert_int_equal(trainer_run(&recipes[i], &dataset, in_folder("one.json"), &result, NULL),
                         STATUS_OK);
        printf("recipe %d: ESR %.3g\n", i, result.esr);
        assert_true(result.esr < 0.2);
    }
    dataset_clear(&dataset);
}

static volatile sig_atomic_t stop;

static void stop_soon(void *context, const TrainerProgress *progress) {
    (void)context;
    stop = progress->epoch > 0.2;
}

static void test_stop_leaves_a_model(void **state) {
    (void)state;
    Dataset dataset;
    TrainerResult result;
    make_dataset(&dataset);
    TrainerOptions options = trainer_defaults();
    options.shape.hidden = 4;
    options.seconds = 1000.0;
    options.stop = &stop;
    options.progress = stop_soon;
    assert_int_equal(trainer_run(&options, &dataset, in_folder("stopped.json"), &result, NULL),
                     STATUS_OK);
    assert_true(result.stopped);
    Model *model = NULL;
    assert_int_equal(model_file_read(&model, in_folder("stopped.json"), NULL), STATUS_OK);
    assert_true(fabs(model->info.esr - result.esr) < 1e-6);
    model_free(model);
    dataset_clear(&dataset);
}

static double stop_epoch;

static void stop_at_epoch(void *context, const TrainerProgress *progress) {
    (void)context;
    stop = progress->epoch > stop_epoch;
}

// Stopped and resumed three times, first while its second seed races: the bytes of a run that was
// left alone, and a model at every stop.
static void test_resume(void **state) {
    (void)state;
    Dataset dataset;
    TrainerResult result;
    Diagnostic diagnostic = {""};
    make_dataset(&dataset);
    TrainerOptions options = trainer_defaults();
    options.shape.hidden = 5;
    options.epochs = 4.0;
    options.race = 2;
    assert_int_equal(trainer_run(&options, &dataset, in_folder("one.json"), &result, NULL),
                     STATUS_OK);
    double esr = result.esr;
    options.keep_checkpoint = true;
    options.stop = &stop;
    options.progress = stop_at_epoch;
    unlink(in_folder("two.json"));
    const double stops[] = {0.2, 1.3, 2.9, 99.0};
    for (int i = 0; i < 4; i++) {
        stop = 0;
        stop_epoch = stops[i];
        options.resume = i > 0;
        assert_int_equal(trainer_run(&options, &dataset, in_folder("two.json"), &result, NULL),
                         STATUS_OK);
        assert_int_equal(result.stopped, i < 3);
        assert_int_equal(access(in_folder("two.json.checkpoint"), F_OK) == 0, i < 3);
        assert_int_equal(access(in_folder("two.json"), F_OK), 0);
    }
    assert_true(result.esr == esr);
    assert_same_files("one.json", "two.json");

    // Nothing to resume; another run's checkpoint; a damaged one.
    stop = 0;
    assert_int_equal(trainer_run(&options, &dataset, in_folder("two.json"), &result, &diagnostic),
                     STATUS_CANNOT_READ);
    stop_epoch = 1.0;
    options.resume = false;
    assert_int_equal(trainer_run(&options, &dataset, in_folder("two.json"), &result, NULL),
                     STATUS_OK);
    options.resume = true;
    options.rate = 2.0 * schedule_peak(&options);
    stop = 0;
    assert_int_equal(trainer_run(&options, &dataset, in_folder("two.json"), &result, &diagnostic),
                     STATUS_BAD_ARGUMENT);
    assert_non_null(strstr(diagnostic.text, "another run"));
    size_t length;
    memory_free(read_whole(in_folder("two.json.checkpoint"), &length));
    assert_int_equal(truncate(in_folder("two.json.checkpoint"), (off_t)length - 8), 0);
    assert_int_equal(trainer_run(&options, &dataset, in_folder("two.json"), &result, &diagnostic),
                     STATUS_CANNOT_READ);
    assert_non_null(strstr(diagnostic.text, "damaged"));
    unlink(in_folder("two.json.checkpoint"));
    dataset_clear(&dataset);
}

static void test_bad_runs(void **state) {
    (void)state;
    Dataset dataset;
    TrainerResult result;
    Diagnostic diagnostic = {""};
    make_dataset(&dataset);
    TrainerOptions options = trainer_defaults();
    options.seconds = -1.0;
    assert_int_equal(trainer_run(&options, &dataset, "x", &result, NULL), STATUS_BAD_ARGUMENT);
    options = trainer_defaults();
    options.seconds = 0.3;
    options.shape.hidden = 2;
    assert_int_equal(
        trainer_run(&options, &dataset, in_folder("missing/x.json"), &result, &diagnostic),
        STATUS_CANNOT_WRITE);
    assert_non_null(strstr(diagnostic.text, "missing/x.json"));
    // Every allocation fails in turn until the run gets through.
    options.epochs = 1e-3;
    Status status = STATUS_NO_MEMORY;
    for (int n = 0; n < 2000 && status != STATUS_OK; n++) {
        assert_true(status == STATUS_NO_MEMORY || status == STATUS_DIVERGED);
        memory_fail_after(n);
        status = trainer_run(&options, &dataset, in_folder("memory.json"), &result, NULL);
        memory_fail_after(-1);
    }
    assert_int_equal(status, STATUS_OK);
    dataset_clear(&dataset);
}

static int make_folder(void **state) {
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state) {
    (void)state;
    static const char *const names[] = {"one.json",    "two.json",   "stopped.json",
                                        "memory.json", "whole.json", "half.json"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        unlink(in_folder(names[i]));
    }
    return rmdir(folder); // fails when anything else was left behind
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_learns_and_repeats),
        cmocka_unit_test(test_contraction_moves),
        cmocka_unit_test(test_race),
        cmocka_unit_test(test_other_recipes),
        cmocka_unit_test(test_stop_leaves_a_model),
        cmocka_unit_test(test_resume),
        cmocka_unit_test(test_bad_runs),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
