// SPDX-License-Identifier: ISC
#include "training/trainer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "dsp/files/model_file.h"
#include "dsp/memory.h"
#include "dsp/random.h"
#include "training/adam.h"
#include "training/pass.h"
#include "training/team.h"
#include "training/validation.h"

enum {
    BATCH = 32,            // sequences trained side by side
    WARM_UP = 2048,        // samples run before a sequence's first segment
    SEQUENCE = 8192,       // samples trained of a sequence, with the state carried along
    SEGMENT = 256,         // truncation length at first: many cheap updates
    LONG_SEGMENT = 1024,   // truncation length at the end: slow units get their gradient
    MAX_GROUPS = BATCH / 2 // of the narrowest kernels, two lanes
};

#define LONG_FROM 0.7      // share of the run after which segments are long
#define RATE_WARM_UP 0.02  // share of the run over which the learning rate rises
#define RATE_END 0.01      // learning rate at the end, of its peak
#define INPUT_SCALE 4.0    // of the initial input kernel: guitars are quieter than full scale
#define ASTRAY 4.0         // a check this much worse than the best sends the run back to it
#define CHECK_PAUSE 12.0   // times a check's time to train before the next, when time is short
#define PROGRESS_EVERY 0.1 // s

// A group of sequences, one to a lane.
typedef struct Group {
    Pass *pass;
    Place place[PASS_MAX_LANES]; // of each lane's next sample in the dataset
    double *gradient;            // [count], owned
    double loss;                 // of the last segment
} Group;

typedef struct Run {
    const TrainerOptions *options;
    const Dataset *dataset;
    const char *path;
    const PassKernels *kernels;
    Team *team;
    Random random;
    Network network;
    Adam adam;
    PassWeights *weights;
    double *gradient; // [count] sum of the groups', owned
    double *best;     // [count] weights of the best check, owned
    LossScale loss;   // for a mean over all samples
    LossScale scale;  // the same for sums over a batch of the present segments
    Group groups[MAX_GROUPS];
    int group_count;
    int segment;  // samples of the present segments
    int trained;  // samples of the present sequences so far
    bool fresh;   // the sequences begin with this update
    double halve; // product of the halvings of the learning rate

    Validation validations[2]; // of the weights as they are, and of their average
    Model *candidates[2];
    double scores[2];

    double begin;           // s
    double reported;        // s, of the last call of progress
    double loss_sum;        // since the last check
    long loss_count;        // updates since the last check
    double last_esr;        // of the last check; negative before the first
    Status write_status;    // of the last write
    Diagnostic *diagnostic; // the caller's
    TrainerResult result;
} Run;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

TrainerOptions trainer_defaults(void) {
    return (TrainerOptions){
        .shape = {.cell = LAYER_GRU, .layers = 1, .hidden = 16, .skip = true},
        .seed = 1,
        .threads = team_processors(),
        .seconds = 45.0,
        .rate = 1e-2,
        .loss = {.plain = 0.5, .emphasised = 0.5, .dc = 0.05},
        .name = "",
    };
}

// ---- Set-up ----

static void run_clear(Run *run) {
    for (int i = 0; i < run->group_count; i++) {
        run->kernels->pass_free(run->groups[i].pass);
        memory_free(run->groups[i].gradient);
    }
    for (int i = 0; i < 2; i++) {
        validation_clear(&run->validations[i]);
    }
    if (run->weights) {
        run->kernels->weights_free(run->weights);
    }
    memory_free(run->gradient);
    memory_free(run->best);
    adam_clear(&run->adam);
    network_clear(&run->network);
    team_free(run->team);
}

static bool make_groups(Run *run) {
    run->group_count = BATCH / run->kernels->lanes;
    bool made = true;
    for (int i = 0; i < run->group_count; i++) {
        Group *group = &run->groups[i];
        group->pass = run->kernels->pass_new(&run->network.shape, LONG_SEGMENT);
        group->gradient = memory_new(run->network.count, sizeof(double));
        made = made && group->pass && group->gradient;
    }
    return made;
}

