// SPDX-License-Identifier: ISC
// The trainer's parts and a whole small run: dataset checks, initialisation, Adam, the team of
// threads, same bytes for any number of threads, the file that is left after a stop.
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

#include "dsp/files/model_file.h"
#include "dsp/memory.h"
#include "dsp/random.h"
#include "training/adam.h"
#include "training/loss.h"
#include "training/team.h"
#include "training/trainer.h"
#include "training/validation.h"

enum { RATE = 8000, SECONDS = 32, FRAMES = RATE * SECONDS };

// Noise bursts through a soft clipper behind a one-pole low-pass: has memory and is nonlinear.
static void make_pair(float *input, float *target) {
    Random random = {7};
    float low = 0.0f, state = 0.0f;
    for (int i = 0; i < FRAMES; i++) {
        float level = 0.1f + 0.4f * (float)((i / 2000) % 3);
        low += 0.3f * ((float)random_within(&random, 1.0) - low);
        input[i] = level * low;
        state += 0.5f * (input[i] - state);
        target[i] = tanhf(4.0f * state);
    }
}

static void make_dataset(Dataset *dataset) {
    float *input = memory_new(FRAMES, sizeof(float)), *target = memory_new(FRAMES, sizeof(float));
    make_pair(input, target);
    assert_int_equal(dataset_make(dataset, input, target, FRAMES, RATE, NULL), STATUS_OK);
    memory_free(input);
    memory_free(target);
}

// Refuses the pair and says `words`.
static void refused(const float *input, const float *target, size_t frames, const char *words) {
    Dataset dataset;
    Diagnostic diagnostic = {""};
    assert_int_equal(dataset_make(&dataset, input, target, frames, RATE, &diagnostic),
                     STATUS_BAD_AUDIO);
    assert_null(dataset.recordings);
    if (!strstr(diagnostic.text, words)) {
        fail_msg("\"%s\" does not say \"%s\"", diagnostic.text, words);
    }
}

static void test_dataset_refuses(void **state) {
    (void)state;
    float *input = memory_new(FRAMES, sizeof(float)), *target = memory_new(FRAMES, sizeof(float));
    float *silence = memory_new(FRAMES, sizeof(float));
    make_pair(input, target);
    refused(input, target, 10 * RATE, "too short");
    refused(silence, target, FRAMES, "silent");
    refused(input, silence, FRAMES, "silent");
    refused(input, input, FRAMES, "identical");
    memcpy(silence, target, FRAMES / 2 * sizeof(float)); // the held-out part stays silent
    refused(input, silence, FRAMES, "silent in its");
    memory_free(input);
    memory_free(target);
    memory_free(silence);
}

static void test_dataset_splits(void **state) {
    (void)state;
    Dataset dataset;
    make_dataset(&dataset);
    const Recording *recording = dataset.recordings;
    assert_int_equal(dataset.count, 1);
    assert_int_equal(dataset.validation_frames, FRAMES * 15 / 100);
    assert_int_equal(dataset.training_frames + dataset.validation_frames, FRAMES);
    assert_int_equal(recording->training.end, recording->validation.begin);
    assert_int_equal(recording->validation.end, FRAMES);
    double energy = 0.0;
    for (size_t i = 0; i < dataset.training_frames; i++) {
        energy += (double)recording->target[i] * (double)recording->target[i];
    }
    assert_true(fabs(dataset.energy * (double)dataset.training_frames / energy - 1.0) < 1e-12);
    dataset_clear(&dataset);
}

