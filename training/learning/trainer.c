// SPDX-License-Identifier: ISC
#include "training/learning/trainer.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "dsp/base/clock.h"
#include "dsp/base/memory.h"
#include "dsp/base/thread_pool.h"
#include "dsp/files/models/model_file.h"
#include "training/learning/checkpoint.h"
#include "training/learning/head_fit.h"
#include "training/learning/learner.h"
#include "training/learning/schedule.h"

enum {
    PLATEAU_CHECKS = 5,
    SPECTRAL_EVERY = 4,
    SEGMENT = 512,      // truncation length at first: more and cheaper updates
    LONG_SEGMENT = 2048 // truncation length at the end: slow units get their gradient
};

#define LONG_FROM 0.7      // share of the run after which segments are long
#define SPECTRAL_FROM 0.8  // share of the run after which the spectral loss counts
#define SEARCH_FROM 0.3    // share of the run after which what is not forgotten is sought
#define CALM_FROM 0.7      // share of the run after which checks ask for calm: it takes a while
#define CHECK_PAUSE 12.0   // times a check's time to train before the next, when time is short
#define PROGRESS_EVERY 0.1 // s
#define RACE_SHARE 0.04    // of the run, for each seed of a race

typedef struct Run {
    const TrainerOptions *options;
    const Dataset *dataset;
    const char *path;
    ThreadPool *pool;
    Batch *batch;
    Validation validations[2];
    Learner learner;
    double begin;          // s
    double rest_until;     // s: no check before, unless it is the last
    double reported;       // s, of the last call of progress
    int seeds;             // of the race that have run
    double raced;          // samples that other seeds were trained on
    double best_epochs;    // at the learner's best check
    double best_seconds;   // the same
    char checkpoint[4096]; // path; empty: none is kept
    uint64_t fingerprint;
    int checks;             // fortieths of the run that are checked
    Status write_status;    // of the last write
    Diagnostic *diagnostic; // the caller's
    TrainerResult *result;
} Run;

// ---- Progress ----

// Share of the run that `samples` trained since `begin` (s) are.
static double share_of(const Run *run, double samples, double begin) {
    const TrainerOptions *options = run->options;
    double frames = (double)run->dataset->training_frames;
    return options->epochs > 0.0 ? samples / (options->epochs * frames)
                                 : (clock_now() - begin) / options->seconds;
}

// Share of the run that is done, the race included.
static double fraction_done(const Run *run) {
    return fmin(share_of(run, run->raced + run->learner.samples, run->begin), 1.0);
}

static bool stop_wanted(const Run *run) {
    return run->options->stop && *run->options->stop;
}

// Short segments that it has trained on: what a long one teaches counts more often.
static double updates_of(const Learner *learner) {
    return learner->samples / ((double)SEGMENT * BATCH_SEQUENCES);
}

static void report_progress(Run *run, double fraction, double loss, bool checked) {
    double time = clock_now();
    TrainerResult *result = run->result;
    result->seconds = time - run->begin;
    result->samples = run->raced + run->learner.samples;
    result->epoch = result->samples / (double)run->dataset->training_frames;
    result->rollbacks = run->learner.rollbacks;
    if (!run->options->progress || (!checked && time - run->reported < PROGRESS_EVERY)) {
        return;
    }
    run->reported = time;
    double per_fraction = fraction > 0.0 ? 1.0 / fraction : 0.0;
    TrainerProgress progress = {
        .fraction = fraction,
        .epoch = result->epoch,
        .epochs = result->epoch * per_fraction,
        .updates = updates_of(&run->learner),
        .seconds = result->seconds,
        .seconds_left = result->seconds * (per_fraction - 1.0),
        .loss = loss,
        .esr = run->learner.last_esr,
        .best = run->learner.best_esr,
        .sample_time = result->seconds / fmax(result->samples, 1.0),
        .checked = checked,
    };
    run->options->progress(run->options->context, &progress);
}

// Between checks.
static void report_loss(Run *run, double fraction) {
    report_progress(run, fraction, learner_loss(&run->learner), false);
}

