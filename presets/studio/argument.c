// SPDX-License-Identifier: ISC
#include "presets/studio/argument.h"

#include <stdlib.h>

bool argument_number(const char *text, double least, double most, double *number) {
    char *end = NULL;
    *number = strtod(text, &end);
    return end != text && *end == '\0' && *number >= least && *number <= most;
}
