// SPDX-License-Identifier: ISC
// A network in training: its weights, its optimiser, the best weights so far. Several learners
// may share one Batch, one after the other.
#ifndef GRUFF_TRAINING_LEARNING_LEARNER_H
#define GRUFF_TRAINING_LEARNING_LEARNER_H

#include "dsp/measures/calmness.h"
#include "training/learning/adam.h"
#include "training/learning/batch.h"
#include "training/learning/soap.h"
#include "training/learning/validation.h"

// How gradients become steps.
typedef enum Optimiser {
    OPTIMISER_SOAP, // Adam in the gradients' own coordinates (training/learning/soap.h)
    OPTIMISER_ADAM
} Optimiser;

typedef struct Learner {
    uint64_t seed;
    Random random; // of the places in the recordings
    Network network;
    Adam adam;
    Soap soap;           // of OPTIMISER_SOAP; else all zero
    double *gradient;    // [count], owned
    double *best;        // [count] weights of the best check, or those it started with; owned
    double best_esr;     // of these; negative before it is known
    double best_worth;   // the same, times what it counts more for not being calm
    bool prefer_calm;    // checks ask whether weights are calm
    Divergence calmness; // of the best weights, as far as a check looks; count 0: nobody asked
    double last_esr;     // of the last check; negative before the first
    double samples;      // trained
    double rate_scale;   // product of the halvings of the learning rate
    double loss_sum;     // since the last check
    long loss_count;     // updates since the last check
    int rollbacks;
    int patience; // checks since the last gain, or since the rate was halved for the lack of one
    bool redraw;  // new sequences before the next update
    bool search;  // before them, look for signals that the network does not forget (batch_search)
} Learner;

// Initial weights and random places from `seed`. End with learner_clear; all zero on failure.
Status learner_init(Learner *learner, const NetworkShape *shape, Optimiser optimiser, uint64_t seed,
                    Diagnostic *diagnostic);
void learner_clear(Learner *learner);

// The optimiser forgets all; call it when the weights were changed by others.
void learner_restart(Learner *learner);

// Scores the weights as they are: the best so far, so that there are some to go back to from the
// first update on. Leaves all as it is when their error is no number.
void learner_start(Learner *learner, Validation *validation);

// One update on a segment of `frames` samples with learning rate `rate` (before halvings) and
// weight decay `decay`. Goes back to the best weights when the gradient is not finite.
void learner_update(Learner *learner, Batch *batch, int frames, double rate, double decay);

// Scores the weights and their average on the held-out audio and keeps the better ones if they are
// the best so far (true); else goes back to the best if the weights are far worse. `validations`:
// two.
bool learner_check(Learner *learner, Validation *validations, ThreadPool *pool);

// From now on checks ask whether weights are calm (dsp/measures/calmness.h). Those that are
// not count as if their error were twice as large, so that they are kept only where no calm ones
// come near; so does the best so far, which nobody asked. More calls do nothing.
void learner_prefer_calm(Learner *learner);

// Halves the learning rate after `checks` checks without a gain.
void learner_halve_on_plateau(Learner *learner, int checks);

// The next update draws new sequences: whoever goes on from here draws the same.
void learner_redraw(Learner *learner);

// Mean loss since the last check, 0 without an update; learner_take_loss starts a new mean.
double learner_loss(const Learner *learner);
double learner_take_loss(Learner *learner);

// Whether there were updates since the last check.
bool learner_is_unchecked(const Learner *learner);

// Whether the best check of `a` was better than that of `b`, calm ones before others as above.
bool learner_is_better(const Learner *a, const Learner *b);

// The weights of the best check as a model for `rate` Hz; NULL when memory is short.
Model *learner_best(const Learner *learner, double rate);

#endif
