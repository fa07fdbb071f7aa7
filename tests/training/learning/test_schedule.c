// SPDX-License-Identifier: ISC
// What a run does when: the learning rate from its start to its end, its halving on a plateau, the
// contraction's share, searches for what is not forgotten, the spectral loss of the last phase, and
// that what the options ask for reaches the sequences.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "dsp/network/isa_choice.h"
#include "tests/rig/scratch.h"
#include "tests/rig/training_data.h"
#include "training/learning/checkpoint.h"
#include "training/learning/schedule.h"
#include "training/learning/trainer.h"
#include "training/network/pass.h"

enum {
    SHORT_UPDATE = 512 * BATCH_SEQUENCES, // samples of an update at first
    LONG_UPDATE = 2048 * BATCH_SEQUENCES, // and from 0.7 of the run on
    WARM_UP = 200,                        // updates of it in a short run
    EPOCHS = 60,                          // of the runs whose learning rate is looked at
};

// What the checkpoints of a run tell, from one check to the next.
typedef struct Watch {
    const TrainerOptions *options;
    char path[512];
    int enough; // checkpoints
    int count;
    double weight[TRAINER_CHECKS], rate_scale[TRAINER_CHECKS], samples[TRAINER_CHECKS];
    bool prefer_calm[TRAINER_CHECKS];
    uint64_t random[TRAINER_CHECKS];
} Watch;

static Dataset dataset;
static Watch watch;
static volatile sig_atomic_t stop;

// The target is a little less than the input, which the skip connection adds: weights that decay
// come closer to it all the time.
static int make(void **state) {
    static float input[FRAMES], target[FRAMES];
    make_pair(input, target);
    for (int i = 0; i < FRAMES; i++) {
        target[i] = 0.9f * input[i];
    }
    Status status = dataset_make(&dataset, input, target, FRAMES, RATE, NULL);
    return status == STATUS_OK ? scratch_begin(state) : -1;
}

static int unmake(void **state) {
    dataset_clear(&dataset);
    return scratch_end(state);
}

// A check's checkpoint is written after it was told of: at each check there is the last one's.
static void read_checkpoint(void *context, const TrainerProgress *progress) {
    (void)context;
    if (!progress->checked) {
        return;
    }
    Learner learner;
    Checkpoint checkpoint = {.fingerprint = checkpoint_fingerprint(watch.options, &dataset)};
    assert_int_equal(learner_init(&learner, &watch.options->shape, watch.options->optimiser,
                                  watch.options->seed, NULL),
                     STATUS_OK);
    if (checkpoint_read(watch.path, &checkpoint, &learner, NULL) == STATUS_OK) {
        assert_in_range(watch.count, 0, TRAINER_CHECKS - 1);
        watch.weight[watch.count] = learner.network.weights[0];
        watch.rate_scale[watch.count] = learner.rate_scale;
        watch.prefer_calm[watch.count] = learner.prefer_calm;
        watch.random[watch.count] = learner.random.state;
        watch.samples[watch.count++] = learner.samples;
    }
    learner_clear(&learner);
    stop = watch.count >= watch.enough;
}

static TrainerOptions options_of(double epochs) {
    TrainerOptions options = trainer_defaults();
    options.shape.hidden = 1;
    options.fit_head = false;
    options.epochs = epochs;
    options.threads = 1;
    return options;
}

static void run(TrainerOptions *options, TrainerResult *result, int checkpoints) {
    const char *path = scratch_path("model.json");
    watch = (Watch){.options = options, .enough = checkpoints};
    stop = 0;
    if (checkpoints > 0) {
        options->keep_checkpoint = true;
        options->stop = &stop;
        options->progress = read_checkpoint;
        assert_true(checkpoint_path(watch.path, sizeof watch.path, path));
    }
    Status status = trainer_run(options, &dataset, path, result, NULL);
    // Weights of which nothing is asked may end as worth no more than silence.
    assert_true(status == STATUS_OK || status == STATUS_DIVERGED);
}

// A run on a loss of nothing: weights only decay, each update by its learning rate, which shows.
static void run_decay(Schedule schedule) {
    TrainerResult result;
    TrainerOptions options = options_of(EPOCHS);
    options.loss = (LossMix){0};
    options.weight_decay = 1.0;
    options.rate = 0.01;
    options.schedule = schedule;
    run(&options, &result, TRAINER_CHECKS);
    assert_false(result.stopped);
    assert_int_equal(result.rollbacks, 0);
    assert_int_equal(watch.count, TRAINER_CHECKS - 1);
}

// Samples of the updates between checkpoints i - 1 and i.
static double update_until(int i) {
    return i >= TRAINER_CHECKS * 7 / 10 ? LONG_UPDATE : SHORT_UPDATE;
}