static void test_initial_weights(void **state) {
    (void)state;
    Network network;
    NetworkShape shape = {.cell = LAYER_GRU, .layers = 1, .skip = true};
    assert_int_equal(network_init(&network, &shape, NULL), STATUS_BAD_ARGUMENT);
    shape.hidden = MODEL_MAX_HIDDEN + 1;
    assert_int_equal(network_init(&network, &shape, NULL), STATUS_BAD_ARGUMENT);
    shape.hidden = 11;
    assert_int_equal(network_init(&network, &shape, NULL), STATUS_OK);
    network_randomise(&network, 3, 1.0);
    for (int gate = 0; gate < 3; gate++) { // U U^T = 1
        const double *u = network.layer[0].recurrent_kernel + (ptrdiff_t)gate * 11 * 11;
        for (int i = 0; i < 11; i++) {
            for (int j = 0; j < 11; j++) {
                double sum = 0.0;
                for (int k = 0; k < 11; k++) {
                    sum += u[i * 11 + k] * u[j * 11 + k];
                }
                assert_true(fabs(sum - (i == j)) < 1e-12);
            }
        }
    }
    assert_true(network.layer[0].bias[0] == 1.0 && network.layer[0].bias[11] == 0.0);
    Model *model = network_model(&network, 48000.0);
    assert_int_equal(model_check(model, NULL), STATUS_OK);
    assert_int_equal(model->layers[0].kernel[5], (float)network.layer[0].kernel[5]);
    model_free(model);
    network_clear(&network);
}

// A quadratic bowl with very different curvatures; a NaN gradient changes nothing.
static void test_adam(void **state) {
    (void)state;
    double weights[2] = {3.0, -2.0}, gradient[2];
    Adam adam;
    assert_int_equal(adam_init(&adam, weights, 2, NULL), STATUS_OK);
    for (int i = 0; i < 4000; i++) {
        gradient[0] = 100.0 * (weights[0] - 1.0);
        gradient[1] = 0.01 * (weights[1] - 2.0);
        assert_true(adam_update(&adam, weights, gradient, 0.01 * (1.0 - i / 4000.0), 0.0));
    }
    assert_true(fabs(weights[0] - 1.0) < 1e-3 && fabs(weights[1] - 2.0) < 1e-2);
    assert_true(fabs(adam.average[0] - 1.0) < 1e-2);
    double before = weights[0];
    gradient[0] = NAN;
    assert_false(adam_update(&adam, weights, gradient, 0.01, 0.0));
    assert_true(weights[0] == before);
    gradient[0] = gradient[1] = 0.0; // decay alone
    adam_restart(&adam, weights);
    assert_true(adam_update(&adam, weights, gradient, 0.01, 0.5));
    assert_true(fabs(weights[0] / (before * 0.995) - 1.0) < 1e-12);
    adam_clear(&adam);
}

// Level of a sine after A-weighting, in dB.
static double a_weighted_level(double hertz) {
    enum { LENGTH = 48000 };
    float *sine = memory_new(LENGTH, sizeof *sine);
    for (int i = 0; i < LENGTH; i++) {
        sine[i] = (float)(sqrt(2.0) * sin(2.0 * M_PI * hertz * i / LENGTH));
    }
    LossFilter filter = loss_a_weighting(LENGTH);
    double level = 10.0 * log10(loss_energy(&filter, sine, LENGTH));
    memory_free(sine);
    return level;
}

// Figures of IEC 61672-1, table 3; at 8 kHz the bilinear transform already bends.
static void test_a_weighting(void **state) {
    (void)state;
    assert_true(fabs(a_weighted_level(1000.0)) < 0.05);
    assert_true(fabs(a_weighted_level(100.0) + 19.1) < 0.15);
    assert_true(fabs(a_weighted_level(31.5) + 39.4) < 0.3);
    assert_true(fabs(a_weighted_level(2500.0) - 1.3) < 0.2);
    assert_true(fabs(a_weighted_level(8000.0) + 1.1) < 1.0);
}

typedef struct Sums {
    int counts[100];
} Sums;

static void count_job(void *context, int index) {
    ((Sums *)context)->counts[index]++;
}

