// SPDX-License-Identifier: ISC
// What the recorders did to a pair, rather than the device: samples lost or added, silence, hum,
// clicks.
#ifndef GRUFF_TRAINING_DATA_CHECKS_RECORDER_H
#define GRUFF_TRAINING_DATA_CHECKS_RECORDER_H

#include "training/data/checks.h"
#include "training/data/repair.h"

// dropouts, gaps, silence: what is mended or left out. gaps[0] are the input's, gaps[1] the
// target's.
void checks_recorder(Checks *checks, const CheckedFile *input, const CheckedFile *target,
                     const Timing *timing, const Gaps gaps[2], const Repair *repair);

// hum and, where there is no echo, clicks: what is not. `pair` is aligned; it lacks `count` cuts,
// and begins `late` frames into the target's file.
Status checks_disturbances(Checks *checks, const Pair *pair, const char *target, const Cut *cuts,
                           int count, int late, Diagnostic *diagnostic);

#endif