// Mean learning rate between these.
static double rate_until(int i) {
    double updates = (watch.samples[i] - watch.samples[i - 1]) / update_until(i);
    return 1.0 - pow(watch.weight[i] / watch.weight[i - 1], 1.0 / updates);
}

// Up, then down to a hundredth of the peak along half a cosine.
static void test_cosine(void **state) {
    (void)state;
    double last = 0.0;
    run_decay(SCHEDULE_COSINE);
    for (int i = 1; i < watch.count; i++) {
        if (watch.samples[i] < WARM_UP * SHORT_UPDATE) {
            assert_true(rate_until(i) > last);
        } else if (watch.samples[i - 1] > WARM_UP * SHORT_UPDATE && i != TRAINER_CHECKS * 7 / 10) {
            // An update has the rate of the place where it begins.
            double at = 0.5 * (watch.samples[i - 1] + watch.samples[i] - update_until(i));
            double share = at / (EPOCHS * (double)dataset.training_frames);
            double angle = M_PI * (share - 0.02) / 0.98; // the warm-up has two hundredths
            double wanted = 0.01 * (0.01 + 0.99 * 0.5 * (1.0 + cos(angle)));
            if (fabs(rate_until(i) - wanted) > 0.01 * (wanted + 1e-4)) {
                fail_msg("check %d: rate %.6f, not %.6f", i, rate_until(i), wanted);
            }
        }
        last = rate_until(i);
    }
    assert_true(rate_until(1) < 0.4 * 0.01 && last < 0.03 * 0.01);
}

// Up, and there it stays but for the halvings.
static void test_plateau(void **state) {
    (void)state;
    run_decay(SCHEDULE_PLATEAU);
    for (int i = 1; i < watch.count; i++) {
        if (watch.samples[i - 1] > WARM_UP * SHORT_UPDATE && i != TRAINER_CHECKS * 7 / 10) {
            assert_true(fabs(rate_until(i) / (0.01 * watch.rate_scale[i - 1]) - 1.0) < 1e-6);
        }
    }
    // Weights that stay where they are are never better than at the start: five checks, and the
    // rate is halved. A cosine never is.
    for (int schedule = SCHEDULE_COSINE; schedule <= SCHEDULE_PLATEAU; schedule++) {
        TrainerResult result;
        TrainerOptions options = options_of(4.0);
        options.rate = 1e-300;
        options.schedule = (Schedule)schedule;
        run(&options, &result, 12);
        assert_int_equal(watch.count, 12);
        for (int i = 0; i < 12; i++) {
            double wanted = schedule == SCHEDULE_COSINE ? 1.0 : pow(0.5, (i + 1) / 5);
            assert_true(watch.rate_scale[i] == wanted);
        }
    }
}

// A tenth of its share at first, all of it at the end, along a parabola.
static void test_contraction(void **state) {
    (void)state;
    TrainerOptions options = options_of(1.0);
    options.regularisation.contraction = 0.5;
    assert_true(fabs(schedule_contraction(&options, 0.0) - 0.05) < 1e-9);
    assert_true(fabs(schedule_contraction(&options, M_SQRT1_2) - 0.275) < 1e-9);
    assert_true(fabs(schedule_contraction(&options, 1.0) - 0.5) < 1e-9);
    assert_true(schedule_antialias(&options, 1.0) == 0.0);
    options.regularisation.antialias = true;
    double most = schedule_antialias(&options, 1.0);
    assert_true(most > 0.05 && most < 1.0);
    assert_true(fabs(schedule_antialias(&options, 0.0) - 0.1 * most) < 1e-9);
}

// From seven tenths of a run on checks ask for calm, unless there is no contraction.
static void test_asks_for_calm(void **state) {
    (void)state;
    for (int contraction = 0; contraction < 2; contraction++) {
        TrainerResult result;
        TrainerOptions options = options_of(EPOCHS);
        options.regularisation.contraction = contraction;
        run(&options, &result, TRAINER_CHECKS);
        assert_int_equal(watch.count, TRAINER_CHECKS - 1);
        for (int i = 0; i < watch.count; i++) {
            assert_int_equal(watch.prefer_calm[i], contraction && i + 1 >= TRAINER_CHECKS * 7 / 10);
        }
    }
}

// Random numbers drawn between checkpoints i - 1 and i.
static uint64_t numbers_until(int i) {
    const uint64_t inverse = 0xF1DE83E19937733Du; // of what a number adds to the state
    return (watch.random[i] - watch.random[i - 1]) * inverse;
}

