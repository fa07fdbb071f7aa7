// SPDX-License-Identifier: ISC
// gruff-model: what its subcommands are given.
#ifndef GRUFF_PLUGIN_TOOL_ARGUMENTS_H
#define GRUFF_PLUGIN_TOOL_ARGUMENTS_H

#include <stdbool.h>

#include "dsp/chain/control_options.h"
#include "dsp/network/isa.h"
#include "dsp/network/model.h"

typedef struct Arguments {
    const char *operands[3];
    bool json;           // one JSON object instead of text for people
    double skip;         // seconds left out at the start
    bool align;          // compare at the lag that is found
    bool latency;        // put the model's latency back
    const char *cabinet; // of the chain: an impulse response; NULL: none
    Isa isa;
    bool one_isa;                        // `isa` was asked for
    bool fast;                           // approximate activations
    bool repair;                         // mend what the self-test names
    const char *name, *author, *license; // to write; NULL: as they are
    const char *knobs[MODEL_MAX_KNOBS];  // "NAME=VALUE"
    int knob_count;
    bool chain;             // the whole chain, not the model alone
    ControlValues controls; // of the chain; their initial values where not given
    int channel;            // to render, from 1; 0: all
    int hidden;             // size to measure; 0: all
    int channels;           // to measure; 0: one, and two
    bool blocks;            // measure with several block sizes
} Arguments;

#endif