// The loss with each term normalised by the training target's energy in the same weighting.
static void set_loss(Run *run) {
    const LossMix *mix = &run->options->loss;
    const Dataset *dataset = run->dataset;
    const struct {
        double share;
        LossFilter filter;
    } weightings[] = {
        {mix->emphasised, loss_emphasis()},
        {mix->a_weighted, loss_a_weighting(dataset->rate)},
    };
    run->loss = (LossScale){.plain = mix->plain / dataset->energy, .dc = mix->dc / dataset->energy};
    for (size_t i = 0; i < sizeof weightings / sizeof *weightings; i++) {
        if (weightings[i].share > 0.0) {
            const LossFilter *filter = &weightings[i].filter;
            double energy = dataset_energy(dataset, filter);
            int place = run->loss.filters++;
            run->loss.filter[place] = *filter;
            run->loss.factor[place] = weightings[i].share / fmax(energy, 1e-3 * dataset->energy);
        }
    }
}

static Status run_init(Run *run, Diagnostic *diagnostic) {
    const TrainerOptions *options = run->options;
    run->kernels = pass_kernels(isa_best());
    run->random = (Random){options->seed ^ 0x5EED5EED5EED5EEDu};
    run->halve = 1.0;
    set_loss(run);
    run->last_esr = -1.0;
    run->result.esr = -1.0;
    Status status = network_init(&run->network, &options->shape, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    network_randomise(&run->network, options->seed, INPUT_SCALE);
    status = adam_init(&run->adam, run->network.weights, run->network.count, diagnostic);
    for (int i = 0; i < 2 && status == STATUS_OK; i++) {
        status = validation_init(&run->validations[i], run->dataset, diagnostic);
    }
    if (status == STATUS_OK) {
        status = team_new(&run->team, options->threads, diagnostic);
    }
    if (status != STATUS_OK) {
        return status;
    }
    run->gradient = memory_new(run->network.count, sizeof(double));
    run->best = memory_new(run->network.count, sizeof(double));
    run->weights = run->kernels->weights_new(&options->shape);
    if (!make_groups(run) || !run->gradient || !run->best || !run->weights) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the training run");
    }
    return STATUS_OK;
}

// ---- One update ----

static void start_segments(Run *run, int frames) {
    double samples = (double)frames * BATCH;
    run->segment = frames;
    run->scale = run->loss;
    run->scale.plain /= samples;
    run->scale.dc /= samples;
    for (int i = 0; i < run->scale.filters; i++) {
        run->scale.factor[i] /= samples;
    }
}

// New random places for all sequences.
static void start_sequences(Run *run) {
    for (int i = 0; i < run->group_count; i++) {
        for (int lane = 0; lane < run->kernels->lanes; lane++) {
            run->groups[i].place[lane] = dataset_draw(run->dataset, random_uniform(&run->random),
                                                      WARM_UP, SEQUENCE);
        }
    }
    run->trained = 0;
    run->fresh = true;
}

static void train_group(void *context, int index) {
    Run *run = context;
    Group *group = &run->groups[index];
    const float *input[PASS_MAX_LANES], *target[PASS_MAX_LANES], *knobs[PASS_MAX_LANES];
    if (run->fresh) {
        for (int lane = 0; lane < run->kernels->lanes; lane++) {
            const Place *place = &group->place[lane];
            input[lane] = place->recording->input + place->frame - WARM_UP;
            target[lane] = place->recording->target + place->frame - WARM_UP;
            knobs[lane] = place->recording->knobs;
        }
        run->kernels->start(group->pass, knobs);
        run->kernels->warm(group->pass, run->weights, &run->scale, input, target, WARM_UP);
    }
    for (int lane = 0; lane < run->kernels->lanes; lane++) {
        Place *place = &group->place[lane];
        input[lane] = place->recording->input + place->frame;
        target[lane] = place->recording->target + place->frame;
        place->frame += (size_t)run->segment;
    }
    group->loss = run->kernels->train(group->pass, run->weights, &run->scale, input, target,
                                      run->segment);
    memset(group->gradient, 0, run->network.count * sizeof(double));
    Network gradient = network_at(&run->network.shape, group->gradient);
    run->kernels->gradient(group->pass, &gradient);
}