// ---- Checks ----

// Writes the learner's best weights, unless they are of no use. `whole`: they are tried on all that
// there is to try, at the end of a run; before that the file says what the check found.
static void write_best(Run *run, bool whole) {
    run->result->esr = run->learner.best_esr;
    if (!(run->result->esr >= 0.0 && run->result->esr < TRAINER_USELESS)) {
        return;
    }
    Model *model = learner_best(&run->learner, run->dataset->rate);
    if (!model) {
        run->write_status = diagnose(run->diagnostic, STATUS_NO_MEMORY, "no memory for the model");
        return;
    }
    Divergence *calmness = &run->result->calmness;
    *calmness = run->learner.calmness;
    if (whole) {
        export_fit(model, run->dataset);
        run->write_status = calmness_measure(calmness, model, DIVERGENCE_ALL, run->pool,
                                             run->diagnostic);
    }
    // Seconds differ from run to run; a number of epochs promises the same bytes.
    bool timed = run->options->epochs <= 0.0;
    TrainingRecord record = {
        .esr = run->learner.best_esr,
        .epochs = run->best_epochs,
        .seconds = timed ? run->best_seconds : 0.0,
        .seed = run->learner.seed,
        .calmness = calmness->count > 0 ? calmness : NULL,
    };
    if (run->write_status == STATUS_OK) {
        run->write_status = export_describe(model, &run->options->labels, &record, run->dataset,
                                            run->diagnostic);
    }
    if (run->write_status == STATUS_OK) {
        run->write_status = model_file_write(model, run->path, run->diagnostic);
    }
    if (run->write_status == STATUS_BAD_MODEL || run->write_status == STATUS_UNSUPPORTED) {
        run->write_status = STATUS_DIVERGED; // no player could load it
    }
    model_free(model);
}

// Writes the weights that have just become the best.
static void write_new_best(Run *run) {
    double samples = run->raced + run->learner.samples;
    run->best_epochs = samples / (double)run->dataset->training_frames;
    run->best_seconds = clock_now() - run->begin;
    write_best(run, false);
}

// From here an equal run goes on: the next update draws new sequences, here and there.
static void save(Run *run) {
    learner_redraw(&run->learner);
    if (*run->checkpoint && run->write_status == STATUS_OK) {
        Checkpoint checkpoint = {.fingerprint = run->fingerprint,
                                 .seeds = run->seeds,
                                 .raced = run->raced,
                                 .seconds = clock_now() - run->begin,
                                 .checks = run->checks,
                                 .best_epochs = run->best_epochs,
                                 .best_seconds = run->best_seconds,
                                 .result = *run->result};
        checkpoint.result.calmness = (Divergence){0}; // the end of the run measures it
        run->write_status = checkpoint_write(run->checkpoint, &checkpoint, &run->learner,
                                             run->diagnostic);
    }
}

static Status restore(Run *run) {
    Status status = learner_init(&run->learner, &run->options->shape, run->options->optimiser,
                                 run->options->seed, run->diagnostic);
    Checkpoint checkpoint = {.fingerprint = run->fingerprint};
    if (status == STATUS_OK) {
        status = checkpoint_read(run->checkpoint, &checkpoint, &run->learner, run->diagnostic);
    }
    if (status == STATUS_OK) {
        run->seeds = checkpoint.seeds;
        run->raced = checkpoint.raced;
        run->begin = clock_now() - checkpoint.seconds;
        run->checks = checkpoint.checks;
        run->best_epochs = checkpoint.best_epochs;
        run->best_seconds = checkpoint.best_seconds;
        *run->result = checkpoint.result;
    }
    return status;
}

