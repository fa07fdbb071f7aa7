// SPDX-License-Identifier: ISC
// Ways to train by name, and the texts in which options state parts of one.
#ifndef GRUFF_TRAINING_LEARNING_RECIPE_H
#define GRUFF_TRAINING_LEARNING_RECIPE_H

#include "dsp/base/options.h"
#include "training/learning/trainer_options.h"

typedef enum RecipePreset { RECIPE_QUICK, RECIPE_STANDARD, RECIPE_BEST } RecipePreset;

// The names of presets (RecipePreset), schedules (Schedule) and optimisers (Optimiser).
extern const OptionWord recipe_presets[];
extern const OptionWord recipe_schedules[];
extern const OptionWord recipe_optimisers[];

// Those of cells (LayerKind). Only the main thread.
const OptionWord *recipe_cells(void);

// Sets time, hidden size and recipe: quick (10 s), standard (2 min) or best (15 min). What the user
// states beside it is set afterwards.
void recipe_preset(TrainerOptions *options, RecipePreset preset);

// Reads shares such as "plain=0.5,emphasised=0.5,dc=0.05"; terms that are not named are 0.
// STATUS_BAD_ARGUMENT for an unknown term, a bad number, or nothing left to learn; *mix stays then.
Status recipe_loss(LossMix *mix, const char *text, Diagnostic *diagnostic);

// Reads a time, 0.1 s to 1e6 s: 90, 90s, 1.5m (or min), 1h; false for anything else.
bool recipe_seconds(double *seconds, const char *text);

#endif