// From three tenths of a run on each check is followed by a search, which takes one random number
// beside those of each draw of sequences, unless there is no contraction.
static void test_searches(void **state) {
    (void)state;
    const int lanes = pass_kernels(isa_best())->lanes;
    for (int contraction = 0; contraction < 2; contraction++) {
        TrainerResult result;
        TrainerOptions options = options_of(EPOCHS);
        options.regularisation.contraction = contraction;
        run(&options, &result, TRAINER_CHECKS);
        int draw = BATCH_SEQUENCES + BATCH_SEQUENCES / lanes;
        draw += contraction ? PASS_MAX_LANES / lanes : 0;
        for (int i = 1; i < watch.count; i++) {
            bool search = contraction && i >= TRAINER_CHECKS * 3 / 10;
            assert_int_equal(numbers_until(i) % (uint64_t)draw, search);
        }
    }
}

// ---- Losses of weights that stay where they are ----

static void losses_of(const LossMix *mix, const Regularisation *regularisation, double epochs,
                      TrainerResult *result) {
    TrainerOptions options = options_of(epochs);
    options.rate = 1e-300;
    options.loss = *mix;
    options.regularisation = *regularisation;
    run(&options, result, 0);
    assert_true(result->checks > TRAINER_CHECKS / 2 && result->checks <= TRAINER_CHECKS);
}

// The spectral loss of these weights, over a few draws of sequences.
static double spectral_loss_of(const TrainerOptions *options) {
    const LossMix mix = {.spectral = 1.0};
    Learner learner;
    ThreadPool *pool;
    Batch *batch;
    Random random = {8};
    double sum = 0.0;
    assert_int_equal(
        learner_init(&learner, &options->shape, options->optimiser, options->seed, NULL),
        STATUS_OK);
    assert_int_equal(thread_pool_new(&pool, 1, NULL), STATUS_OK);
    assert_int_equal(
        batch_new(&batch, &options->shape, &dataset, &mix, &(Regularisation){0}, 2048, pool, NULL),
        STATUS_OK);
    batch_set_spectral(batch, 1.0);
    for (int i = 0; i < 4; i++) {
        batch_draw(batch, &random);
        sum += batch_train(batch, &learner.network, 2048, learner.gradient) / 4.0;
    }
    batch_free(batch);
    thread_pool_free(pool);
    learner_clear(&learner);
    return sum;
}

// From four fifths of the run on the spectral term counts, by its share.
static void test_spectral_phase(void **state) {
    (void)state;
    const double epochs = 40.0, share = 0.02;
    const Regularisation none = {0};
    TrainerResult plain, single, twice;
    LossMix mix = {.plain = 1.0};
    losses_of(&mix, &none, epochs, &plain);
    mix.spectral = share;
    losses_of(&mix, &none, epochs, &single);
    mix.spectral = 2.0 * share;
    losses_of(&mix, &none, epochs, &twice);
    double sum = 0.0, checks = 0.0;
    for (int i = 0; i < plain.checks; i++) {
        double once = single.history[i].loss - plain.history[i].loss;
        double double_of = twice.history[i].loss - plain.history[i].loss;
        if (plain.history[i].epoch <= 0.8 * epochs) {
            assert_true(once == 0.0 && double_of == 0.0);
        } else {
            assert_true(once >= 0.0 && fabs(double_of - 2.0 * once) <= 1e-6 * double_of);
            sum += once;
            checks += 1.0;
        }
    }
    TrainerOptions options = options_of(epochs);
    double wanted = share * spectral_loss_of(&options);
    assert_true(fabs(sum / checks / wanted - 1.0) < 0.25);
}

// Each way to make learning harder makes it harder.
static void test_regularisation(void **state) {
    (void)state;
    static const Regularisation ways[] = {
        {.noise = 0.3}, {.input_dropout = 0.4}, {.head_dropout = 0.4}, {.recurrent_dropout = 0.4}};
    const LossMix mix = {.plain = 1.0};
    TrainerResult plain, harder;
    losses_of(&mix, &(Regularisation){0}, 2.0, &plain);
    for (size_t way = 0; way < sizeof ways / sizeof *ways; way++) {
        double more = 0.0, change = 0.0;
        losses_of(&mix, &ways[way], 2.0, &harder);
        for (int i = 0; i < plain.checks; i++) {
            double difference = harder.history[i].loss - plain.history[i].loss;
            more += difference / plain.checks;
            change += fabs(difference) / plain.checks;
        }
        printf("way %zu: loss %+.4f, change %.4f\n", way, more, change);
        assert_true(change > 1e-3);
        assert_true(way > 1 || more > 0.05);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cosine),         cmocka_unit_test(test_plateau),
        cmocka_unit_test(test_contraction),    cmocka_unit_test(test_asks_for_calm),
        cmocka_unit_test(test_searches),       cmocka_unit_test(test_spectral_phase),
        cmocka_unit_test(test_regularisation),
    };
    return cmocka_run_group_tests(tests, make, unmake);
}
