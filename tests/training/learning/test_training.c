// SPDX-License-Identifier: ISC
// The trainer's parts: dataset checks, losses, the pool of threads.
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
#include "tests/rig/training_data.h"
#include "training/learning/head_fit.h"
#include "training/learning/recipe.h"
#include "training/learning/trainer.h"
#include "training/learning/validation.h"
#include "training/network/loss.h"

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
        ThreadPool *pool = NULL;
        Sums sums = {{0}};
        assert_int_equal(thread_pool_new(&pool, threads, NULL), STATUS_OK);
        for (int round = 0; round < 3000; round++) {
            thread_pool_run(pool, count_job, &sums, 1 + round % 100);
            if (round % 1000 == 0) {
                usleep(20000); // the members fall asleep
            }
        }
        thread_pool_free(pool);
        for (int i = 0; i < 100; i++) {
            assert_int_equal(sums.counts[i], 3000 - 30 * i);
        }
    }
}

// The fitted head explains more of the target than any head of nothing, and a recipe's texts say
// what they mean.
static void test_head_fit(void **state) {
    (void)state;
    Dataset dataset;
    make_dataset(&dataset);
    const NetworkShape shapes[] = {{.cell = LAYER_GRU, .layers = 1, .hidden = 8, .skip = true},
                                   {.cell = LAYER_GRU, .layers = 2, .hidden = 5}};
    for (int i = 0; i < 2; i++) {
        Network network;
        Validation validation;
        assert_int_equal(network_init(&network, &shapes[i], NULL), STATUS_OK);
        assert_int_equal(validation_init(&validation, &dataset, NULL), STATUS_OK);
        network_randomise(&network, 3, 4.0);
        Model *model = network_model(&network, RATE);
        double before = validation_esr(&validation, model);
        model_free(model);
        assert_int_equal(head_fit(&network, &dataset, NULL), STATUS_OK);
        model = network_model(&network, RATE);
        double after = validation_esr(&validation, model);
        model_free(model);
        printf("head start: ESR %.3g -> %.3g\n", before, after);
        assert_true(after < 0.6 && after < before);
        validation_clear(&validation);
        network_clear(&network);
    }
    dataset_clear(&dataset);
}

static void test_shares_of_losses(void **state) {
    (void)state;
    LossMix mix = {.plain = 9.0};
    Diagnostic diagnostic = {""};
    assert_int_equal(recipe_loss(&mix, "emphasised=0.25,dc=0.1,a-weighted=1", NULL), STATUS_OK);
    assert_true(mix.plain == 0.0 && mix.emphasised == 0.25 && mix.dc == 0.1 &&
                mix.a_weighted == 1.0);
    const char *const bad[] = {
        "",       "dc=1",         "plain",     "plain=",    "plain=x", "plain=-1",
        "loud=1", "plain=1;dc=1", "plain=1e9", "plain=inf", "plain= 1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        diagnostic.text[0] = '\0';
        assert_int_equal(recipe_loss(&mix, bad[i], &diagnostic), STATUS_BAD_ARGUMENT);
        assert_true(diagnostic.text[0] != '\0' && mix.emphasised == 0.25);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dataset_refuses), cmocka_unit_test(test_dataset_splits),
        cmocka_unit_test(test_a_weighting),     cmocka_unit_test(test_team),
        cmocka_unit_test(test_head_fit),        cmocka_unit_test(test_shares_of_losses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
