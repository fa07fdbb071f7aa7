// SPDX-License-Identifier: ISC
// Ways to train by name, and the texts in which options state parts of one.
#ifndef GRUFF_TRAINING_LEARNING_RECIPE_H
#define GRUFF_TRAINING_LEARNING_RECIPE_H

#include "training/learning/trainer.h"

// Sets time, hidden size and recipe for "quick" (10 s), "standard" (2 min) or "best" (15 min);
// false for another name. What the user states beside it is set afterwards.
bool recipe_preset(TrainerOptions *options, const char *name);

// Reads shares such as "plain=0.5,emphasised=0.5,dc=0.05"; terms that are not named are 0. False,
// with the cause in the diagnostic, for an unknown term, a bad number, or nothing left to learn.
bool recipe_loss(LossMix *mix, const char *text, Diagnostic *diagnostic);

// Reads "gru", "gru-before" or "lstm".
bool recipe_cell(LayerKind *cell, const char *text);
const char *recipe_cell_name(LayerKind cell);

// Reads "cosine" or "plateau".
bool recipe_schedule(Schedule *schedule, const char *text);

// Reads an optimiser's name: soap or adam.
bool recipe_optimiser(Optimiser *optimiser, const char *text);

// Reads a time, 0.1 s to 1e6 s: 90, 90s, 1.5m (or min), 1h.
bool recipe_seconds(double *seconds, const char *text);

#endif