static double learning_rate(const Run *run, double fraction) {
    double peak = run->options->rate * run->halve;
    if (fraction < RATE_WARM_UP) {
        return peak * (fraction + 1e-3) / (RATE_WARM_UP + 1e-3);
    }
    double along = (fraction - RATE_WARM_UP) / (1.0 - RATE_WARM_UP);
    return peak * (RATE_END + (1.0 - RATE_END) * 0.5 * (1.0 + cos(M_PI * fmin(along, 1.0))));
}

// Back to the best weights with half the learning rate.
static void roll_back(Run *run) {
    run->result.rollbacks++;
    run->halve *= 0.5;
    if (run->result.esr >= 0.0) {
        memcpy(run->network.weights, run->best, run->network.count * sizeof(double));
    } else {
        network_randomise(&run->network, run->options->seed + (uint64_t)run->result.rollbacks,
                          INPUT_SCALE);
    }
    adam_restart(&run->adam, run->network.weights);
    run->trained = SEQUENCE;
}

static void update(Run *run, double fraction) {
    int frames = fraction < LONG_FROM ? SEGMENT : LONG_SEGMENT;
    if (frames != run->segment) {
        start_segments(run, frames);
        start_sequences(run);
    } else if (run->trained + frames > SEQUENCE) {
        start_sequences(run);
    }
    run->kernels->weights_pack(run->weights, &run->network);
    team_run(run->team, train_group, run, run->group_count);
    run->fresh = false;
    run->trained += frames;
    run->result.samples += (double)frames * BATCH;
    memset(run->gradient, 0, run->network.count * sizeof(double));
    double loss = 0.0;
    for (int i = 0; i < run->group_count; i++) { // always in this order: same bytes
        for (size_t k = 0; k < run->network.count; k++) {
            run->gradient[k] += run->groups[i].gradient[k];
        }
        loss += run->groups[i].loss;
    }
    if (!adam_update(&run->adam, run->network.weights, run->gradient,
                     learning_rate(run, fraction))) {
        roll_back(run);
        return;
    }
    run->loss_sum += loss;
    run->loss_count++;
}

// ---- Checks ----

static void score(void *context, int index) {
    Run *run = context;
    run->scores[index] = run->candidates[index]
                             ? validation_esr(&run->validations[index], run->candidates[index])
                             : INFINITY;
}

static void keep_best(Run *run, int which, const double *weights) {
    Model *model = run->candidates[which];
    memcpy(run->best, weights, run->network.count * sizeof(double));
    run->result.esr = run->scores[which];
    model->info.esr = run->scores[which];
    snprintf(model->info.name, sizeof model->info.name, "%s", run->options->name);
    run->write_status = model_file_write(model, run->path, run->diagnostic);
}

// Scores the weights and their average; writes the better one if it is the best so far.
static void check(Run *run) {
    Network average = network_at(&run->network.shape, run->adam.average);
    run->candidates[0] = network_model(&run->network, run->dataset->rate);
    run->candidates[1] = network_model(&average, run->dataset->rate);
    team_run(run->team, score, run, 2);
    int which = run->scores[1] < run->scores[0];
    double esr = run->scores[which];
    run->last_esr = esr;
    if (esr < INFINITY && (run->result.esr < 0.0 || esr < run->result.esr)) {
        keep_best(run, which, which ? run->adam.average : run->network.weights);
    } else if (!(run->scores[0] < ASTRAY * run->result.esr)) {
        roll_back(run);
    }
    for (int i = 0; i < 2; i++) {
        model_free(run->candidates[i]);
        run->candidates[i] = NULL;
    }
}

