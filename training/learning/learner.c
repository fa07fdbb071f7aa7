// SPDX-License-Identifier: ISC
#include "training/learning/learner.h"

#include <math.h>
#include <string.h>

#include "dsp/base/memory.h"

#define INPUT_SCALE 4.0 // of the initial input kernel: guitars are quieter than full scale
#define SLOWER 0.8      // learning rate after a step back
#define FAR_WORSE 4.0   // a check this much worse than the best sends the run back to it
#define NOT_CALM 2.0    // times its error that a check counts for that is not calm
#define WARM_UP 200.0   // updates after a step back over which the learning rate rises

Status learner_init(Learner *learner, const NetworkShape *shape, Optimiser optimiser, uint64_t seed,
                    Diagnostic *diagnostic) {
    *learner = (Learner){.seed = seed,
                         .best_esr = -1.0,
                         .best_worth = -1.0,
                         .last_esr = -1.0,
                         .rate_scale = 1.0,
                         .redraw = true};
    learner->random = (Random){seed ^ 0x5EED5EED5EED5EEDu};
    Status status = network_init(&learner->network, shape, diagnostic);
    if (status != STATUS_OK) {
        return status;
    }
    size_t count = learner->network.count;
    network_randomise(&learner->network, seed, INPUT_SCALE);
    learner->gradient = memory_new(count, sizeof(double));
    learner->best = memory_new(count, sizeof(double));
    status = adam_init(&learner->adam, learner->network.weights, count, diagnostic);
    if (status == STATUS_OK && optimiser == OPTIMISER_SOAP) {
        status = soap_init(&learner->soap, &learner->network, diagnostic);
    }
    if (status == STATUS_OK && (!learner->gradient || !learner->best)) {
        status = diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the training run");
    }
    if (status != STATUS_OK) {
        learner_clear(learner);
    }
    return status;
}

void learner_clear(Learner *learner) {
    memory_free(learner->gradient);
    memory_free(learner->best);
    adam_clear(&learner->adam);
    soap_clear(&learner->soap);
    network_clear(&learner->network);
    *learner = (Learner){0};
}

void learner_restart(Learner *learner) {
    adam_restart(&learner->adam, learner->network.weights);
    if (learner->soap.count > 0) {
        soap_restart(&learner->soap);
    }
}

// Back to the best weights, or to other initial ones, with a lower learning rate, which rises from
// nothing: the first steps of an optimiser that knows no gradients yet are as long as the rate in
// all directions, and would throw good weights away.
static void roll_back(Learner *learner) {
    learner->rollbacks++;
    learner->rate_scale *= SLOWER;
    if (learner->best_esr >= 0.0) {
        memcpy(learner->network.weights, learner->best, learner->network.count * sizeof(double));
    } else {
        network_randomise(&learner->network, learner->seed + (uint64_t)learner->rollbacks,
                          INPUT_SCALE);
    }
    learner_restart(learner);
    learner->redraw = true;
}

static bool is_finite(const double *values, size_t count) {
    double sum = 0.0;
    for (size_t i = 0; i < count; i++) {
        sum += values[i] * 0.0;
    }
    return sum == 0.0;
}

// One step of the optimiser; false when the gradient is not finite.
static bool step(Learner *learner, ThreadPool *pool, double rate, double decay) {
    double *gradient = learner->gradient;
    Soap *soap = &learner->soap;
    if (!is_finite(gradient, learner->network.count)) {
        return false;
    }
    if (soap->count > 0) {
        soap_update(soap, pool, learner->adam.updates + 1, gradient, learner->adam.first);
        soap_project(soap, pool, gradient, gradient);
    }
    if (!adam_accumulate(&learner->adam, gradient)) {
        return false;
    }
    if (soap->count > 0) {
        soap_project_back(soap, pool, learner->adam.step, learner->adam.step);
    }
    double warm = learner->rollbacks > 0 ? fmin(1.0, (double)learner->adam.updates / WARM_UP) : 1.0;
    adam_apply(&learner->adam, learner->network.weights, rate * warm * learner->rate_scale, decay);
    return true;
}

void learner_update(Learner *learner, Batch *batch, int frames, double rate, double decay) {
    if (learner->redraw) {
        batch_restart(batch);
        if (learner->search) {
            batch_search(batch, &learner->network, &learner->random);
        }
    }
    if (learner->redraw || !batch_has(batch, frames)) {
        batch_draw(batch, &learner->random);
        learner->redraw = false;
    }
    double loss = batch_train(batch, &learner->network, frames, learner->gradient);
    learner->samples += (double)frames * BATCH_SEQUENCES;
    if (!step(learner, batch_pool(batch), rate, decay)) {
        roll_back(learner);
        return;
    }
    learner->loss_sum += loss;
    learner->loss_count++;
}

