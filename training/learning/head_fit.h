// SPDX-License-Identifier: ISC
// Starts the head by least squares: with the recurrent layers still random, the head that explains
// the target best (ridge regression) saves the first of the training.
#ifndef GRUFF_TRAINING_LEARNING_HEAD_FIT_H
#define GRUFF_TRAINING_LEARNING_HEAD_FIT_H

#include "training/data/dataset.h"
#include "training/network/network.h"

// Fits head and head bias of `network` to a passage of the first recording's training audio; leaves
// them as they are when the passage says nothing.
Status head_fit(Network *network, const Dataset *dataset, Diagnostic *diagnostic);

#endif
