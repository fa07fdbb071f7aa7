// SPDX-License-Identifier: ISC
// Numbers in what people type. Any thread but the audio thread.
#ifndef GRUFF_DSP_BASE_NUMBER_H
#define GRUFF_DSP_BASE_NUMBER_H

#include <stdbool.h>

// Reads a decimal number, "-3", "0.5" or "1e-3", that is all of `text`. False, with *value as it
// was, for anything else: spaces, hexadecimal digits, infinities, NaN, what is too large for a
// double.
bool number_read(const char *text, double *value);

// The same for a number that `text` begins with; *rest is what comes after it.
bool number_begin(const char *text, double *value, const char **rest);

#endif
