// SPDX-License-Identifier: ISC
// A race of seeds is won by the best of them, a run that goes astray goes back, and what a run says
// of itself on its way is so.
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "dsp/files/models/model_file.h"
#include "tests/rig/scratch.h"
#include "tests/rig/training_data.h"
#include "training/learning/head_fit.h"
#include "training/learning/trainer.h"

enum { FIRST = 7, SEEDS = 5, RACERS = 3 };

static Dataset dataset;
static Validation validation;

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
    return options;
}

// ESR of the initial weights of `seed`.
static double start_of(const NetworkShape *shape, uint64_t seed) {
    Network network;
    assert_int_equal(network_init(&network, shape, NULL), STATUS_OK);
    network_randomise(&network, seed, 4.0);
    assert_int_equal(head_fit(&network, &dataset, NULL), STATUS_OK);
    Model *model = network_model(&network, RATE);
    double esr = validation_esr(&validation, model);
    model_free(model);
    network_clear(&network);
    return esr;
}

static double file_esr(void) {
    Model *model = NULL;
    assert_int_equal(model_file_read(&model, scratch_path("model.json"), NULL), STATUS_OK);
    double esr = validation_esr(&validation, model);
    model_free(model);
    return esr;
}

static void note_winner(void *context, const TrainerProgress *progress) {
    *(double *)context = progress->updates * 512.0 * BATCH_SEQUENCES; // of the seed that runs
}

// With a learning rate of nothing each seed stays where it starts, and the best start wins,
// wherever it stands in the row.
static void test_best_seed_wins(void **state) {
    (void)state;
    TrainerResult result;
    TrainerOptions options = small_options(2.0);
    options.rate = 1e-300;
    options.race = RACERS;
    double starts[SEEDS];
    int best = 0;
    for (int i = 0; i < SEEDS; i++) {
        starts[i] = start_of(&options.shape, (uint64_t)(FIRST + i));
        best = starts[i] < starts[best] ? i : best;
    }
    assert_int_equal(best, SEEDS / 2);  // so that it can be the first, the middle one and the last
    double winners = 0.0, losers = 0.0; // samples that they were trained on
    options.progress = note_winner;
    options.context = &winners;
    for (int first = 0; first + RACERS <= SEEDS; first++) {
        options.seed = (uint64_t)(FIRST + first);
        assert_int_equal(trainer_run(&options, &dataset, scratch_path("model.json"), &result, NULL),
                         STATUS_OK);
        assert_int_equal(result.seed, FIRST + best);
        assert_true(result.esr == starts[best] && file_esr() == starts[best]);
        // Those of the losers count, too, and are as many wherever the winner stands.
        losers = first == 0 ? result.samples - winners : losers;
        assert_true(losers > 0.0 && result.samples - winners == losers);
    }
}

// Weights that grow at each update, which no gradient holds back: the run goes astray again and
// again.
static TrainerOptions astray_options(void) {
    TrainerOptions options = small_options(4.0);
    options.loss = (LossMix){0};
    options.rate = 20.0;
    options.weight_decay = -1.0;
    options.regularisation.contraction = 0.0; // nor does what is calm count
    return options;
}

// Near its start is the best that there is, and there it goes back to.
static void test_goes_back(void **state) {
    (void)state;
    TrainerResult result;
    TrainerOptions options = astray_options();
    assert_int_equal(trainer_run(&options, &dataset, scratch_path("model.json"), &result, NULL),
                     STATUS_OK);
    assert_true(result.rollbacks > 2 && result.rollbacks < result.checks);
    double least = INFINITY, most = 0.0;
    int astray = 0;
    for (int i = 0; i < result.checks; i++) {
        double esr = result.history[i].esr;
        least = fmin(least, esr);
        most = i > 1 ? fmax(most, esr) : most;
        astray += esr >= 4.0 * result.esr;
    }
    assert_true(result.esr == least && file_esr() == least);
    assert_true(result.rollbacks >= astray); // the better of weights and average is told
    assert_true(most < 8.0 * least);         // each time it begins anew there
}

