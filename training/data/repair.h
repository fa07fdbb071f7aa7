// SPDX-License-Identifier: ISC
// A pair made fit to be learnt from: clocks that drift are brought together, samples that one side
// lacks or has too many are put in or taken out, and what is of no use is left out of both.
#ifndef GRUFF_TRAINING_DATA_REPAIR_H
#define GRUFF_TRAINING_DATA_REPAIR_H

#include "training/data/gaps.h"
#include "training/data/timing.h"

enum { CUTS_MOST = 64 };

// Where frames of the input were left out.
typedef struct Cut {
    size_t at;     // frame of the repaired input that follows
    size_t frames; // that are not there
    bool silent;   // they were: what comes before and after goes together
} Cut;

// A pair in its repaired form.
typedef struct Repair {
    bool done;    // else nothing was to be repaired, and nothing else below stands
    float *input; // [input_frames], owned
    size_t input_frames;
    float *target; // [target_frames], owned; as late as before at its beginning
    size_t target_frames;
    double silence; // s that were left out as silent
    int cuts;
    Cut cut[CUTS_MOST]; // in order
} Repair;

// Repairs a copy of `pair`, of which `timing` is known, and what the input, gaps[0], and the
// target, gaps[1], lack. With `keep_silence` silence stays.
Status repair_make(Repair *repair, const Pair *pair, const Timing *timing, const Gaps gaps[2],
                   bool keep_silence, Diagnostic *diagnostic);

// Frees the samples. All zero is fine.
void repair_clear(Repair *repair);

// The frame of the input, as it was recorded, that frame `at` of the repaired one is.
size_t repair_place(const Cut *cuts, int count, size_t at);

#endif
