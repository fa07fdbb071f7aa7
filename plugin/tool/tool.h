// SPDX-License-Identifier: ISC
// gruff-model: what its subcommands are given. Each prints its result on standard output when it
// succeeds, and nothing otherwise; main prints diagnostics and exits.
#ifndef GRUFF_PLUGIN_TOOL_TOOL_H
#define GRUFF_PLUGIN_TOOL_TOOL_H

#include <stdbool.h>

#include "dsp/base/status.h"
#include "dsp/chain/control_options.h"
#include "dsp/files/models/tree.h"
#include "dsp/network/isa.h"
#include "dsp/network/model.h"
#include "dsp/network/selftest.h"

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

// render MODEL IN OUT: the model alone, or the whole chain, over a file of any rate.
Status tool_render(const Arguments *arguments, Diagnostic *diagnostic);

// compare REFERENCE OTHER: how far one file is from another.
Status tool_compare(const Arguments *arguments, Diagnostic *diagnostic);

// info MODEL: what is in a model file.
Status tool_info(const Arguments *arguments, Diagnostic *diagnostic);

// check MODEL: its self-test, and whether it stays calm whatever comes in. A failed check is
// STATUS_BAD_MODEL; the result is printed all the same.
Status tool_check(const Arguments *arguments, Diagnostic *diagnostic);

// convert IN OUT: any model that can be read, as Keras JSON.
Status tool_convert(const Arguments *arguments, Diagnostic *diagnostic);

// bench [MODEL]: how long engines take, beside what this machine can do. Prints as it goes.
Status tool_bench(const Arguments *arguments, Diagnostic *diagnostic);

// Reads the model that is the first operand and replays its self-test, if it has one. A model that
// fails it can be used all the same; *test tells. On success the caller owns *model.
Status tool_read_model(Model **model, Selftest *test, const Arguments *arguments,
                       Diagnostic *diagnostic);

// A line about the self-test on standard output, if there was one.
void tool_print_test(const Selftest *test);

// The self-test as an object for JSON.
Tree *tool_describe_test(const Selftest *test);

// Prints `object` as JSON if it is whole, and frees it; STATUS_NO_MEMORY if it is not.
Status tool_print_json(Tree *object, bool whole, Diagnostic *diagnostic);

// As tree_put_number; null for what is not a finite number.
bool tool_put_number(Tree *object, const char *key, double value);

#endif
