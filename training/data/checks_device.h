// SPDX-License-Identifier: ISC
// What the device did, as its recording tells.
#ifndef GRUFF_TRAINING_DATA_CHECKS_DEVICE_H
#define GRUFF_TRAINING_DATA_CHECKS_DEVICE_H

#include <stdbool.h>
#include <stddef.h>

#include "training/data/checks.h"

// blips, replicate, noise, tail, echo, gate, resampled: what the device did. `pair` is aligned: its
// target was `delay` samples late, which is taken out.
Status checks_device(Checks *checks, const Pair *pair, int delay, const char *target,
                     Diagnostic *diagnostic);

// Whether `input` is a standard file of Neural Amp Modeler, version 3: blips at 10.5 and 11.5 s,
// and the first 9 s played again at its end.
bool checks_nam_layout(const float *input, size_t frames, int rate);

enum {
    NAM_SECTION = 432000, // frames of the part that is played twice, first and last in the file
    NAM_MUSIC = 480000,   // frame that what is meant for training begins at
};

#endif
