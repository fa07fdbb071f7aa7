// SPDX-License-Identifier: ISC
// The files that a recording is written to, and their line in a list of pairs.
#ifndef GRUFF_PLUGIN_CAPTURE_PAIR_H
#define GRUFF_PLUGIN_CAPTURE_PAIR_H

#include "dsp/base/status.h"
#include "plugin/capture/options.h"

enum { PAIR_PATH = 4096 }; // bytes

// The name of the file of the pair that ends in `ending`.
Status pair_name(const Options *options, const char *ending, char path[PAIR_PATH],
                 Diagnostic *diagnostic);

// Before a recording: fails where one would be lost, unless that is forced, and where the list
// would not take the pair.
Status pair_check(const Options *options, Diagnostic *diagnostic);

// Adds the pair to the list that it belongs to, whose path goes to `list` ("": to none).
Status pair_list(const Options *options, const char *input, const char *target,
                 char list[PAIR_PATH], Diagnostic *diagnostic);

#endif