typedef struct CheckJob {
    Validation *validations;
    const Learner *learner;
    double esr[2]; // of the weights as they are, and of their average
} CheckJob;

// The weights as they are, or their average, as a model.
static Model *model_of(const Learner *learner, bool average, double rate) {
    Network averaged = network_at(&learner->network.shape, learner->adam.average);
    return network_model(average ? &averaged : &learner->network, rate);
}

static void check_weights(void *context, int index) {
    CheckJob *job = context;
    Validation *validation = &job->validations[index];
    Model *model = model_of(job->learner, index == 1, validation->dataset->rate);
    job->esr[index] = model ? validation_esr(validation, model) : INFINITY;
    model_free(model);
}

void learner_start(Learner *learner, Validation *validation) {
    Model *model = model_of(learner, false, validation->dataset->rate);
    double esr = model ? validation_esr(validation, model) : INFINITY;
    model_free(model);
    if (esr < INFINITY) {
        memcpy(learner->best, learner->network.weights, learner->network.count * sizeof(double));
        learner->best_esr = learner->best_worth = esr;
    }
}

// What an error counts for: itself, or more where its weights are not calm. Memory that is short
// makes them count as such.
static double worth_of(const CheckJob *job, bool average, ThreadPool *pool, Divergence *calmness) {
    const Dataset *dataset = job->validations[average].dataset;
    Model *model = model_of(job->learner, average, dataset->rate);
    bool calm = false;
    if (model) {
        memcpy(model->knob, dataset->knob, sizeof model->knob);
        calm = calmness_measure(calmness, model, DIVERGENCE_QUICK, pool, NULL) == STATUS_OK &&
               divergence_margin(calmness) >= 0.0;
    }
    model_free(model);
    return job->esr[average] * (calm ? 1.0 : NOT_CALM);
}

// Keeps the weights, or their average, if they are the best so far. Whether they are calm is asked
// only where that decides, since it takes a while.
static bool keep_best(Learner *learner, const CheckJob *job, bool average, ThreadPool *pool) {
    double esr = job->esr[average], worth = esr;
    Divergence calmness = {0};
    bool first = learner->best_esr < 0.0;
    if (!(esr < INFINITY) || (!first && esr >= learner->best_worth)) {
        return false;
    }
    if (learner->prefer_calm) {
        worth = worth_of(job, average, pool, &calmness);
    }
    if (!first && worth >= learner->best_worth) {
        return false;
    }
    memcpy(learner->best, average ? learner->adam.average : learner->network.weights,
           learner->network.count * sizeof(double));
    learner->best_esr = esr;
    learner->best_worth = worth;
    learner->calmness = calmness;
    learner->patience = 0;
    return true;
}

bool learner_check(Learner *learner, Validation *validations, ThreadPool *pool) {
    CheckJob job = {.validations = validations, .learner = learner};
    thread_pool_run(pool, check_weights, &job, 2);
    bool average = job.esr[1] < job.esr[0];
    learner->last_esr = job.esr[average];
    learner->patience++;
    bool gain = keep_best(learner, &job, average, pool);
    gain = keep_best(learner, &job, !average, pool) || gain;
    if (!gain && !(job.esr[0] < FAR_WORSE * learner->best_esr)) {
        roll_back(learner);
    }
    return gain;
}

void learner_prefer_calm(Learner *learner) {
    if (!learner->prefer_calm) {
        learner->prefer_calm = true;
        learner->best_worth *= NOT_CALM;
    }
}

void learner_halve_on_plateau(Learner *learner, int checks) {
    if (learner->patience >= checks) {
        learner->rate_scale *= 0.5;
        learner->patience = 0;
    }
}

void learner_redraw(Learner *learner) {
    learner->redraw = true;
}

double learner_loss(const Learner *learner) {
    return learner->loss_count ? learner->loss_sum / (double)learner->loss_count : 0.0;
}

double learner_take_loss(Learner *learner) {
    double mean = learner_loss(learner);
    learner->loss_sum = 0.0;
    learner->loss_count = 0;
    return mean;
}

bool learner_is_unchecked(const Learner *learner) {
    return learner->loss_count > 0;
}

bool learner_is_better(const Learner *a, const Learner *b) {
    return a->best_esr >= 0.0 && (b->best_esr < 0.0 || a->best_worth < b->best_worth);
}

Model *learner_best(const Learner *learner, double rate) {
    Network best = network_at(&learner->network.shape, learner->best);
    return network_model(&best, rate);
}
