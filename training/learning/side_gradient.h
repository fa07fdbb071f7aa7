// SPDX-License-Identifier: ISC
// Gradients of terms beside the error's, which are rarely there, and then may be huge: what the
// optimiser would take for the scale of all gradients is cut.
#ifndef GRUFF_TRAINING_LEARNING_SIDE_GRADIENT_H
#define GRUFF_TRAINING_LEARNING_SIDE_GRADIENT_H

#include <stddef.h>

// Adds term[count] to gradient[count], at most `share` times as long as that is. One that is no
// number is left out.
void side_gradient_add(double *gradient, const double *term, size_t count, double share);

#endif