static void test_team(void **state) {
    (void)state;
    for (int threads = 1; threads <= 4; threads++) {
        Team *team = NULL;
        Sums sums = {{0}};
        assert_int_equal(team_new(&team, threads, NULL), STATUS_OK);
        for (int round = 0; round < 3000; round++) {
            team_run(team, count_job, &sums, 1 + round % 100);
            if (round % 1000 == 0) {
                usleep(20000); // the members fall asleep
            }
        }
        team_free(team);
        for (int i = 0; i < 100; i++) {
            assert_int_equal(sums.counts[i], 3000 - 30 * i);
        }
    }
}

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

static void assert_same_files(const char *one, const char *two) {
    size_t length_one, length_two;
    char *bytes_one = read_whole(in_folder(one), &length_one);
    char *bytes_two = read_whole(in_folder(two), &length_two);
    assert_int_equal(length_one, length_two);
    assert_memory_equal(bytes_one, bytes_two, length_one);
    memory_free(bytes_one);
    memory_free(bytes_two);
}

static void train(const Dataset *dataset, int threads, const char *path, TrainerResult *result) {
    TrainerOptions options = trainer_defaults();
    options.shape.hidden = 8;
    options.threads = threads;
    options.epochs = 8.0;
    options.name = "soft clipper";
    assert_int_equal(trainer_run(&options, dataset, path, result, NULL), STATUS_OK);
}

static void test_learns_and_repeats(void **state) {
    (void)state;
    Dataset dataset;
    TrainerResult one, two;
    make_dataset(&dataset);
    train(&dataset, 1, in_folder("one.json"), &one);
    train(&dataset, 2, in_folder("two.json"), &two);
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
    TrainerOptions recipes[] = {plain, plain, plain, plain, plain};
    recipes[0].schedule = SCHEDULE_PLATEAU;
    recipes[1].regularisation = (Regularisation){.recurrent_dropout = 0.05, .head_dropout = 0.05};
    recipes[2].regularisation = (Regularisation){.input_dropout = 0.02, .noise = 1e-3};
    recipes[3].weight_decay = 1e-3;
    recipes[4].loss = (LossMix){.a_weighted = 0.5, .plain = 0.5};
    for (int i = 0; i < 5; i++) {
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

// Stopped twice and resumed twice: the bytes of a run that was left alone.
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
    const double stops[] = {1.3, 2.9, 99.0};
    for (int i = 0; i < 3; i++) {
        stop = 0;
        stop_epoch = stops[i];
        options.resume = i > 0;
        assert_int_equal(trainer_run(&options, &dataset, in_folder("two.json"), &result, NULL),
                         STATUS_OK);
        assert_int_equal(result.stopped, i < 2);
        assert_int_equal(access(in_folder("two.json.checkpoint"), F_OK) == 0, i < 2);
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
    options.rate *= 2.0;
    stop = 0;
    assert_int_equal(trainer_run(&options, &dataset, in_folder("two.json"), &result, &diagnostic),
                     STATUS_BAD_ARGUMENT);
    assert_non_null(strstr(diagnostic.text, "another run"));
    assert_int_equal(truncate(in_folder("two.json.checkpoint"), 3000), 0);
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
    for (int n = 0; n < 500 && status != STATUS_OK; n++) {
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
    static const char *const names[] = {"one.json", "two.json", "stopped.json", "memory.json"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        unlink(in_folder(names[i]));
    }
    return rmdir(folder); // fails when anything else was left behind
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dataset_refuses),
        cmocka_unit_test(test_dataset_splits),
        cmocka_unit_test(test_initial_weights),
        cmocka_unit_test(test_adam),
        cmocka_unit_test(test_a_weighting),
        cmocka_unit_test(test_team),
        cmocka_unit_test(test_learns_and_repeats),
        cmocka_unit_test(test_race),
        cmocka_unit_test(test_other_recipes),
        cmocka_unit_test(test_stop_leaves_a_model),
        cmocka_unit_test(test_resume),
        cmocka_unit_test(test_bad_runs),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