static void check(Run *run, double fraction) {
    double begin = clock_now();
    if (fraction >= CALM_FROM && run->options->regularisation.contraction > 0.0) {
        learner_prefer_calm(&run->learner);
    }
    if (learner_check(&run->learner, run->validations, run->pool)) {
        write_new_best(run);
    }
    if (run->options->schedule == SCHEDULE_PLATEAU) {
        learner_halve_on_plateau(&run->learner, PLATEAU_CHECKS);
    }
    double loss = learner_take_loss(&run->learner);
    report_progress(run, fraction, loss, true);
    TrainerResult *result = run->result;
    if (result->checks < TRAINER_CHECKS + 2) {
        result->history[result->checks++] = (TrainerCheck){
            .epoch = result->epoch, .loss = loss, .esr = run->learner.last_esr};
    }
    run->rest_until = clock_now() + CHECK_PAUSE * (clock_now() - begin);
}

// Whether a check is due; a check that would take too much of a short time waits.
static bool check_due(const Run *run, double fraction) {
    return fraction * TRAINER_CHECKS >= run->checks + 1 &&
           (run->options->epochs > 0.0 || fraction >= 1.0 || clock_now() >= run->rest_until);
}

// ---- The run ----

static void update(Run *run, Learner *learner, double fraction) {
    // The spectral loss is dear: in the last phase every fourth update has it, fourfold.
    bool spectral = fraction >= SPECTRAL_FROM && learner->adam.updates % SPECTRAL_EVERY == 0;
    batch_set_spectral(run->batch, spectral ? run->options->loss.spectral * SPECTRAL_EVERY : 0.0);
    batch_set_contraction(run->batch, schedule_contraction(run->options, fraction));
    batch_set_antialias(run->batch, schedule_antialias(run->options, fraction));
    learner->search = fraction >= SEARCH_FROM && run->options->regularisation.contraction > 0.0;
    learner_update(learner, run->batch, fraction < LONG_FROM ? SEGMENT : LONG_SEGMENT,
                   schedule_rate(run->options, fraction, updates_of(learner)),
                   run->options->weight_decay);
}

static void train(Run *run) {
    double fraction = fraction_done(run);
    while (fraction < 1.0 && !stop_wanted(run) && run->write_status == STATUS_OK) {
        update(run, &run->learner, fraction);
        fraction = fraction_done(run);
        if (check_due(run, fraction)) {
            run->checks = (int)(fraction * TRAINER_CHECKS);
            check(run, fraction);
            save(run);
        } else {
            report_loss(run, fraction);
        }
    }
    run->result->stopped = fraction < 1.0;
    // What was learnt since the last check is not lost; a run without any has what it began with.
    bool unchecked = learner_is_unchecked(&run->learner) || run->result->checks == 0;
    if (unchecked && run->write_status == STATUS_OK) {
        check(run, fraction);
    }
    if (run->write_status == STATUS_OK) {
        write_best(run, true);
    }
}

// A learner from `seed`, its head fitted if that is wanted.
static Status start_learner(Run *run, uint64_t seed) {
    Learner *learner = &run->learner;
    Status status = learner_init(learner, &run->options->shape, run->options->optimiser, seed,
                                 run->diagnostic);
    if (status == STATUS_OK && run->options->fit_head) {
        status = head_fit(&learner->network, run->dataset, run->diagnostic);
        learner_restart(learner);
    }
    if (status == STATUS_OK) {
        learner_start(learner, run->validations);
    }
    return status;
}

// Trains the seed that is in place for its share of the race, as if it ran alone, and scores it.
static void race_seed(Run *run) {
    double begin = clock_now(), share = 0.0;
    while (share < RACE_SHARE && !stop_wanted(run)) {
        update(run, &run->learner, share);
        share = share_of(run, run->learner.samples, begin);
        report_loss(run, fraction_done(run));
    }
    learner_check(&run->learner, run->validations, run->pool);
}

// Keeps what has come of a seed; of one that was cut off, the model at most.
static Status end_seed(Run *run, bool wins) {
    if (wins && run->learner.best_esr >= 0.0) {
        write_new_best(run);
    }
    if (!stop_wanted(run)) {
        run->seeds++;
        save(run);
    }
    return run->write_status;
}

