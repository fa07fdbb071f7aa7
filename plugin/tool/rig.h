// SPDX-License-Identifier: ISC
// What render plays through: the model alone, or the whole chain as the plugin and the standalone
// host run it, with knobs and controls where the command line puts them.
#ifndef GRUFF_PLUGIN_TOOL_RIG_H
#define GRUFF_PLUGIN_TOOL_RIG_H

#include "dsp/chain/model_stage.h"
#include "plugin/tool/arguments.h"

typedef struct Rig Rig;

// A rig at `rate` Hz for `channels` (1 or 2) channels. On success the caller owns *rig.
Status rig_new(Rig **rig, const Model *model, const Arguments *arguments, double rate, int channels,
               Diagnostic *diagnostic);

// NULL is fine.
void rig_free(Rig *rig);

Isa rig_isa(const Rig *rig);

// The only channel of the cabinet that is used, since the other is silent: 1 or 2; 0 otherwise.
int rig_cabinet(const Rig *rig);

// How the chain brings the model to its rate, and by how many frames its output is late.
RateMode rig_rate_mode(const Rig *rig);
int rig_latency(const Rig *rig);

// Runs `frames` samples of every channel, in place; the result does not depend on how many.
void rig_run(Rig *rig, float *const *channels, int frames);

#endif
