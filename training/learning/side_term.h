// SPDX-License-Identifier: ISC
// A term beside the error of the recordings: groups of sequences of its own, that hear signals
// without a target while the others learn. Its gradient is rarely there, and then may be huge: what
// the optimiser would take for the scale of all gradients is cut.
#ifndef GRUFF_TRAINING_LEARNING_SIDE_TERM_H
#define GRUFF_TRAINING_LEARNING_SIDE_TERM_H

#include <stdbool.h>
#include <stddef.h>

#include "training/network/pass.h"

enum { SIDE_MOST_GROUPS = PASS_MAX_LANES / 2 }; // of the narrowest kernels, two lanes

typedef struct SideGroup {
    Pass *pass;
    float *input;     // owned
    double *gradient; // [count], owned: of the last step
    int passed;       // trained samples since the last segment
    bool starting;    // its sequences begin with the next step
} SideGroup;

typedef struct SideTerm {
    const PassKernels *kernels;
    NetworkShape shape;
    size_t count; // number of weights
    int groups;
    SideGroup group[SIDE_MOST_GROUPS];
} SideTerm;

// As many groups of `kernels` as make PASS_MAX_LANES lanes, for networks of `shape`, segments of at
// most `frames` and `samples` of input for each lane. False when memory is short. End with
// side_term_clear whatever the outcome; *term all zero needs none.
bool side_term_init(SideTerm *term, const PassKernels *kernels, const NetworkShape *shape,
                    int frames, size_t samples);
void side_term_clear(SideTerm *term);

// All sequences begin anew with the next step.
void side_term_start(SideTerm *term);

// The gradient that group `index` has gathered is that of this step.
void side_term_take(SideTerm *term, int index);

// Adds that of all groups to gradient[count], at most `share` times as long as that is. One that is
// no number is left out. Once after each step.
void side_term_add(SideTerm *term, double share, double *gradient);

#endif
