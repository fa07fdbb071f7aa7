// SPDX-License-Identifier: ISC
// Numbers on the command lines of the programs here.
#ifndef GRUFF_PRESETS_STUDIO_ARGUMENT_H
#define GRUFF_PRESETS_STUDIO_ARGUMENT_H

#include <stdbool.h>

// Whether `text` is a number from `least` to `most`, and nothing else: then *number.
bool argument_number(const char *text, double least, double most, double *number);

#endif