// Several seeds run a short way; the best goes on. A resumed run has its learner from those that
// have run before.
static Status race(Run *run) {
    Status status = STATUS_OK;
    while (run->seeds < run->options->race && status == STATUS_OK && !stop_wanted(run)) {
        Learner loser = run->learner;
        run->raced += loser.samples;
        status = start_learner(run, run->options->seed + (uint64_t)run->seeds);
        if (status == STATUS_OK) {
            race_seed(run);
        }
        bool wins = status == STATUS_OK &&
                    (run->seeds == 0 || learner_is_better(&run->learner, &loser));
        if (!wins) {
            Learner winner = loser;
            loser = run->learner;
            run->learner = winner;
            run->raced += loser.samples - winner.samples;
        }
        learner_clear(&loser);
        if (status == STATUS_OK) {
            status = end_seed(run, wins);
        }
    }
    learner_redraw(&run->learner); // the batch holds another seed's sequences
    return status;
}

static Status run_init(Run *run) {
    const TrainerOptions *options = run->options;
    Status status = thread_pool_new(&run->pool, options->threads, run->diagnostic);
    for (int i = 0; i < 2 && status == STATUS_OK; i++) {
        status = validation_init(&run->validations[i], run->dataset, run->diagnostic);
    }
    if (status == STATUS_OK) {
        status = batch_new(&run->batch, &options->shape, run->dataset, &options->loss,
                           &options->regularisation, LONG_SEGMENT, run->pool, run->diagnostic);
    }
    if (status == STATUS_OK && options->keep_checkpoint) {
        run->fingerprint = checkpoint_fingerprint(options, run->dataset);
        if (!checkpoint_path(run->checkpoint, sizeof run->checkpoint, run->path)) {
            return diagnose(run->diagnostic, STATUS_CANNOT_WRITE, "%s: the name is too long",
                            run->path);
        }
    }
    run->begin = clock_now();
    if (status == STATUS_OK && options->resume) {
        status = restore(run);
    }
    if (status == STATUS_OK && options->race > 1) {
        status = race(run);
    } else if (status == STATUS_OK && !options->resume) {
        status = start_learner(run, options->seed);
    }
    return status;
}

// Whether there is a model at the end: one that is worse than none is not written.
static Status judge(const TrainerResult *result, Diagnostic *diagnostic) {
    if (!(result->esr >= 0.0)) {
        return diagnose(diagnostic, STATUS_DIVERGED,
                        "training gave no usable model: its output is no number; nothing is "
                        "written");
    }
    if (!(result->esr < TRAINER_USELESS)) {
        return diagnose(diagnostic, STATUS_DIVERGED,
                        "training gave no usable model: its error is %.3g of that of silence, "
                        "and %g is the most that is written",
                        result->esr, TRAINER_USELESS);
    }
    return STATUS_OK;
}

static void run_clear(Run *run) {
    learner_clear(&run->learner);
    batch_free(run->batch);
    for (int i = 0; i < 2; i++) {
        validation_clear(&run->validations[i]);
    }
    thread_pool_free(run->pool);
}

Status trainer_run(const TrainerOptions *options, const Dataset *dataset, const char *path,
                   TrainerResult *result, Diagnostic *diagnostic) {
    *result = (TrainerResult){.esr = -1.0};
    Status status = trainer_options_check(options, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    Run run = {.options = options,
               .dataset = dataset,
               .path = path,
               .result = result,
               .diagnostic = diagnostic};
    status = run_init(&run);
    if (status == STATUS_OK && run.learner.network.count == 0) {
        status = diagnose(diagnostic, STATUS_INTERRUPTED,
                          "stopped before any model was measured: nothing is written");
    } else if (status == STATUS_OK) {
        result->seed = run.learner.seed;
        train(&run);
        status = run.write_status;
        if (status == STATUS_OK && !result->stopped && *run.checkpoint) {
            unlink(run.checkpoint); // nothing is left to go on with
        }
        if (status == STATUS_OK) {
            status = judge(result, diagnostic);
        }
    }
    run_clear(&run);
    return status;
}