// Stopped before its first seed a race has nothing, and says so; a run that is no race has the
// model that it began with.
static void test_stopped_at_once(void **state) {
    (void)state;
    static const volatile sig_atomic_t stop = SIGINT;
    TrainerResult result;
    Diagnostic diagnostic;
    TrainerOptions options = small_options(2.0);
    options.stop = &stop;
    options.keep_checkpoint = true;
    options.race = RACERS;
    const char *path = scratch_path("stopped.json");
    assert_int_equal(trainer_run(&options, &dataset, path, &result, &diagnostic),
                     STATUS_INTERRUPTED);
    assert_string_equal(diagnostic.text,
                        "stopped before any model was measured: nothing is written");
    assert_int_not_equal(access(scratch_path("stopped.json"), F_OK), 0);
    assert_int_not_equal(access(scratch_path("stopped.json.checkpoint"), F_OK), 0);
    options.race = 1;
    path = scratch_path("model.json");
    assert_int_equal(trainer_run(&options, &dataset, path, &result, &diagnostic), STATUS_OK);
    assert_true(result.stopped && result.samples == 0.0);
    assert_true(result.esr == file_esr());
}

typedef struct Told {
    TrainerProgress last;
    double epochs; // of the run
    int checks;
    int worse; // of these, not better than all before
    double best;
} Told;

// In a race the updates are those of the seed that runs.
static void listen(void *context, const TrainerProgress *progress) {
    Told *told = context;
    assert_true(progress->fraction > 0.0 && progress->fraction <= 1.0);
    assert_true(progress->fraction >= told->last.fraction);
    assert_true(progress->epoch > told->last.epoch || progress->checked);
    assert_true(fabs(progress->epoch - progress->fraction * progress->epochs) < 1e-9);
    assert_true(progress->fraction == 1.0 || fabs(progress->epochs - told->epochs) < 1e-9);
    assert_true(progress->seconds >= told->last.seconds && progress->seconds_left >= 0.0);
    assert_true(progress->loss >= 0.0 && isfinite(progress->loss));
    if (progress->checked) {
        told->checks++;
        told->worse += progress->esr > told->best;
        told->best = fmin(told->best, progress->esr);
        assert_true(progress->best == told->best);
    }
    told->last = *progress;
}

static void test_progress(void **state) {
    (void)state;
    for (int astray = 0; astray < 2; astray++) {
        TrainerResult result;
        TrainerOptions options = astray ? astray_options() : small_options(3.0);
        Told told = {.best = start_of(&options.shape, options.seed)};
        told.epochs = options.epochs;
        options.progress = listen;
        options.context = &told;
        assert_int_equal(trainer_run(&options, &dataset, scratch_path("model.json"), &result, NULL),
                         STATUS_OK);
        double samples = result.samples, frames = (double)dataset.training_frames;
        assert_true(result.epoch >= options.epochs && result.epoch == samples / frames);
        assert_true(told.last.fraction == 1.0 && told.last.epoch == result.epoch);
        assert_true(told.last.updates == samples / (512.0 * BATCH_SEQUENCES));
        assert_true(told.checks == result.checks && told.best == result.esr && !result.stopped);
        assert_true(!astray || told.worse > 0);
        for (int i = 0; i < result.checks; i++) {
            const TrainerCheck *check = &result.history[i];
            assert_true((astray || check->loss > 0.0) && check->esr >= result.esr);
            assert_true(check->epoch > (i ? check[-1].epoch : 0.0) && check->epoch <= result.epoch);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_best_seed_wins),
        cmocka_unit_test(test_goes_back),
        cmocka_unit_test(test_stopped_at_once),
        cmocka_unit_test(test_progress),
    };
    return cmocka_run_group_tests(tests, make, unmake);
}