static void report(Run *run, double fraction, bool checked) {
    double time = now();
    run->result.seconds = time - run->begin;
    run->result.epoch = run->result.samples / (double)run->dataset->training_frames;
    if (checked && run->result.checks < TRAINER_CHECKS + 2) {
        run->result.history[run->result.checks++] = (TrainerCheck){
            .epoch = run->result.epoch,
            .loss = run->loss_count ? run->loss_sum / (double)run->loss_count : 0.0,
            .esr = run->last_esr,
        };
    }
    if (!run->options->progress || (!checked && time - run->reported < PROGRESS_EVERY)) {
        return;
    }
    run->reported = time;
    double per_fraction = fraction > 0.0 ? 1.0 / fraction : 0.0;
    TrainerProgress progress = {
        .fraction = fraction,
        .epoch = run->result.epoch,
        .epochs = run->result.epoch * per_fraction,
        .seconds = run->result.seconds,
        .seconds_left = run->result.seconds * (per_fraction - 1.0),
        .loss = run->loss_count ? run->loss_sum / (double)run->loss_count : 0.0,
        .esr = run->last_esr,
        .best = run->result.esr,
        .sample_time = run->result.seconds / fmax(run->result.samples, 1.0),
        .checked = checked,
    };
    run->options->progress(run->options->context, &progress);
}

static double fraction_done(const Run *run) {
    double done = run->options->epochs > 0.0
                      ? run->result.samples /
                            (run->options->epochs * (double)run->dataset->training_frames)
                      : (now() - run->begin) / run->options->seconds;
    return fmin(done, 1.0);
}

static bool stop_wanted(const Run *run) {
    return run->options->stop && *run->options->stop;
}

static void check_and_report(Run *run, double fraction) {
    check(run);
    report(run, fraction, true);
    run->loss_sum = 0.0;
    run->loss_count = 0;
}

static void train(Run *run) {
    int checks = 0;
    double fraction = 0.0, rest_until = 0.0;
    run->begin = now();
    while (fraction < 1.0 && !stop_wanted(run) && run->write_status == STATUS_OK) {
        update(run, fraction);
        fraction = fraction_done(run);
        bool due = fraction * TRAINER_CHECKS >= checks + 1;
        if (due && (run->options->epochs > 0.0 || fraction >= 1.0 || now() >= rest_until)) {
            checks = (int)(fraction * TRAINER_CHECKS);
            double begin = now();
            check_and_report(run, fraction);
            rest_until = now() + CHECK_PAUSE * (now() - begin);
        } else {
            report(run, fraction, false);
        }
    }
    run->result.stopped = fraction < 1.0;
    if (run->loss_count > 0 && run->write_status == STATUS_OK) {
        check_and_report(run, fraction); // what was learnt since the last check is not lost
    }
}

static Status check_options(const TrainerOptions *options, Diagnostic *diagnostic) {
    if (!(options->epochs >= 0.0) || !(options->seconds > 0.0) || !(options->rate > 0.0) ||
        !isfinite(options->epochs) || !isfinite(options->seconds) || !isfinite(options->rate)) {
        return diagnose(diagnostic, STATUS_BAD_ARGUMENT,
                        "time, epochs and learning rate must be positive numbers");
    }
    return STATUS_OK;
}

Status trainer_run(const TrainerOptions *options, const Dataset *dataset, const char *path,
                   TrainerResult *result, Diagnostic *diagnostic) {
    *result = (TrainerResult){0};
    Status status = check_options(options, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    Run *run = memory_new(1, sizeof *run);
    if (!run) {
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the training run");
    }
    run->options = options;
    run->dataset = dataset;
    run->path = path;
    run->diagnostic = diagnostic;
    status = run_init(run, diagnostic);
    if (status == STATUS_OK) {
        train(run);
        *result = run->result;
        status = run->write_status;
        if (status == STATUS_OK && result->esr < 0.0) {
            status = diagnose(diagnostic, STATUS_DIVERGED,
                              "training gave no usable model; check that the target belongs to the "
                              "input, or lower --rate");
        }
    }
    run_clear(run);
    memory_free(run);
    return status;
}
