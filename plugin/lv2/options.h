// SPDX-License-Identifier: ISC
// The LV2 options extension: what the host tells of the session, and what it may ask for again. The
// plugin runs blocks of any length, so the lengths change nothing; the rate is that of instantiate.
#ifndef GRUFF_PLUGIN_LV2_OPTIONS_H
#define GRUFF_PLUGIN_LV2_OPTIONS_H

#include <stdint.h>

#include <lv2/core/lv2.h>
#include <lv2/options/options.h>

#include "plugin/session/uris.h"

typedef struct Options {
    float rate;               // Hz
    int32_t longest, nominal; // frames of a block; 0: the host did not tell
} Options;

// ---- In the instantiation class: while nothing else of the instance runs ----

// Answers each option of the array, which ends with a zeroed one: the value stays the instance's.
// LV2_Options_Status bits.
uint32_t options_get(Options *options, const Uris *uris, LV2_Options_Option *asked);

// Takes each option of the array; what cannot be taken changes nothing and has its bit in the
// answer. A rate other than the instance's is refused.
uint32_t options_set(Options *options, const Uris *uris, const LV2_Options_Option *told);

#endif
