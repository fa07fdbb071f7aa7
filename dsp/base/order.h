// SPDX-License-Identifier: ISC
// Numbers in ascending order. Any thread but the audio thread.
#ifndef GRUFF_DSP_BASE_ORDER_H
#define GRUFF_DSP_BASE_ORDER_H

#include <stddef.h>

void order_floats(float *values, size_t count);
void order_doubles(double *values, size_t count);

#endif
